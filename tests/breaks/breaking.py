"""Puts another function in the place of one of the product's."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One promise, what breaks it, and the test files that are to go red."""

    promise: str
    name: str
    original: Callable[..., Any] | property
    replacement: Callable[..., Any] | property
    tests: tuple[str, ...]

    def do(self) -> None:
        """Replace the function where it is defined, and wherever else it is known by now."""
        function = self.original.fget if isinstance(self.original, property) else self.original
        assert function is not None
        *holders, name = function.__qualname__.split(".")
        holder: Any = sys.modules[function.__module__]
        for each in holders:
            holder = getattr(holder, each)
        setattr(holder, name, self.replacement)
        ours = [module for path, module in sys.modules.items() if path.startswith("freshet.")]
        for module in ours:
            for known, value in list(vars(module).items()):
                if value is self.original:
                    setattr(module, known, self.replacement)
