"""Do we read an answer as the provider's own SDK does? Compared field by field.

Two yardsticks at once. `Told` is what the SDK made of the answer: it says which names the SDK
knows, and its values must be ours, numbers as far as a float carries them. The exact document is
the very bytes the SDK was given, parsed with Decimals: there every digit must be ours (of
plaid-python's floats too little is left for that).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from tests.simulators.common.exact_json import loads

# Twin simulators have one address but for this.
_PORT = re.compile(r"(?<=//127\.0\.0\.1):\d+")


class Part(dict[str, Any]):
    """Some members of an object, under the provider's names."""


@dataclass(frozen=True, slots=True)
class Told:
    """A document as an SDK tells it."""

    leaf: Any = None
    members: Mapping[str, "Told"] = field(default_factory=dict)
    items: Sequence["Told"] = ()
    names: frozenset[str] = frozenset()

    def at(self, step: str) -> "Told":
        """Go one step down."""
        return self.members.get(step, Told())


type Difference = tuple[str, str]
"""Where, and what."""


type Names = dict[type[BaseModel], set[str]]
"""Every name that an SDK knows where we read a model."""


def differences(ours: Any, told: Told, exact: Any, where: str = "$") -> Iterator[Difference]:
    """Tell every place where what we read is not what was said."""
    match ours:
        case BaseModel():
            yield from _of_model(ours, told, exact, where)
        case Part():
            yield from _of_part(ours, told, exact, where)
        case tuple():  # several views of one thing, a text being the document itself
            for view in ours:
                seen = loads(view) if isinstance(view, str) else view
                yield from differences(seen, told, exact, where)
        case Mapping():
            if ours != exact:
                yield where, "the document was not kept as it came"
        case list():
            yield from _of_list(ours, told, exact, where)
        case _:
            if not _is_same(ours, exact):
                yield where, f"we read {ours!r}, the answer says {exact!r}"
            if not _is_same_as_told(ours, told.leaf):
                yield where, f"we read {ours!r}, the SDK {told.leaf!r}"


def known_names(ours: Any, told: Told, found: Names) -> None:
    """Note what the SDK knows wherever we read a model; one model may stand for several shapes."""
    if isinstance(ours, BaseModel):
        found.setdefault(type(ours), set()).update(told.names)
        for name, described in type(ours).model_fields.items():
            known_names(getattr(ours, name), told.at(described.alias or name), found)
    elif isinstance(ours, Part):
        for name, value in ours.items():
            known_names(value, told.at(name), found)
    elif isinstance(ours, tuple):
        for view in ours:
            known_names(view, told, found)
    elif isinstance(ours, list):
        for mine, other in zip(ours, told.items, strict=False):
            known_names(mine, other, found)


def _of_model(ours: BaseModel, told: Told, exact: Any, where: str) -> Iterator[Difference]:
    for name, described in type(ours).model_fields.items():
        foreign, value = described.alias or name, getattr(ours, name)
        place = f"{where}.{foreign}"
        if exact.get(foreign) is None:
            if value != described.get_default(call_default_factory=True):
                yield place, f"we read {value!r} out of nothing"
        else:
            yield from differences(value, told.at(foreign), exact[foreign], place)


def _of_part(ours: Part, told: Told, exact: Any, where: str) -> Iterator[Difference]:
    for name, value in ours.items():
        if name not in told.names:
            yield f"{where}.{name}", "the SDK knows no such field"
        yield from differences(value, told.at(name), exact.get(name), f"{where}.{name}")


def _of_list(ours: list[Any], told: Told, exact: Any, where: str) -> Iterator[Difference]:
    if not len(ours) == len(told.items) == len(exact):
        yield where, f"we read {len(ours)}, the SDK {len(told.items)}, it has {len(exact)}"
        return
    for place, (mine, other, said) in enumerate(zip(ours, told.items, exact, strict=True)):
        yield from differences(mine, other, said, f"{where}[{place}]")


def _is_same(ours: Any, said: Any) -> bool:
    match ours:
        case Decimal():
            return said is not None and Decimal(str(said)) == ours
        case datetime():
            return _instant(said) == ours
        case date():
            return _instant(said).date() == ours
        case str():
            return _PORT.sub("", ours) == _PORT.sub("", str(said))
        case _:
            return bool(ours == said)


def _is_same_as_told(ours: Any, leaf: Any) -> bool:
    if isinstance(ours, Decimal):
        return leaf is not None and float(leaf) == float(ours)
    if isinstance(ours, str) and isinstance(leaf, date):
        # A time that we hand on as the text it is.
        return _instant(ours) == leaf
    return _is_same(ours, leaf)


def _instant(said: Any) -> datetime:
    if isinstance(said, datetime):
        return said
    return datetime.fromisoformat(str(said))
