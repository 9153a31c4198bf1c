"""Foreign JSON read by pydantic models: lenient about the unknown, exact about numbers."""

from collections.abc import Callable, Sequence, Set
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
)
from pydantic_core import PydanticUseDefault

from freshet import metrics
from freshet.adapters.odd_values import LONGEST_TEXT, UNREAD, copied, mend
from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.days import CALENDAR
from freshet.domain.instants import stated_from_text
from freshet.domain.money import exact_decimal, sane
from freshet.domain.positions import Numbers
from freshet.observability import count, logger


def _exact(value: object) -> Decimal:
    # Text, integers and Decimals as parsed; a float would mean that digits are lost already.
    if isinstance(value, str):
        return exact_decimal(value)
    if isinstance(value, Decimal):
        return sane(value)
    if isinstance(value, bool | float):
        raise ValueError("not an exact number")  # noqa: TRY004 - pydantic wants ValueError
    return exact_decimal(str(value))


def _instant(value: object) -> datetime:
    return stated_from_text(str(value))


def _day(value: object) -> date:
    return date.fromisoformat(_text(value))


def _text(value: object) -> str:
    # A number would pass as seconds since 1970, which no provider means.
    if not isinstance(value, str):
        raise ValueError("not a day")  # noqa: TRY004 - pydantic wants ValueError
    return value


def stated_day(value: object) -> date:
    """Read the day of a date, or of a time by its own offset; raises ValueError."""
    return _day_of(_text(value))


@lru_cache(maxsize=64)  # the lines of a portfolio have few days
def _day_of(text: str) -> date:
    # The offset stays where it is: what happens in an evening in New York happens on that day.
    day = datetime.fromisoformat(text).date()
    if day not in CALENDAR:
        raise ValueError("not a day of our time")
    return day


def _default_for_null(value: object) -> object:
    if value is None:
        raise PydanticUseDefault
    return value


_LONGEST_ID = 255
_WITHOUT_NUL = r"^[^\x00]*$"


def _identity(value: object) -> str | None:
    # Something else in its place costs us the proof that it would have been, and nothing more.
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    text = str(value)
    return text if text and is_identifier(text) else None


def is_identifier(text: str) -> bool:
    """Tell whether a text can name something: every store takes it, and it is not a story."""
    if len(text) > _LONGEST_ID or "\0" in text:
        return False
    return text.isascii() or text.encode("utf-8", "ignore").decode() == text


OrDefault = BeforeValidator(_default_for_null)
"""For a field whose default also stands for a null."""
Told = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=_WITHOUT_NUL)]
"""A text for people: half a character, NUL and more than 500 characters do not pass."""
Flag = Annotated[bool | None, Field(strict=True)]
"""True or false, and not something that means it in one language or another."""
Unread = Annotated[tuple[str, ...], Field(validation_alias=UNREAD)]
"""The values of a line, or of what is in it, that could not be read and were left out."""
# Plain: pydantic would check once more what the function has read.
Number = Annotated[Decimal, PlainValidator(_exact)] | None
Text = Annotated[str, Field(min_length=1)]
"""A text that must be there as it is, however long: a secret, an address."""
Id = Annotated[str, Field(min_length=1, max_length=_LONGEST_ID, pattern=_WITHOUT_NUL)]
"""What names a thing, and must be there as it is."""
Identity = Annotated[str | None, PlainValidator(_identity)] | None
"""An id that may be missing: none for an empty or a strange one."""
Day = Annotated[date, PlainValidator(_day)] | None
"""A day as told, with which nothing is reckoned."""
StatedDay = Annotated[date, PlainValidator(stated_day)] | None
"""The day on which something happened, also told as a time: of the offset that it is told in."""
Instant = Annotated[datetime, PlainValidator(_instant)] | None


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
    mended, odds = content, list[str]()
    for _ in range(_ROUNDS):
        # Nothing is raised inside of a handler: a validation error's text quotes the document.
        try:
            found = validate(mended)
        except ValidationError as error:
            errors = _errors_of(error)
        else:
            tell_odd(told.provider, odds)
            return found
        mended = copied(mended) if mended is content else mended
        for odd in mend(mended, errors):
            if odd is None:
                raise UnreadableAnswer(told)
            odds.append(odd)
    raise UnreadableAnswer(told)


def tell_odd(provider: str, fields: Sequence[str]) -> None:
    """Count the values of a document that were left out, and name them in the log."""
    if fields:
        count(metrics.ODD_VALUE, len(fields))
        names = sorted(set(fields))
        logger.warning("Odd values were left out", provider=provider, fields=names)


_ROUNDS = 4  # leaving a value out may show that what it belongs to cannot do without it


def _errors_of(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_context=False, include_input=False))
