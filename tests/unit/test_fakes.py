"""Every fake is held to a port by the type checker."""

import inspect
import pkgutil
from importlib import import_module

from tests import fakes
from tests.fakes import standing_for

_NO_PORT = {"FakeProvider", "FakeDesk", "FakeSettings"}
"""What sessions and link flows answer from, and the variables of a provider without any."""


def test_fake_stands_for_a_port_when_it_is_a_fake() -> None:
    modules = [
        import_module(each.name) for each in pkgutil.iter_modules(fakes.__path__, "tests.fakes.")
    ]
    defined = {
        name
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if name.startswith("Fake") and kind.__module__ == module.__name__
    }
    held = {getattr(each, "__name__", "") for each in vars(standing_for).values()}
    assert defined - held == _NO_PORT
