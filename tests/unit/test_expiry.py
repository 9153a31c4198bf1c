"""Warnings and repairs: whatever their order, a link is about to end, or it is not."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from freshet.domain.connection import Connection
from freshet.domain.connection_status import ASLEEP, ConnectionStatus
from freshet.domain.expiry import Expiry
from tests.builders import NOON, a_connection, a_report

ENDS = NOON + timedelta(days=7)


def _days(number: float) -> datetime:
    return NOON + timedelta(days=number)


@pytest.mark.parametrize(
    ("expiry", "is_near"),
    [
        (Expiry(), False),
        (Expiry(ENDS), True),
        (Expiry(NOON), False),
        (Expiry(_days(-1)), False),
        (Expiry(ENDS, _days(-1)), True),
        (Expiry(ENDS, _days(1)), False),
        (Expiry(None, NOON), False),
    ],
)
def test_end_is_near_when_it_was_announced_and_nothing_repaired_since(
    expiry: Expiry, is_near: bool
) -> None:
    assert expiry.is_near(now=NOON) is is_near


@pytest.mark.parametrize(
    ("warnings", "repairs"),
    [([7], [1]), ([7, 20], [1]), ([7], [1, -3]), ([7, 3], [-1])],
)
def test_answer_is_the_same_when_warnings_and_repairs_come_in_any_order(
    warnings: list[float], repairs: list[float]
) -> None:
    steps = [("with_warning", each) for each in warnings]
    steps += [("with_repair", each) for each in repairs]
    ends = set()
    for order in permutations(steps + steps[:1]):
        expiry = Expiry()
        for name, day in order:
            expiry = getattr(expiry, name)(_days(day))
        ends.add(expiry)
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("before", "expiry", "after"),
    [
        ("active", Expiry(ENDS), "expiring"),
        ("active", Expiry(), "active"),
        ("expiring", Expiry(ENDS, _days(1)), "active"),
        ("needs_user", Expiry(ENDS), "needs_user"),
        ("degraded", Expiry(ENDS), "degraded"),
        ("initialising", Expiry(ENDS), "initialising"),
    ],
)
def test_warning_never_takes_a_link_for_broken_when_it_comes(
    before: str, expiry: Expiry, after: str
) -> None:
    link = a_connection(status=ConnectionStatus(before)).link.with_expiry(expiry, now=NOON)
    assert (link.status, link.expiry) == (after, expiry)
    assert (link.status in ASLEEP) is (before in ASLEEP)


def _read(connection: Connection, days: float, *, is_disabled: bool = False) -> Connection:
    return connection.with_report(a_report(is_disabled=is_disabled), read_at=_days(days))


def test_link_stays_expiring_until_its_end_when_reads_go_well() -> None:
    warned = a_connection(expiry=Expiry(ENDS))
    assert _read(warned, 1).link.status is ConnectionStatus.EXPIRING
    assert _read(warned, 1).link.status_reason == "link_ends_soon"
    assert _read(warned, 8).link.status is ConnectionStatus.ACTIVE


@pytest.mark.parametrize(
    ("returned", "read", "ends", "status"),
    [
        (1, 2, None, "active"),
        (1, 1, None, "active"),
        (1, 2, 90, "active"),
        (2, 1, None, "expiring"),  # the read began before the user came back
        (1, 2, 7, "expiring"),  # the provider still tells the same end
        (None, 2, None, "expiring"),
    ],
)
def test_link_is_well_again_when_a_later_read_confirms_that_the_user_was_there(
    returned: float | None, read: float, ends: float | None, status: str
) -> None:
    expiry = Expiry(ENDS) if returned is None else Expiry(ENDS).with_return(_days(returned))
    warned = a_connection(status=ConnectionStatus.EXPIRING, expiry=expiry)
    report = a_report(ends_at=None if ends is None else _days(ends))
    after = warned.with_report(report, read_at=_days(read))
    assert after.link.status == status
    assert (after.link.expiry.repaired_at is not None) is (status == "active")
    assert after.link.with_expiry(after.link.expiry, now=_days(read)).status == status


def test_return_proves_nothing_when_the_link_is_broken() -> None:
    warned = a_connection(expiry=Expiry(ENDS).with_return(_days(1)))
    after = _read(warned, 2, is_disabled=True)
    assert (after.link.status, after.link.expiry) == ("active", warned.link.expiry)


def test_later_warning_counts_when_an_earlier_return_was_confirmed() -> None:
    repaired = _read(a_connection(expiry=Expiry(ENDS).with_return(_days(1))), 2)
    again = repaired.link.with_expiry(repaired.link.expiry.with_warning(_days(60)), now=_days(53))
    assert again.status is ConnectionStatus.EXPIRING
