"""What a provider says that is the same for every user: exchanges, currencies, security types."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

_KNOWN_FOR = timedelta(days=7)
_UNKNOWN_FOR = timedelta(hours=1)


class ReferenceKind(StrEnum):
    """What sort of thing is described."""

    CURRENCY = "currency"
    EXCHANGE = "exchange"
    SECURITY_TYPE = "security_type"


class ReferenceName(Struct, frozen=True):
    """A thing by the code that other documents name it by."""

    kind: ReferenceKind
    code: str


class ReferenceEntry(Struct, frozen=True, kw_only=True):
    """What the provider said of a thing when it was asked."""

    name: ReferenceName
    document: str | None
    """The provider's own document, as JSON text; None where it was asked in vain."""
    learned_at: datetime

    def is_current(self, *, now: datetime) -> bool:
        """Tell whether there is no need to ask again yet."""
        age = _UNKNOWN_FOR if self.document is None else _KNOWN_FOR
        return now < self.learned_at + age
