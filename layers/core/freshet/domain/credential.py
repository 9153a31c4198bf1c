"""Secrets that do not show themselves."""

from msgspec import Struct

from freshet.domain.provider import Provider


class Secret:
    """A text that appears only where it is asked for by name."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Wrap a value; an empty secret is a mistake made elsewhere."""
        if not value:
            raise ValueError("a secret must not be empty")
        self._value = value

    def reveal(self) -> str:
        """Hand out the value: for a signature, a request, a vault; never for a log."""
        return self._value

    def __repr__(self) -> str:
        """Redact."""
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        """Compare by value: for tests and for noticing a rotation, not for authentication."""
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        """Stay hashable beside `__eq__`."""
        return hash(self._value)


def credential_name(provider: Provider, subject: str) -> str:
    """Name a credential by the provider's user, too: one user of ours may have two there."""
    return f"{provider}#{subject}"


class Credential(Struct, frozen=True):
    """What lets us act for a user at a provider: SnapTrade's userId and userSecret."""

    subject: str
    secret: Secret
