"""What came of an attempt to link, as a table of cases."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.expiry import Expiry
from freshet.domain.identifiers import is_link_session_id, new_link_session_id
from freshet.domain.link_session import LinkSession, LinkStatus, digest_of
from freshet.domain.provider import Provider
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, zeros

SECOND = timedelta(seconds=1)
SOON = NOON + timedelta(minutes=1)


def _session(**changes: Any) -> LinkSession:
    values: dict[str, Any] = {
        "id": new_link_session_id(zeros),
        "user_id": USER,
        "provider": Provider.SNAPTRADE,
        "state_digest": digest_of("state"),
        "created_at": NOON,
        "expires_at": NOON + timedelta(minutes=5),
    }
    return LinkSession(**(values | changes))


def _status(session: LinkSession, *connections: Connection, **later: float) -> LinkStatus:
    now = NOON + timedelta(**later)
    return session.outcome(connections, claimed=set(), now=now).status


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"created_at": NOON}, LinkStatus.COMPLETED),
        ({"created_at": SOON}, LinkStatus.COMPLETED),
        ({"created_at": NOON - SECOND}, LinkStatus.PENDING),
        ({"created_at": SOON, "provider": Provider.PLAID}, LinkStatus.PENDING),
    ],
)
def test_session_is_completed_when_a_connection_of_its_provider_came_later(
    changes: dict[str, Any], expected: LinkStatus
) -> None:
    assert _status(_session(), a_connection(**changes)) is expected


def test_oldest_connection_counts_when_several_came() -> None:
    first = a_connection(created_at=SOON)
    second = a_connection(id="con_" + "b" * 24, created_at=SOON + SECOND)
    outcome = _session().outcome([first, second], claimed=set(), now=SOON)
    assert outcome.connection_id == first.id
    outcome = _session().outcome([first, second], claimed={first.id}, now=SOON)
    assert outcome.connection_id == second.id


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0, LinkStatus.PENDING), (34.9, LinkStatus.PENDING), (35, LinkStatus.EXPIRED)],
)
def test_session_is_expired_when_even_the_slowest_visit_has_ended(
    minutes: float, expected: LinkStatus
) -> None:
    assert _status(_session(), minutes=minutes) is expected


def test_late_connection_counts_when_the_session_was_over() -> None:
    late = a_connection(created_at=NOON + timedelta(hours=2))
    assert _status(_session(), late, hours=3) is LinkStatus.COMPLETED
    assert _status(_session(is_failed=True), late, hours=3) is LinkStatus.COMPLETED
    assert _status(_session(is_failed=True), hours=3) is LinkStatus.FAILED


@pytest.mark.parametrize(
    ("session", "connection", "expected"),
    [
        # Broken before: any read that began later and found it well.
        ({"was_broken": True}, {"status_read_at": SOON}, True),
        ({"was_broken": True}, {"status_read_at": NOON - SECOND}, False),
        ({"was_broken": True}, {"status_read_at": None}, False),
        (
            {"was_broken": True},
            {"status_read_at": SOON, "status": ConnectionStatus.NEEDS_USER},
            False,
        ),
        ({"was_broken": True}, {"status_read_at": SOON, "id": "con_" + "b" * 24}, False),
        # Working before: somebody must have been there, and a read must have followed.
        ({}, {"status_read_at": SOON}, False),
        ({"returned_at": NOON + SECOND}, {"status_read_at": SOON}, True),
        ({"returned_at": SOON + SECOND}, {"status_read_at": SOON}, False),
        ({}, {"status_read_at": SOON, "expiry": Expiry(None, NOON + SECOND)}, True),
        ({}, {"status_read_at": SOON, "expiry": Expiry(None, NOON - SECOND)}, False),
    ],
)
def test_repair_is_proven_by_a_read_alone(
    session: dict[str, Any], connection: dict[str, Any], expected: bool
) -> None:
    status = _status(_session(repairs=CONNECTION_ID, **session), a_connection(**connection))
    assert status is (LinkStatus.COMPLETED if expected else LinkStatus.PENDING)


def test_session_knows_its_state_and_no_other() -> None:
    assert _session().is_opened_with("state")
    assert not _session().is_opened_with("statE")
    assert not _session().is_opened_with("ünknown")
    assert "'state'" not in repr(_session())


def test_id_is_told_from_others() -> None:
    assert is_link_session_id(new_link_session_id(zeros))
    assert not is_link_session_id(CONNECTION_ID)
