"""Registering a user at SnapTrade: once, however many tabs ask and whatever got lost."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from msgspec import Struct

from freshet.domain.call_errors import (
    AlreadyRegistered,
    CallFailed,
    MissingUpstream,
    ProviderAnswer,
)
from freshet.domain.credential import Credential, Secret, credential_name
from freshet.domain.errors import ConcurrentChange, CredentialMissing
from freshet.domain.identifiers import new_provider_user_id
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser
from freshet.domain.trouble import log_keys_of
from freshet.observability import logger
from freshet.ports import CredentialVault, ProviderUsers, UserLease

_IDS_TRIED = 2  # that a random one is taken means a repeated request; twice in a row is a bug


class PortalLink(Struct, frozen=True):
    """Where to send the user: a link for five minutes and one visit; it is itself a secret."""

    url: Secret
    session_id: str


class Portal(Protocol):
    """SnapTrade's users and its portal; every method raises CallFailed."""

    def register_user(self, user_id: str) -> Credential:
        """Register a user under an id; the secret is shown this once."""

    def delete_user(self, user_id: str) -> ProviderAnswer:
        """Queue a user for deletion."""

    def connection_ids(self, user: Credential) -> Sequence[str]:
        """List the user's connections."""

    def portal(
        self,
        user: Credential,
        *,
        redirect_url: str | None,
        broker: str | None = None,
        reconnect: str | None = None,
    ) -> PortalLink:
        """Give a link to the portal, to link anew or to `reconnect` a connection."""


class RegisterDependencies(Struct, frozen=True, kw_only=True):
    """What registering needs."""

    portal: Portal
    users: ProviderUsers
    lease: UserLease
    vault: CredentialVault
    random_bytes: Callable[[int], bytes]


def registered_user(user_id: str, *, deps: RegisterDependencies) -> Credential:
    """Give the user's credential at SnapTrade, registering under the lease where there is none.

    The id is on record before the provider hears it. Of a registration whose secret was lost, by
    a crash after any step, the id is given up: it is deleted later, and the user gets another.
    Raises CallFailed, SecretUnavailable, UserBusy.
    """
    known = deps.users.find(user_id)
    if known.is_registered and (credential := _kept(known, deps)) is not None:
        return credential
    with deps.lease.hold(user_id):
        known = deps.users.find(user_id)
        credential = _kept(known, deps)
        if credential is None:
            known, credential = _replaced(known, deps)
        if not known.is_registered:
            deps.users.save(known.registered())
        return credential


def registered_anew(user_id: str, refused: Credential, *, deps: RegisterDependencies) -> Credential:
    """Give another credential than one that the provider has refused: it is as good as lost.

    Raises CallFailed, SecretUnavailable, UserBusy.
    """
    with deps.lease.hold(user_id):
        known = deps.users.find(user_id)
        credential = _kept(known, deps)
        if credential is not None and credential != refused:
            return credential  # another request has replaced it meanwhile
        known, credential = _replaced(known, deps)
        deps.users.save(known.registered())
        return credential


def delete_given_up(user_id: str, *, deps: RegisterDependencies) -> None:
    """Ask the provider to delete the ids that were given up, until it knows them no more.

    The caller does not wait for this: a failure is tried again when the user links the next time.
    """
    for subject in deps.users.find(user_id).given_up:
        try:
            deps.portal.delete_user(subject)
        except MissingUpstream:
            # Only this confirms it: the answer to a deletion means that it is queued.
            with suppress(ConcurrentChange):
                deps.users.save(deps.users.find(user_id).without(subject))
        except CallFailed as failure:
            logger.warning("User was not deleted", **log_keys_of(failure))
            return


def _replaced(known: ProviderUser, deps: RegisterDependencies) -> tuple[ProviderUser, Credential]:
    if known.is_registered:
        logger.warning("User secret lost", provider=Provider.SNAPTRADE)
    return _registered(known, deps)


def _registered(known: ProviderUser, deps: RegisterDependencies) -> tuple[ProviderUser, Credential]:
    for _ in range(_IDS_TRIED - 1):
        known = _with_another_id(known, deps)
        with suppress(AlreadyRegistered):
            return known, _register(known, deps)
    known = _with_another_id(known, deps)
    return known, _register(known, deps)


def _with_another_id(known: ProviderUser, deps: RegisterDependencies) -> ProviderUser:
    return deps.users.save(known.registering(new_provider_user_id(deps.random_bytes)))


def _register(known: ProviderUser, deps: RegisterDependencies) -> Credential:
    credential = deps.portal.register_user(str(known.subject))
    deps.vault.keep(known.user_id, _name(known), credential)
    return credential


def _kept(known: ProviderUser, deps: RegisterDependencies) -> Credential | None:
    if known.subject is None:
        return None
    try:
        return deps.vault.find(known.user_id, _name(known))
    except CredentialMissing:
        return None


def _name(known: ProviderUser) -> str:
    return credential_name(Provider.SNAPTRADE, str(known.subject))
