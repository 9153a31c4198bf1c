"""The fields of SnapTrade's documented shape: each a path, an origin, and a way to be given."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from freshet.domain.money import exact_decimal
from freshet.domain.reference import ReferenceKind, ReferenceName

Document = Mapping[str, Any]


class Origin(StrEnum):
    """Where a field of the documented shape comes from."""

    DIRECT = "direct"
    DERIVED = "derived"
    REFERENCE = "reference"
    NULL = "null"


class Reference(Struct, frozen=True, kw_only=True):
    """Reference objects as SnapTrade serves them; nothing stands in for one that is missing."""

    exchanges: Mapping[str, Document]
    """By MIC and by SnapTrade's own code."""
    currencies: Mapping[str, Document]
    types: Mapping[str, Document]

    @classmethod
    def from_documents(cls, documents: Mapping[ReferenceName, Document]) -> "Reference":
        """Sort documents by what they describe."""
        by_kind: dict[ReferenceKind, dict[str, Document]] = {kind: {} for kind in ReferenceKind}
        for name, document in documents.items():
            by_kind[name.kind][name.code] = document
        return cls(
            exchanges=by_kind[ReferenceKind.EXCHANGE],
            currencies=by_kind[ReferenceKind.CURRENCY],
            types=by_kind[ReferenceKind.SECURITY_TYPE],
        )


class Field(Struct, frozen=True):
    """One field: its path in the shape, its origin, and how a document of today gives it.

    What the shape does not allow to be null is left out where there is nothing to give.
    """

    path: str
    origin: Origin
    give: Callable[[Document, Reference], Any] = lambda _document, _reference: None
    is_nullable: bool = True


def same(path: str, name: str = "") -> Field:
    """Take a field over as it is, perhaps from another name."""
    wanted = name or path
    return Field(path, Origin.DIRECT, lambda document, _: document.get(wanted))


def number(path: str, name: str = "") -> Field:
    """Take a decimal over that is text today and was a JSON number."""
    wanted = name or path
    return Field(path, Origin.DIRECT, lambda document, _: decimal_of(document.get(wanted)))


def currency_of(path: str, name: str = "currency") -> Field:
    """Look up the object of a currency that is a code today."""
    return Field(
        path,
        Origin.REFERENCE,
        lambda document, reference: reference.currencies.get(code_of(document, name)),
    )


def currencies_of(path: str, name: str = "currency") -> Field:
    """List the one currency that is left of several, or none."""

    def give(document: Document, reference: Reference) -> Any:
        found = reference.currencies.get(code_of(document, name))
        return [] if found is None else [found]

    return Field(path, Origin.REFERENCE, give)


def nothing(path: str) -> Field:
    """Say that a field has no source any more."""
    return Field(path, Origin.NULL)


def never_null(field: Field) -> Field:
    """Leave a field out rather than show it as null."""
    return replace(field, is_nullable=False)


def moved(field: Field, path: str, names: tuple[str, ...]) -> Field:
    """Put a field under a path, and look for its document under names."""

    def give(document: Document, reference: Reference) -> Any:
        for name in names:
            document = part_of(document, name)
        return field.give(document, reference)

    return replace(field, path=f"{path}.{field.path}", give=give)


def filled_in(fields: Iterable[Field], document: Document, reference: Reference) -> dict[str, Any]:
    """Give every field its place, and its value where the shape allows it."""
    filled: dict[str, Any] = {}
    for field in fields:
        *outer, last = field.path.split(".")
        inside = filled
        for name in outer:
            inside = inside.setdefault(name, {})
        value = field.give(document, reference)
        if value is not None or field.is_nullable:
            inside[last] = value
    return filled


def decimal_of(value: object) -> Decimal | None:
    """Read a number that is text, a number or missing; none for one that cannot be read."""
    with suppress(ValueError):
        return None if value is None else exact_decimal(str(value))
    return None


def part_of(document: object, name: str) -> Document:
    """Give an object in another one; an empty one where something else is in its place."""
    part = document.get(name) if isinstance(document, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def code_of(document: Document, name: str) -> str:
    """Give a code, or an empty text where something else is in its place."""
    code = document.get(name)
    return code if isinstance(code, str) else ""
