"""Link sessions, users' registrations, their leases and the providers' pages in memory."""

from collections.abc import Callable, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import timedelta

from freshet.adapters.plaid.link_flow import LinkToken
from freshet.adapters.snaptrade.registration import PortalLink
from freshet.domain.call_errors import (
    AlreadyRegistered,
    CallFailed,
    LinkInvalid,
    MissingUpstream,
    ProviderAnswer,
)
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.link_session import LinkSession
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser
from tests.fakes.clock import FakeClock
from tests.fakes.connections import FakeConnections

_LEASE = timedelta(seconds=30)
_TRIES = 20


class FakeLinkSessions:
    """The port LinkSessions in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], LinkSession] = {}

    def get(self, user_id: str, session_id: str) -> LinkSession:
        try:
            return self.rows[user_id, session_id]
        except KeyError as error:
            raise NotFound(session_id) from error

    def of_user(self, user_id: str) -> Sequence[LinkSession]:
        return [row for (owner, _), row in sorted(self.rows.items()) if owner == user_id]

    def save(self, session: LinkSession) -> None:
        self.rows[session.user_id, session.id] = session


class FakeProviderUsers:
    """The port ProviderUsers in memory; Owners of the same deployment see who is registered."""

    def __init__(self, connections: FakeConnections) -> None:
        self.rows: dict[str, ProviderUser] = {}
        self._owners = connections.users

    def find(self, user_id: str) -> ProviderUser:
        return self.rows.get(user_id, ProviderUser(user_id=user_id))

    def save(self, user: ProviderUser) -> ProviderUser:
        if self.find(user.user_id).version != user.version:
            raise ConcurrentChange("profile")
        saved = self.rows[user.user_id] = replace(user, version=user.version + 1)
        if saved.is_registered and saved.subject is not None:
            self._owners[Provider.SNAPTRADE, saved.subject] = saved.user_id
        return saved


@dataclass
class FakePortal:
    """The port Portal: SnapTrade's users, each with a secret that is shown once."""

    users: dict[str, str] = field(default_factory=dict)
    connections: dict[str, list[str]] = field(default_factory=dict)
    failures: dict[str, list[CallFailed]] = field(default_factory=dict)
    visits: list[dict[str, str | None]] = field(default_factory=list)
    deleting: set[str] = field(default_factory=set)
    during_registration: Callable[[], None] | None = None
    during_listing: Callable[[], object] | None = None

    def register_user(self, user_id: str) -> Credential:
        self._fail("register_user")
        if user_id in self.users:
            raise AlreadyRegistered(_told("register_user", 400))
        self.users[user_id] = f"secret-of-{user_id}"
        if self.during_registration is not None:
            self.during_registration()
        return Credential(user_id, Secret(self.users[user_id]))

    def delete_user(self, user_id: str) -> ProviderAnswer:
        self._fail("delete_user")
        if user_id not in self.users:
            raise MissingUpstream(_told("delete_user", 404))
        self.deleting.add(user_id)
        return _told("delete_user", 200)

    def finish_deletions(self) -> None:
        """Let what is queued for deletion be gone."""
        for user_id in self.deleting:
            self.users.pop(user_id, None)

    def connection_ids(self, user: Credential) -> Sequence[str]:
        self._fail("connection_ids")
        assert self.users[user.subject] == user.secret.reveal()
        found = list(self.connections.get(user.subject, []))
        if self.during_listing is not None:
            meanwhile, self.during_listing = self.during_listing, None
            meanwhile()
        return found

    def portal(
        self,
        user: Credential,
        *,
        redirect_url: str | None,
        broker: str | None = None,
        reconnect: str | None = None,
    ) -> PortalLink:
        self._fail("portal")
        visit = {"redirect_url": redirect_url, "broker": broker, "reconnect": reconnect}
        self.visits.append({"user": user.subject, **visit})
        return PortalLink(Secret(f"https://portal.example/secret-{len(self.visits)}"), "s-1")

    def _fail(self, operation: str) -> None:
        if planned := self.failures.get(operation):
            raise planned.pop(0)


@dataclass
class FakeItems:
    """The port ItemLinks: Plaid's Link, whose public tokens are good for one exchange."""

    clock: FakeClock
    items: set[str] = field(default_factory=set)
    unspent: dict[str, str] = field(default_factory=dict)
    failures: dict[str, list[CallFailed]] = field(default_factory=dict)
    asked: list[dict[str, str | None]] = field(default_factory=list)

    def link_token(
        self, alias: str, *, webhook: str, redirect_uri: str | None, institution: str | None
    ) -> LinkToken:
        self._fail("link_token")
        asked_for = {"webhook": webhook, "redirect_uri": redirect_uri, "institution": institution}
        return self._token({"alias": alias, **asked_for}, timedelta(hours=4))

    def repair_token(self, alias: str, item: Credential, *, redirect_uri: str | None) -> LinkToken:
        self._fail("repair_token")
        asked_for = {"alias": alias, "item": item.subject, "redirect_uri": redirect_uri}
        return self._token(asked_for, timedelta(minutes=30))

    def finish(self, item_id: str) -> Secret:
        """Act as the user who finishes Link."""
        self.items.add(item_id)
        public_token = f"public-{item_id}"
        self.unspent[public_token] = item_id
        return Secret(public_token)

    def exchange(self, public_token: Secret) -> Credential:
        self._fail("exchange")
        item_id = self.unspent.pop(public_token.reveal(), None)
        if item_id is None:
            raise LinkInvalid(_told("exchange", 400))
        return Credential(item_id, Secret(f"access-{item_id}"))

    def remove(self, item: Credential) -> ProviderAnswer:
        self._fail("remove")
        self.items.remove(item.subject)
        return _told("remove", 200)

    def _token(self, asked_for: dict[str, str | None], lives: timedelta) -> LinkToken:
        self.asked.append(asked_for)
        return LinkToken(Secret(f"link-secret-{len(self.asked)}"), self.clock() + lives)

    def _fail(self, operation: str) -> None:
        if planned := self.failures.get(operation):
            raise planned.pop(0)


def _told(operation: str, status: int) -> ProviderAnswer:
    return ProviderAnswer(provider="fake", operation=operation, status=status)
