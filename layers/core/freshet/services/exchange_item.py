"""Exchanging Link's public token: vault first, then the connection; else the Item is given back."""

from freshet.domain.call_errors import CallFailed
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential, Secret, credential_name
from freshet.domain.errors import CredentialMissing, SecretUnavailable
from freshet.domain.identifiers import new_connection_id
from freshet.domain.link_session import digest_of
from freshet.domain.provider import Provider
from freshet.observability import count, logger
from freshet.services.linking import Linking
from freshet.services.take_in import take_in, taken_in_already


def exchanged(user_id: str, public_token: Secret, *, parts: Linking) -> tuple[Connection, bool]:
    """Turn a public token into a connection; says whether it is new.

    A token is spent by its exchange. Its access token is therefore kept under a name made from
    it: who comes again with a spent one, after a crash or a double click, finds that.
    """
    name = credential_name(Provider.PLAID, digest_of(public_token.reveal()))
    items = parts.items
    with parts.lease.hold(user_id):
        try:
            credential = parts.vault.find(user_id, name)
        except CredentialMissing:
            credential = items.exchange(public_token)
            _keep(user_id, name, credential, parts)
        return _saved(user_id, name, credential, parts)


def _keep(user_id: str, name: str, credential: Credential, parts: Linking) -> None:
    try:
        parts.vault.keep(user_id, name, credential)
    except SecretUnavailable:
        _give_back(credential, parts)
        _forget(user_id, name, parts)
        raise


def _forget(user_id: str, name: str, parts: Linking) -> None:
    # Only the answer may have been lost: whoever comes again must not find a token of no Item.
    try:
        parts.vault.forget(user_id, name)
    except SecretUnavailable:
        count("ItemTokenLeft")
        logger.exception("Token of an Item given back could not be forgotten")


def _give_back(credential: Credential, parts: Linking) -> None:
    # Nobody could ever use the Item, and it would be billed each month.
    try:
        parts.items.remove(credential)
        count("ItemGivenBack")
    except CallFailed as failure:
        count("ItemLost")
        logger.exception("Item could not be given back", reason=failure.reason)


def _saved(
    user_id: str, name: str, credential: Credential, parts: Linking
) -> tuple[Connection, bool]:
    known = parts.owners.of_connection(Provider.PLAID, credential.subject)
    if known is not None and known[0] == user_id:
        return taken_in_already(parts.connections.get(*known), parts=parts), False
    now = parts.clock()
    wanted = Connection(
        id=new_connection_id(parts.random_bytes),
        user_id=user_id,
        provider=Provider.PLAID,
        provider_connection_id=credential.subject,
        credential_name=name,
        next_read_at=now,
        due_at=now,
        created_at=now,
    )
    connection = take_in(wanted, provider_user_id=None, parts=parts)
    return connection, connection.id == wanted.id
