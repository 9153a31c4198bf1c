"""Which accounts of a new link are known already: proof on both sides, and exactly once."""

from collections import Counter
from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshet.domain.account import Account, AccountReport, AccountStatus
from freshet.domain.account_migration import (
    AccountMigration,
    account_migration,
    is_superseded,
    passed_to,
    successor_of,
    without_account,
)
from freshet.domain.connection import Connection
from freshet.domain.connection_report import Institution
from freshet.domain.connection_status import GONE, ConnectionStatus
from freshet.domain.migration import Migration
from freshet.domain.provider import Provider
from freshet.domain.schedule import Turn, turn_for
from tests.builders import (
    NOON,
    a_connection,
    an_account,
    an_account_report,
    changed,
)
from tests.depth import many

OLD = a_connection()
NEW = a_connection(id="con_" + "b" * 24, provider_connection_id="authorization-2", created_at=NOON)
CLOSED = {"status": AccountStatus.CLOSED}
MIGRATED = an_account(connection_id=NEW.id)
DAY = timedelta(days=1)


def _report(**changes: Any) -> AccountReport:
    return an_account_report(
        **({"provider_account_id": "new-1", "institution_account_id": "P"} | changes)
    )


def _account(**changes: Any) -> Account:
    return an_account(**({"institution_account_id": "P"} | changes))


def _judge(
    *reports: AccountReport,
    accounts: tuple[Account, ...] = (_account(),),
    connections: tuple[Connection, ...] = (OLD, NEW),
    connection: Connection = NEW,
) -> AccountMigration:
    return account_migration(
        connection, reports or (_report(),), connections=connections, accounts=accounts
    )


def test_account_is_inherited_when_both_sides_have_its_proof() -> None:
    assert _judge() == AccountMigration(inherited={"new-1": _account()})


@pytest.mark.parametrize(
    "changes",
    [
        {"institution_account_id": None},
        {"institution_account_id": "Q"},
        {"is_paper": True},
    ],
)
def test_nothing_is_merged_when_the_proof_is_another_or_none(changes: dict[str, Any]) -> None:
    assert _judge(_report(**changes)) == AccountMigration()


def test_missing_proof_proves_nothing_when_both_sides_miss_it() -> None:
    report = _report(institution_account_id=None)
    assert _judge(report, accounts=(_account(institution_account_id=None),)) == AccountMigration()


@pytest.mark.parametrize(
    "changes",
    [
        {"provider": Provider.PLAID},
        {"institution": Institution("OTHER", "Other")},
        {"institution": Institution(None, "Acme Brokerage")},
        {"status": ConnectionStatus.REMOVING},
        {"status": ConnectionStatus.REMOVED},
    ],
)
def test_nothing_passes_when_the_old_connection_is_elsewhere_or_leaving(
    changes: dict[str, Any],
) -> None:
    assert _judge(connections=(changed(OLD, **changes), NEW)) == AccountMigration()


def test_nothing_passes_when_neither_connection_says_where_it_is() -> None:
    nowhere = [changed(each, institution=Institution(None, None)) for each in (OLD, NEW)]
    assert _judge(connections=tuple(nowhere), connection=nowhere[1]) == AccountMigration()


@pytest.mark.parametrize("status", sorted(set(ConnectionStatus) - GONE))
def test_account_passes_when_the_old_connection_is_well_or_broken(
    status: ConnectionStatus,
) -> None:
    assert _judge(connections=(changed(OLD, status=status), NEW)).inherited


def test_nothing_passes_when_two_of_the_new_link_have_the_proof() -> None:
    assert _judge(_report(), _report(provider_account_id="new-2")) == AccountMigration()


def test_nothing_passes_when_two_that_are_known_have_the_proof() -> None:
    twin = _account(provider_account_id="account-2")
    assert _judge(accounts=(_account(), twin)) == AccountMigration()


def test_open_account_passes_when_a_closed_one_has_its_proof_too() -> None:
    ended = _account(provider_account_id="account-2", **CLOSED)
    assert _judge(accounts=(ended, _account())).inherited == {"new-1": _account()}


def test_closed_account_passes_when_no_open_one_has_its_proof() -> None:
    ended = _account(**CLOSED)
    assert _judge(accounts=(ended,)).inherited == {"new-1": ended}
    twin = _account(provider_account_id="account-2", **CLOSED)
    assert _judge(accounts=(ended, twin)) == AccountMigration()


def test_account_is_left_when_a_newer_connection_has_it() -> None:
    theirs = replace(_account(), connection_id=NEW.id)
    found = _judge(connection=OLD, accounts=(theirs,))
    assert found == AccountMigration(left={"new-1": theirs})
    assert _judge(connection=OLD, accounts=(theirs.closed(),)) == AccountMigration()


def test_one_of_two_is_the_older_when_they_were_made_at_once() -> None:
    twins = tuple(replace(each, created_at=NOON) for each in (OLD, NEW))
    accounts = [_account(), replace(_account(), connection_id=NEW.id)]
    first = _judge(connection=twins[1], connections=twins, accounts=(accounts[0],))
    second = _judge(connection=twins[0], connections=twins, accounts=(accounts[1],))
    assert (len(first.inherited), len(second.left)) == (1, 1)


def test_account_keeps_all_but_its_report_and_connection_when_it_passes() -> None:
    before = _account(transactions_read_at=NOON)
    after = passed_to(NEW, before, _report())
    assert replace(after, connection_id=OLD.id, report=before.report) == before
    assert (after.connection_id, after.report) == (NEW.id, _report())


def test_connection_is_due_at_once_when_an_account_has_passed_on() -> None:
    asleep = replace(changed(OLD, status=ConnectionStatus.NEEDS_USER), due_at=None)
    for connection in (OLD, asleep):
        after = without_account(connection, "account-1", migrated=MIGRATED, now=NOON)
        assert (after.due_at, after.migration.migrated_at) == (NOON, NOON)
        assert after.migration.migrated_accounts == {"account-1": MIGRATED.id}
        assert after.rescheduled(now=NOON + DAY).due_at == NOON
        assert _judged(after, NOON).rescheduled(now=NOON).due_at != NOON
        assert _judged(after, NOON - DAY) == after


def _judged(connection: Connection, migrated_at: datetime) -> Connection:
    return replace(connection, migration=connection.migration.judged(migrated_at))


def test_connection_keeps_its_time_when_it_cannot_be_judged_yet() -> None:
    unread = changed(OLD, status=ConnectionStatus.INITIALISING)
    after = without_account(unread, "account-1", migrated=MIGRATED, now=NOON)
    assert after.due_at == unread.due_at
    assert after.rescheduled(now=NOON).due_at == unread.rescheduled(now=NOON).due_at


def test_nothing_is_bought_when_it_is_to_be_judged_first() -> None:
    buying = changed(OLD, open_refresh_id="ref_1")
    assert turn_for(buying, now=NOON) is Turn.BUY
    after = without_account(buying, "account-1", migrated=MIGRATED, now=NOON)
    assert turn_for(after, now=NOON) is Turn.READ
    assert turn_for(_judged(after, NOON), now=NOON) is Turn.BUY


def test_connection_is_superseded_when_no_open_account_is_left() -> None:
    left = without_account(OLD, "account-1", migrated=MIGRATED, now=NOON)
    closed = _account(provider_account_id="account-3", **CLOSED)
    assert is_superseded(left, [MIGRATED, closed])
    assert not is_superseded(left, [MIGRATED, closed, _account(provider_account_id="account-3")])
    assert not is_superseded(OLD, [MIGRATED])


def test_newest_connection_is_the_heir_when_several_have_what_passed_on() -> None:
    newest = replace(NEW, id="con_" + "c" * 24, created_at=NOON + DAY)
    moved_on = {"account-1": "acc_1", "account-2": "acc_2"}
    left = replace(OLD, migration=Migration(migrated_accounts=moved_on))
    moved = tuple(
        replace(_account(), id=name, connection_id=successor.id)
        for name, successor in (("acc_1", newest), ("acc_2", NEW))
    )
    assert successor_of(left, connections=(left, NEW, newest), accounts=moved) == newest
    gone = changed(newest, status=ConnectionStatus.REMOVING)
    assert successor_of(left, connections=(left, gone, NEW), accounts=moved) == NEW
    assert successor_of(left, connections=(left, gone), accounts=moved) is None
    assert successor_of(OLD, connections=(OLD, NEW), accounts=moved) is None


PROOFS = st.sampled_from([None, "P", "Q", "R"])
SIDES = st.tuples(PROOFS, st.booleans(), st.sampled_from(AccountStatus))
THIRD = replace(NEW, id="con_" + "c" * 24, created_at=NOON + DAY)


@settings(max_examples=many(in_gate=40, deep=400))
@given(
    listed=st.lists(SIDES, max_size=5),
    known=st.lists(st.tuples(SIDES, st.sampled_from([OLD, NEW, THIRD])), max_size=6),
)
def test_every_account_has_one_owner_when_anything_is_listed(
    listed: list[Any], known: list[Any]
) -> None:
    reports = [
        _report(
            provider_account_id=f"new-{at}", institution_account_id=p, is_paper=paper, status=status
        )
        for at, (p, paper, status) in enumerate(listed)
    ]
    accounts = [
        replace(
            _account(
                provider_account_id=f"account-{at}",
                institution_account_id=p,
                is_paper=paper,
                status=status,
            ),
            id=f"acc_{at}",
            connection_id=owner.id,
        )
        for at, ((p, paper, status), owner) in enumerate(known)
    ]
    found = _judge(*reports, accounts=tuple(accounts), connections=(OLD, NEW, THIRD))
    if not reports:
        return
    matches = {**found.inherited, **found.left}
    assert not found.inherited.keys() & found.left.keys()
    assert len({each.id for each in matches.values()}) == len(matches)
    assert {each.connection_id for each in found.inherited.values()} <= {OLD.id}
    assert {each.connection_id for each in found.left.values()} <= {THIRD.id}

    def proof(report: AccountReport) -> tuple[str | None, bool]:
        return report.institution_account_id, report.is_paper

    times = Counter(proof(each) for each in reports)
    others = [each for each in accounts if each.connection_id != NEW.id]
    for report in reports:
        name, account = proof(report), matches.get(report.provider_account_id)
        rivals = [each for each in others if proof(each.report) == name]
        alive = [each for each in rivals if each.report.status is AccountStatus.OPEN]
        if account is not None:
            assert name[0] is not None
            assert (times[name], proof(account.report)) == (1, name)
            assert [account] in (alive, rivals)
        elif name[0] is not None and times[name] == 1:
            assert len(alive) != 1
