"""What every shape is made of: texts of a certain look, and the type of all shapes."""

from typing import Annotated, Any, TypedDict

from freshet.domain import identifiers


class Look:
    """How a text looks from outside; the OpenAPI document says it, nothing at run time reads it."""

    def __init__(self, **keywords: Any) -> None:
        """Keep keywords of JSON Schema."""
        self._keywords = keywords

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> Any:
        """Add the keywords to the schema of a text."""
        return handler(core_schema) | self._keywords


class Shape(TypedDict):
    """A JSON object; docstrings below its fields go into the OpenAPI document."""


DecimalText = Annotated[
    str,
    Look(
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        description="An exact decimal number; keep it out of floating point",
    ),
]
CurrencyCode = Annotated[str, Look(description="ISO 4217, or a crypto asset's code")]
Instant = Annotated[str, Look(format="date-time", description="ISO 8601, UTC, with `Z`")]
DayText = Annotated[str, Look(format="date")]
DurationText = Annotated[str, Look(pattern="^P", description="ISO 8601, such as `PT24H`")]
ConnectionId = Annotated[str, Look(pattern=identifiers.CONNECTION_PATTERN)]
AccountId = Annotated[str, Look(pattern=identifiers.ACCOUNT_PATTERN)]
InstrumentId = Annotated[str, Look(pattern=identifiers.INSTRUMENT_PATTERN)]
PositionId = Annotated[str, Look(pattern=identifiers.POSITION_PATTERN)]
RefreshId = Annotated[str, Look(pattern=identifiers.REFRESH_PATTERN)]
LinkSessionId = Annotated[str, Look(pattern=identifiers.LINK_SESSION_PATTERN)]
ErasureId = Annotated[str, Look(pattern=identifiers.ERASURE_PATTERN)]
Cursor = Annotated[str, Look(description="Pass it as `cursor` to get the next page")]
