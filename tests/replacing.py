"""Another callable in the place of one, named by the object itself and held to its signature."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType, ModuleType


class InPlaceOf[**P, R]:
    """The place of a method in one object or in its class, or of a function in a module.

    The module is the one that defines the function, unless it is to be replaced only `within`
    another one that imports it by name.
    """

    def __init__(self, original: Callable[P, R], *, within: ModuleType | None = None) -> None:
        self._original = original
        self.name: str = original.__name__
        self.owner: object = within or _owner_of(original)
        if not hasattr(self.owner, self.name):
            raise LookupError(self.name)

    def put(self, other: Callable[P, R]) -> None:
        """Put another there."""
        setattr(self.owner, self.name, other)

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


def _owner_of(original: Callable[..., object]) -> object:
    if isinstance(original, MethodType):
        return original.__self__
    owner: object = sys.modules[original.__module__]
    for name in original.__qualname__.split(".")[:-1]:
        owner = getattr(owner, name)
    return owner
