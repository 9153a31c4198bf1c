"""Registering a user at SnapTrade: once, however many tabs ask and whatever got lost."""

from contextlib import suppress
from datetime import timedelta

from freshet.domain.call_errors import AlreadyRegistered, CallFailed, MissingUpstream
from freshet.domain.credential import Credential, credential_name
from freshet.domain.errors import ConcurrentChange, CredentialMissing
from freshet.domain.identifiers import new_provider_user_id
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser
from freshet.observability import count, logger
from freshet.services.linking import Linking

_IDS_TRIED = 2  # that a random one is taken means a repeated request; twice in a row is a bug
TIDIES_WITHIN = timedelta(seconds=8)  # a call takes 14 at most, the function's time is 29


def registered_user(user_id: str, *, parts: Linking) -> Credential:
    """Give the user's credential at SnapTrade, registering under the lease where there is none.

    The id is on record before the provider hears it. Of a registration whose secret was lost, by
    a crash after any step, the id is given up: it is deleted later, and the user gets another.
    Raises CallFailed, SecretUnavailable, UserBusy.
    """
    known = parts.users.find(user_id)
    if known.is_registered and (credential := _kept(known, parts)) is not None:
        return credential
    with parts.lease.hold(user_id):
        known = parts.users.find(user_id)
        credential = _kept(known, parts)
        if credential is None:
            known, credential = _replaced(known, parts)
        if not known.is_registered:
            parts.users.save(known.registered())
        return credential


def registered_anew(user_id: str, refused: Credential, *, parts: Linking) -> Credential:
    """Give another credential than one that the provider has refused: it is as good as lost.

    Raises CallFailed, SecretUnavailable, UserBusy.
    """
    with parts.lease.hold(user_id):
        known = parts.users.find(user_id)
        credential = _kept(known, parts)
        if credential is not None and credential != refused:
            return credential  # somebody has replaced it meanwhile
        known, credential = _replaced(known, parts)
        parts.users.save(known.registered())
        return credential


def delete_given_up(user_id: str, *, parts: Linking) -> None:
    """Ask the provider to delete the ids that were given up, until it knows them no more.

    Nobody waits for this: what fails is tried when the user links the next time.
    """
    for subject in parts.users.find(user_id).given_up:
        try:
            parts.portal.delete_user(subject)
        except MissingUpstream:
            # Only this confirms it: the answer to a deletion means that it is queued.
            with suppress(ConcurrentChange):
                parts.users.save(parts.users.find(user_id).without(subject))
        except CallFailed as failure:
            logger.warning("User was not deleted", reason=failure.reason)
            return


def _replaced(known: ProviderUser, parts: Linking) -> tuple[ProviderUser, Credential]:
    if known.is_registered:
        count("UserSecretLost")
        logger.warning("User secret lost", provider=Provider.SNAPTRADE)
    return _registered(known, parts)


def _registered(known: ProviderUser, parts: Linking) -> tuple[ProviderUser, Credential]:
    for _ in range(_IDS_TRIED - 1):
        known = _with_another_id(known, parts)
        with suppress(AlreadyRegistered):
            return known, _register(known, parts)
    known = _with_another_id(known, parts)
    return known, _register(known, parts)


def _with_another_id(known: ProviderUser, parts: Linking) -> ProviderUser:
    return parts.users.save(known.registering(new_provider_user_id(parts.random_bytes)))


def _register(known: ProviderUser, parts: Linking) -> Credential:
    credential = parts.portal.register_user(str(known.subject))
    parts.vault.keep(known.user_id, _name(known), credential)
    count("UserRegistered")
    return credential


def _kept(known: ProviderUser, parts: Linking) -> Credential | None:
    if known.subject is None:
        return None
    try:
        return parts.vault.find(known.user_id, _name(known))
    except CredentialMissing:
        return None


def _name(known: ProviderUser) -> str:
    return credential_name(Provider.SNAPTRADE, str(known.subject))
