"""Values of JSON from outside, refused with the name of their field."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from tests.simulators.common.exact_json import Document
from tests.simulators.common.wire import Refusal

_NOTHING = object()


class ValueRefused(Refusal):
    """A value is missing, unknown or of the wrong type; the text names the field."""

    def __init__(self, name: str, expected: str) -> None:
        self.status = HTTPStatus.BAD_REQUEST
        self.code = "invalid_value"
        self.detail = f"{name} {expected}"
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class Values:
    """An object whose members are taken one by one; `where` is the path to it."""

    document: Document
    where: str = ""

    @classmethod
    def of(cls, value: Any, where: str = "") -> "Values":
        """Wrap an object; raises ValueRefused for anything else."""
        if not isinstance(value, dict):
            raise ValueRefused(where or "the body", "must be an object")
        return cls(value, where)

    def name(self, member: str) -> str:
        """Return the full name of a member."""
        return f"{self.where}.{member}" if self.where else member

    def only(self, *members: str) -> None:
        """Raise ValueRefused when there is any other member."""
        for member in self.document:
            if member not in members:
                raise ValueRefused(self.name(member), "is not known here")

    def text(self, member: str, default: Any = _NOTHING) -> str:
        """Return a text."""
        return str(self._taken(member, default, _is_text, "must be a text"))

    def optional_text(self, member: str) -> str | None:
        """Return a text, or None where it is null or absent."""
        value: str | None = self._taken(member, None, _is_text_or_null, "must be a text or null")
        return value

    def flag(self, member: str, default: bool) -> bool:
        """Return true or false."""
        return bool(self._taken(member, default, _is_flag, "must be true or false"))

    def whole(self, member: str, default: Any = _NOTHING) -> int:
        """Return a whole number that is not negative."""
        expected = "must be a whole number that is not negative"
        return int(self._taken(member, default, _is_whole, expected))

    def number(self, member: str, default: Any = _NOTHING) -> Decimal:
        """Return a number, which may also come as text to keep its digits."""
        return Decimal(self._taken(member, default, _is_number, "must be a number"))

    def optional_number(self, member: str) -> Decimal | None:
        """Return a number, or None where it is null or absent."""
        return None if self.document.get(member) is None else self.number(member)

    def seconds(self, member: str, default: float) -> float:
        """Return a number of any sign as a float."""
        return float(self.number(member, default))

    def texts(self, member: str, default: Any = _NOTHING) -> list[str]:
        """Return a list of texts."""
        return list(self._taken(member, default, _is_texts, "must be a list of texts"))

    def names(self, member: str, default: Any = _NOTHING) -> list[str]:
        """Return a text or a list of texts as a list."""
        value = self._taken(member, default, _is_names, "must be a text or a list of texts")
        return [value] if isinstance(value, str) else list(value)

    def objects(self, member: str) -> list["Values"]:
        """Return a list of objects."""
        found = self._taken(member, _NOTHING, _is_list, "must be a list")
        return [Values.of(each, f"{self.name(member)}[{n}]") for n, each in enumerate(found)]

    def object(self, member: str) -> "Values":
        """Return an object, an empty one where it is absent."""
        return Values.of(self.document.get(member, {}), self.name(member))

    def others(self, *members: str) -> Document:
        """Return everything but these members."""
        return {name: value for name, value in self.document.items() if name not in members}

    def _taken(self, member: str, default: Any, fits: Callable[[Any], bool], expected: str) -> Any:
        value = self.document.get(member, default)
        if value is _NOTHING:
            raise ValueRefused(self.name(member), "is missing")
        if not fits(value):
            raise ValueRefused(self.name(member), expected)
        return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return False
    try:
        return Decimal(value).is_finite()
    except ArithmeticError:
        return False


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or _is_texts(value)
