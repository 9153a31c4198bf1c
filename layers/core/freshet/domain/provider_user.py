"""Under which id a provider knows a user of ours: random, on record before it is registered."""

from copy import replace

from msgspec import Struct


class ProviderUser(Struct, frozen=True, kw_only=True):
    """A user's registration at SnapTrade; `given_up` are ids that are still to be deleted there."""

    user_id: str
    subject: str | None = None
    is_registered: bool = False
    given_up: tuple[str, ...] = ()
    version: int = 0

    def registering(self, subject: str) -> "ProviderUser":
        """Begin under a new id; whatever is registered under the one before is given up."""
        return replace(self, subject=subject, is_registered=False, given_up=self.subjects)

    def registered(self) -> "ProviderUser":
        """Take note that the provider knows the id and that its secret is kept."""
        return replace(self, is_registered=True)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Name every id that the provider may know."""
        return self.given_up if self.subject is None else (*self.given_up, self.subject)

    def without(self, subject: str) -> "ProviderUser":
        """Take note that the provider has no user of an id any more."""
        given_up = tuple(each for each in self.given_up if each != subject)
        if subject != self.subject:
            return replace(self, given_up=given_up)
        return replace(self, given_up=given_up, subject=None, is_registered=False)
