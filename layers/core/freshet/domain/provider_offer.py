"""What the API says of a provider: how users link there, and the provider's own shapes."""

from collections.abc import Mapping

from msgspec import Struct

from freshet.domain.provider import Provider


class ReturnForm(Struct, frozen=True, kw_only=True):
    """A body in which a frontend says that a user has linked, beside the field `provider`."""

    name: str
    description: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Name all of its fields."""
        return frozenset((*self.required, *self.optional))


class DocumentedShape(Struct, frozen=True, kw_only=True):
    """The shape of holdings that the provider documents."""

    title: str
    summary: str
    fields: str
    least_bytes_of_a_line: int
    """No line of holdings is shorter: an answer that is too large is told before it is made."""


class ProviderOffer(Struct, frozen=True, kw_only=True):
    """What the API's document says of a provider, and what requests about it are held to."""

    link_page: str
    """What a user links on, as a noun."""
    returns: tuple[ReturnForm, ...]
    documented: DocumentedShape | None = None

    @property
    def return_fields(self) -> frozenset[str]:
        """Name every field that says something at this provider when a user comes back."""
        return frozenset[str]().union(*(each.fields for each in self.returns))


type Offers = Mapping[Provider, ProviderOffer]
