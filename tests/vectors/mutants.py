"""Verifiers with a step taken out: a refusal that is passed over, in a copy of its module."""

import ast
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.vectors.reasons import Reason, code_of


class _Silencer(ast.NodeTransformer):
    """Puts `pass` where one reason is raised."""

    def __init__(self, code: str) -> None:
        self._code = code

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:  # noqa: N802 - named by ast
        return ast.Pass() if node.exc and code_of(node.exc) == self._code else node


def silence(reason: Reason, directory: Path, patch: pytest.MonkeyPatch) -> None:
    """Pass over a reason wherever its module raises it."""
    original = import_module(reason.module)
    tree = ast.parse(Path(str(original.__file__)).read_text())
    silenced = ast.fix_missing_locations(_Silencer(reason.code).visit(tree))
    path = directory / "silenced.py"
    path.write_text(ast.unparse(silenced))
    _put_in_place(original, _loaded(path, reason.module), patch)


def _loaded(path: Path, name: str) -> ModuleType:
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _put_in_place(original: ModuleType, copy: ModuleType, patch: pytest.MonkeyPatch) -> None:
    names = [name for name, value in vars(copy).items() if _is_defined_in(value, copy)]
    replaced = {id(getattr(original, name)): getattr(copy, name) for name in names}
    # Others have imported the functions by name.
    ours = [module for name, module in sys.modules.items() if name.startswith("freshet.adapters")]
    for module in ours:
        for name, value in list(vars(module).items()):
            if id(value) in replaced:
                patch.setattr(module, name, replaced[id(value)])


def _is_defined_in(value: Any, module: ModuleType) -> bool:
    return callable(value) and getattr(value, "__module__", None) == module.__name__
