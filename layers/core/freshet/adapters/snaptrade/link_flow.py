"""Linking at SnapTrade: users visit its portal, and what they made there is looked up."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from freshet.adapters.institutions import known_institution
from freshet.adapters.snaptrade.registration import (
    Portal,
    RegisterDependencies,
    delete_given_up,
    registered_anew,
    registered_user,
)
from freshet.domain.call_errors import CredentialRefused, LoginRequired
from freshet.domain.connection import Connection
from freshet.domain.credential import credential_name
from freshet.domain.errors import LinkGone, LinkUnfinished, NotFound
from freshet.domain.link_session import LinkSession
from freshet.domain.linking import (
    EnrolledConnection,
    FinishLink,
    LinkedConnection,
    LinkOffer,
    StartLink,
)
from freshet.domain.provider import Provider
from freshet.ports import LinkFlowDependencies

# No code of its own: of what a login is given, only the institution is the caller's word.
_INVALID_INPUT = "1012"


_PORTAL_LINK_LIVES = timedelta(minutes=5)


class SnapTradeLinkFlow(Struct, frozen=True):
    """The port LinkFlow."""

    portal: Portal
    deps: LinkFlowDependencies

    def start(self, wanted: StartLink, *, state: str) -> LinkOffer:
        """Give the portal's address, to a user registered if need be; raises InvalidField."""
        options = {"redirect_url": _way_back(wanted, state), "broker": wanted.institution}
        user = registered_user(wanted.user_id, deps=self._registration)
        expires_at = self.deps.clock() + _PORTAL_LINK_LIVES
        with known_institution(wanted.institution, refused_as=_INVALID_INPUT):
            try:
                link = self.portal.portal(user, **options)
            except CredentialRefused:
                user = registered_anew(wanted.user_id, user, deps=self._registration)
                expires_at = self.deps.clock() + _PORTAL_LINK_LIVES
                link = self.portal.portal(user, **options)
        return LinkOffer(url=link.url, expires_at=expires_at)

    def repair(self, wanted: StartLink, broken: Connection, *, state: str) -> LinkOffer:
        """Give the portal's address for one connection.

        Raises LinkGone where SnapTrade no longer takes the user's secret.
        """
        user = self.deps.vault.find(wanted.user_id, broken.link.credential_name)
        expires_at = self.deps.clock() + _PORTAL_LINK_LIVES
        try:
            link = self.portal.portal(
                user,
                redirect_url=_way_back(wanted, state),
                reconnect=broken.link.provider_connection_id,
            )
        except LoginRequired as failure:
            raise LinkGone(broken.id) from failure
        return LinkOffer(url=link.url, expires_at=expires_at)

    def finish(self, returned: FinishLink, session: LinkSession | None) -> EnrolledConnection:
        """Take in the connection that is named, or what came of the session.

        Only what SnapTrade lists for this very user counts: anything else is not found, whether or
        not it is another's.
        """
        user_id, named = returned.user_id, returned.provider_connection_id
        enrollment, known = self.deps.enrollment, self._known(user_id)
        if named is not None and named in known:
            return enrollment.resume(known[named])
        if session is not None and named is None and (found := enrollment.found_for(session)):
            return enrollment.resume(found)
        there = self._listed(user_id)
        if named is not None:
            if named not in there:
                raise NotFound(named)
            return self._enrolled(user_id, named)
        enrolled = [self._enrolled(user_id, each) for each in there if each not in known]
        found = enrollment.found_for(session) if session is not None else None
        if found is None:
            raise LinkUnfinished
        new = {each.connection.id for each in enrolled if each.is_new}
        return EnrolledConnection(found, is_new=found.id in new)

    def give_back(self, user_id: str) -> None:
        """Ask SnapTrade to delete the ids that were given up, until it knows them no more."""
        delete_given_up(user_id, deps=self._registration)

    @property
    def _registration(self) -> RegisterDependencies:
        return RegisterDependencies(
            portal=self.portal,
            users=self.deps.users(Provider.SNAPTRADE),
            lease=self.deps.lease,
            vault=self.deps.vault,
            random_bytes=self.deps.random_bytes,
        )

    def _known(self, user_id: str) -> dict[str, Connection]:
        return {
            each.link.provider_connection_id: each
            for each in self.deps.connections.of_user(user_id)
            if each.provider is Provider.SNAPTRADE
        }

    def _listed(self, user_id: str) -> Sequence[str]:
        user = self.deps.users(Provider.SNAPTRADE).find(user_id)
        if user.subject is None or not user.is_registered:
            return ()
        name = credential_name(Provider.SNAPTRADE, user.subject)
        return self.portal.connection_ids(self.deps.vault.find(user_id, name))

    def _enrolled(self, user_id: str, provider_connection_id: str) -> EnrolledConnection:
        subject = str(self.deps.users(Provider.SNAPTRADE).find(user_id).subject)
        return self.deps.enrollment.enroll(
            LinkedConnection(
                user_id=user_id,
                provider=Provider.SNAPTRADE,
                provider_connection_id=provider_connection_id,
                credential_name=credential_name(Provider.SNAPTRADE, subject),
                provider_user_id=subject,
            )
        )


def _way_back(wanted: StartLink, state: str) -> str | None:
    # A path segment: what the portal makes of a query that is there already is not documented.
    return None if wanted.redirect_uri is None else f"{wanted.redirect_uri.rstrip('/')}/{state}"
