"""Another callable in the place of one, named by the object itself and held to its signature."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType, ModuleType


class InPlaceOf[**P, R]:
    """The place of a method in one object, or of a function in a module.

    The module is the one that defines the function, unless it is to be replaced only `within`
    another one that imports it by name.
    """

    def __init__(self, original: Callable[P, R], *, within: ModuleType | None = None) -> None:
        self._original = original
        self._owner: object = within or sys.modules[original.__module__]
        if isinstance(original, MethodType):
            self._owner = original.__self__
        elif getattr(self._owner, original.__name__) is not original:
            raise LookupError(original.__name__)

    def put(self, other: Callable[P, R]) -> None:
        """Put another there."""
        setattr(self._owner, self._original.__name__, other)

    def put_back(self) -> None:
        """Put the original there again."""
        self.put(self._original)

    @contextmanager
    def holding(self, other: Callable[P, R]) -> Iterator[None]:
        """Put another there for the length of a block."""
        self.put(other)
        try:
            yield
        finally:
            self.put_back()
