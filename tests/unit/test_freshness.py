"""Freshness: every status and reason, and the second at which it flips."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from freshet.domain.account import AccountStatus
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.freshness import Freshness, FreshnessStatus, FreshnessTargets, freshness_of
from tests.builders import NOON, a_connection, a_snapshot, an_account

TARGETS = FreshnessTargets(timedelta(hours=26), timedelta(hours=50))
AS_OF = NOON - timedelta(hours=1)
SECOND = timedelta(seconds=1)
type Changes = Mapping[str, Any]


def _freshness(
    *,
    age: timedelta = timedelta(0),
    account: Changes = MappingProxyType({}),
    snapshot: Changes | None = MappingProxyType({}),
    **connection: Any,
) -> Freshness:
    return freshness_of(
        an_account(**account),
        a_connection(**connection),
        None if snapshot is None else a_snapshot(**snapshot),
        targets=TARGETS,
        now=AS_OF + age,
    )


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(0), FreshnessStatus.FRESH),
        (TARGETS.ageing_after - SECOND, FreshnessStatus.FRESH),
        (TARGETS.ageing_after, FreshnessStatus.AGEING),
        (TARGETS.ageing_after + SECOND, FreshnessStatus.AGEING),
        (TARGETS.stale_after - SECOND, FreshnessStatus.AGEING),
        (TARGETS.stale_after, FreshnessStatus.STALE),
        (TARGETS.stale_after + SECOND, FreshnessStatus.STALE),
    ],
)
def test_status_flips_at_the_second_when_data_gets_older(
    age: timedelta, status: FreshnessStatus
) -> None:
    assert _freshness(age=age).status is status


def test_page_can_flip_by_itself_when_it_knows_both_times() -> None:
    shown = _freshness()
    assert shown.ageing_at == AS_OF + TARGETS.ageing_after
    assert shown.stale_at == AS_OF + TARGETS.stale_after


@pytest.mark.parametrize(
    ("given", "status", "reason"),
    [
        ({}, "fresh", None),
        ({"age": TARGETS.ageing_after}, "ageing", "not_updated_in_time"),
        ({"age": TARGETS.stale_after}, "stale", "not_updated_in_time"),
        ({"snapshot": None}, "pending", "first_load"),
        ({"snapshot": None, "account": {"has_holdings": False}}, "none", "holdings_unavailable"),
        (
            {"snapshot": None, "account": {"kind": "deposit", "has_holdings": False}},
            "none",
            "no_investments",
        ),
        ({"account": {"kind": "deposit"}}, "fresh", None),
        ({"snapshot": None, "paused": True}, "none", "paused"),
        ({"status": ConnectionStatus.NEEDS_USER}, "blocked", "connection_needs_user"),
        ({"status": ConnectionStatus.REVOKED}, "blocked", "connection_needs_user"),
        (
            {"status": ConnectionStatus.NEEDS_USER, "snapshot": None},
            "blocked",
            "connection_needs_user",
        ),
        ({"account": {"status": AccountStatus.CLOSED}}, "fresh", "account_closed"),
        (
            {"snapshot": {"empty_seen_as_of": NOON, "empty_seen_at": NOON}},
            "fresh",
            "empty_unconfirmed",
        ),
        ({"snapshot": {"empty_seen_at": NOON - timedelta(days=2)}}, "fresh", None),
        ({"paused": True}, "fresh", "paused"),
        ({"status": ConnectionStatus.DEGRADED}, "fresh", "provider_trouble"),
        ({"status": ConnectionStatus.DEGRADED, "snapshot": None}, "pending", "provider_trouble"),
        ({"status": ConnectionStatus.INITIALISING, "snapshot": None}, "pending", "first_load"),
    ],
)
def test_status_has_its_reason_when_something_is_the_matter(
    given: dict[str, Any], status: str, reason: str | None
) -> None:
    shown = _freshness(**given)
    assert (shown.status, shown.reason) == (status, reason)


def test_dates_are_the_snapshots_when_there_is_one() -> None:
    stored = a_snapshot()
    shown = _freshness()
    assert shown.broker_as_of == stored.broker_as_of
    assert shown.provider_synced_at == stored.provider_synced_at
    assert shown.fetched_at == stored.fetched_at
    assert shown.changed_at == stored.changed_at


def test_no_date_is_invented_when_nothing_is_stored() -> None:
    shown = _freshness(snapshot=None)
    assert {shown.broker_as_of, shown.provider_synced_at, shown.fetched_at} == {None}
    assert {shown.changed_at, shown.ageing_at, shown.stale_at} == {None}


def test_next_attempt_is_told_only_when_one_will_be_made() -> None:
    assert _freshness(due_at=NOON).next_attempt_at == NOON
    assert _freshness(due_at=NOON, paused=True).next_attempt_at is None
    assert _freshness(due_at=NOON, status=ConnectionStatus.NEEDS_USER).next_attempt_at is None
