"""Taking in what a user has made in SnapTrade's portal, where no webhook has done so yet."""

from collections.abc import Sequence

from freshet.domain.connection import Connection
from freshet.domain.credential import credential_name
from freshet.domain.errors import LinkUnfinished, NotFound
from freshet.domain.identifiers import new_connection_id
from freshet.domain.link_session import LinkSession, LinkStatus
from freshet.domain.provider import Provider
from freshet.services.linking import Linking
from freshet.services.show_link import link_outcome
from freshet.services.take_in import take_in, taken_in_already


def found_at_portal(
    user_id: str, named: str | None, session: LinkSession | None, *, parts: Linking
) -> tuple[Connection, bool]:
    """Take in the connection that is named, or what came of the session; says whether it is new.

    Only what SnapTrade lists for this very user counts: anything else is not found, whether or
    not it is another's.
    """
    known = _known(user_id, parts)
    if named is not None and named in known:
        return taken_in_already(known[named], parts=parts), False
    if session is not None and named is None and (before := _of_session(session, parts)):
        return taken_in_already(before, parts=parts), False
    there = _listed(user_id, parts)
    if named is not None:
        if named not in there:
            raise NotFound(named)
        return _taken_in(user_id, named, parts)
    taken_in = [_taken_in(user_id, each, parts) for each in there if each not in known]
    found = _of_session(session, parts) if session is not None else None
    if found is None:
        raise LinkUnfinished
    return found, found.id in {each.id for each, is_new in taken_in if is_new}


def _known(user_id: str, parts: Linking) -> dict[str, Connection]:
    return {
        each.provider_connection_id: each
        for each in parts.connections.of_user(user_id)
        if each.provider is Provider.SNAPTRADE
    }


def _of_session(session: LinkSession, parts: Linking) -> Connection | None:
    outcome = link_outcome(session, parts=parts)
    if outcome.status is not LinkStatus.COMPLETED or outcome.connection_id is None:
        return None
    return parts.connections.get(session.user_id, outcome.connection_id)


def _listed(user_id: str, parts: Linking) -> Sequence[str]:
    portal, user = parts.portal, parts.users.find(user_id)
    if user.subject is None or not user.is_registered:
        return ()
    name = credential_name(Provider.SNAPTRADE, user.subject)
    return portal.connection_ids(parts.vault.find(user_id, name))


def _taken_in(user_id: str, provider_connection_id: str, parts: Linking) -> tuple[Connection, bool]:
    subject, now = str(parts.users.find(user_id).subject), parts.clock()
    wanted = Connection(
        id=new_connection_id(parts.random_bytes),
        user_id=user_id,
        provider=Provider.SNAPTRADE,
        provider_connection_id=provider_connection_id,
        credential_name=credential_name(Provider.SNAPTRADE, subject),
        next_read_at=now,
        due_at=now,
        created_at=now,
    )
    connection = take_in(wanted, provider_user_id=subject, parts=parts)
    # A webhook or another tab may have been faster: then it is not new, and has an id already.
    return connection, connection.id == wanted.id
