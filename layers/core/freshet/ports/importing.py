"""What providers can say of users who linked brokerages there before they came to us."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from freshet.domain.credential import Credential


class FoundConnection(Struct, frozen=True, kw_only=True):
    """A connection that a credential opens, and the credential under its full name."""

    provider_connection_id: str
    credential: Credential
    is_disabled: bool


class Discovery(Protocol):
    """Finds what a credential opens at one provider; raises CallFailed."""

    def connections(self, credential: Credential) -> Sequence[FoundConnection]:
        """List the connections, disabled ones included."""


class CredentialForm(Protocol):
    """A credential as an operator writes it, in the fields that its provider asks for."""

    def to_credential(self, subject: str) -> Credential:
        """Give the credential; `subject` names it where the fields do not."""


class TextObjects(Protocol):
    """Long texts that an operator has put somewhere."""

    def lines(self, place: Mapping[str, str], *, start: int) -> Sequence[str]:
        """Give the lines from a number on; raises NotFound."""
