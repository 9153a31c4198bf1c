"""Foreign JSON read by pydantic models: lenient about the unknown, exact about numbers."""

from collections.abc import Callable, Set
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticUseDefault

from freshet import metrics
from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.holdings import Numbers
from freshet.domain.instants import from_text
from freshet.domain.money import exact_decimal, sane
from freshet.observability import count


def _exact(value: object) -> Decimal | None:
    # Text, integers and simplejson's Decimals; a float would mean that digits are lost already.
    if value is None:
        return None
    if isinstance(value, Decimal):
        return sane(value)
    if isinstance(value, bool | float):
        raise ValueError("not an exact number")  # noqa: TRY004 - pydantic wants ValueError
    return exact_decimal(str(value))


def _instant(value: object) -> datetime | None:
    try:
        return None if value is None else from_text(str(value))
    except OverflowError as error:  # year 1 with an offset lies before all time
        raise ValueError("not an instant") from error


def _day(value: object) -> date | None:
    # A number would pass as seconds since 1970, which no provider means.
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("not a day")  # noqa: TRY004 - pydantic wants ValueError
    return date.fromisoformat(value)


def _default_for_null(value: object) -> object:
    if value is None:
        raise PydanticUseDefault
    return value


_LONGEST_ID = 255


def _identity(value: object) -> str | None:
    # Something else in its place costs us the proof that it would have been, and nothing more.
    is_known = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) or None if is_known and is_identifier(str(value)) else None


def is_identifier(text: str) -> bool:
    """Tell whether a text can name something: every store takes it, and it is not a story."""
    is_whole = "\0" not in text and text.encode("utf-8", "ignore").decode() == text
    return is_whole and len(text) <= _LONGEST_ID


OrDefault = BeforeValidator(_default_for_null)
"""For a field whose default also stands for a null."""
Told = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
"""A text for people: half a character, NUL and more than 500 characters do not pass."""
Flag = Annotated[bool | None, Field(strict=True)]
"""True or false, and not something that means it in one language or another."""
Unread = Annotated[tuple[str, ...], Field(validation_alias="\0unread")]
"""The values of a line, or of what is in it, that could not be read and were left out."""
Number = Annotated[Decimal | None, BeforeValidator(_exact)]
Text = Annotated[str, Field(min_length=1)]
"""A text that must be there as it is, however long: a secret, an address."""
Id = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
"""What names a thing, and must be there as it is."""
Identity = Annotated[str | None, BeforeValidator(_identity)]
"""An id that may be missing: none for an empty or a strange one."""
Day = Annotated[date | None, BeforeValidator(_day)]
Instant = Annotated[datetime | None, BeforeValidator(_instant)]


class LenientModel(BaseModel):
    """A model that ignores what it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def numbers_of(unread: tuple[str, ...], numbers: Set[str]) -> Numbers:
    """Say whether a line's numbers were read, by the names of the values that were not."""
    return Numbers.READ if numbers.isdisjoint(unread) else Numbers.UNKNOWN


def validated_whole[Model](
    validate: Callable[[Any], Model], content: object, told: ProviderAnswer
) -> Model:
    """Read an answer of which every value counts, as a secret does; raises UnreadableAnswer."""
    # Raised outside of any handler: a validation error's text quotes the document.
    with suppress(ValidationError):
        return validate(content)
    raise UnreadableAnswer(told)


def validated[Model](
    validate: Callable[[Any], Model], content: object, told: ProviderAnswer
) -> Model:
    """Read what a provider answered; raises UnreadableAnswer for a shape we do not know.

    An odd value is left out, or mended where it is text, and counted; what has a place for it is
    told which values those were.
    """
    mended = content
    for _ in range(_ROUNDS):
        # Nothing is raised inside of a handler: a validation error's text quotes the document.
        try:
            return validate(mended)
        except ValidationError as error:
            errors = _errors_of(error)
        mended = _copied(mended) if mended is content else mended
        places = {_place_in(mended, each["loc"]): each["type"] for each in errors}
        for place, kind in places.items():
            odd = _mend(mended, place, kind)
            if odd is None:
                raise UnreadableAnswer(told)
            count(metrics.ODD_VALUE.member(f"{told.provider}_{odd}"))
    raise UnreadableAnswer(told)


_ROUNDS = 4  # leaving a value out may show that what it belongs to cannot do without it
_UNREAD = "\0unread"
_LONGEST = 500
type _Path = tuple[Any, ...]
"""Names of members and places in lists."""
_TEXT_ERRORS = ("string_too_long", "string_unicode", "string_pattern_mismatch")


def _errors_of(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_context=False, include_input=False))


def _copied(content: Any) -> Any:
    match content:
        case dict():
            return {name: _copied(each) for name, each in content.items()}
        case list():
            return [_copied(each) for each in content]
    return content


def _place_in(content: Any, path: _Path) -> _Path:
    """Give the part of a path that is in the document: its end may name a kind that was tried."""
    place: list[Any] = []
    for step in path:
        if not (isinstance(content, dict | list) and step in _keys_of(content)):
            break
        content = content[step]
        place.append(step)
    return tuple(place)


def _keys_of(content: Any) -> Any:
    return content if isinstance(content, dict) else range(len(content))


def _mend(content: Any, place: _Path, kind: str) -> str | None:
    """Mend the value at a place of a document, or leave it out; None where that is impossible."""
    above: list[Any] = [content]
    for step in place:
        above.append(above[-1][step])
    if not place:
        return None
    name, value = place[-1], above.pop()
    if isinstance(name, int):  # a line that is no object, or lacks what names it
        above[-1][name] = {_UNREAD: ["line"]}
        return "line"
    named = str(name)
    if kind in _TEXT_ERRORS and isinstance(value, str) and not _is_identifier(named):
        above[-1][name] = clean_text(value)
        return named
    del above[-1][name]
    for each in above:
        if isinstance(each, dict):
            each.setdefault(_UNREAD, []).append(named)
    return named


def _is_identifier(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def clean_text(text: str) -> str:
    """Give a text for people without what no store takes, and no longer than people read."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")[:_LONGEST]
