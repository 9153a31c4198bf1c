"""Foreign JSON read by pydantic models: lenient about the unknown, exact about numbers."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticUseDefault

from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.instants import from_text
from freshet.domain.money import exact_decimal, sane


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


def _default_for_null(value: object) -> object:
    if value is None:
        raise PydanticUseDefault
    return value


def _identity(value: object) -> str | None:
    # Something else in its place costs us the proof that it would have been, and nothing more.
    is_known = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) or None if is_known else None


OrDefault = BeforeValidator(_default_for_null)
"""For a field whose default also stands for a null."""
Number = Annotated[Decimal | None, BeforeValidator(_exact)]
Text = Annotated[str, Field(min_length=1)]
Identity = Annotated[str | None, BeforeValidator(_identity)]
"""An id that may be missing: none for an empty or a strange one."""
Instant = Annotated[datetime | None, BeforeValidator(_instant)]


class LenientModel(BaseModel):
    """A model that ignores what it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def validated[Model](
    validate: Callable[[Any], Model], content: object, told: ProviderAnswer
) -> Model:
    """Read what a provider answered; raises UnreadableAnswer for a shape we do not know."""
    # Raised outside of any handler: a validation error's text quotes the document.
    with suppress(ValidationError):
        return validate(content)
    raise UnreadableAnswer(told)
