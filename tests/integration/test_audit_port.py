"""The audit's book, the same in the table and in its twin."""

from datetime import timedelta

from freshet.domain.audit import Finding, FindingKind
from freshet.domain.provider import Provider
from tests.builders import CONNECTION_ID, NOON, USER
from tests.integration.stores import Stores

HOUR = timedelta(hours=1)


def test_book_begins_at_the_beginning_and_remembers_each_providers_place(stores: Stores) -> None:
    assert stores.audit.position(Provider.SNAPTRADE) == ""
    stores.audit.move_to(Provider.SNAPTRADE, "user-3")
    assert stores.audit.position(Provider.SNAPTRADE) == "user-3"
    assert stores.audit.position(Provider.PLAID) == ""


def test_finding_comes_back_with_its_first_and_last_sight(stores: Stores) -> None:
    stranger = Finding(
        kind=FindingKind.UNKNOWN_USER, provider=Provider.SNAPTRADE, subject="stranger"
    )
    gone = Finding(
        kind=FindingKind.GONE_UPSTREAM,
        provider=Provider.SNAPTRADE,
        subject="a-1",
        user_id=USER,
        connection_id=CONNECTION_ID,
    )
    stores.audit.record([stranger, gone], seen_at=NOON)
    stores.audit.record([gone], seen_at=NOON + HOUR)
    assert stores.audit.report(Provider.SNAPTRADE) == [
        (gone, NOON, NOON + HOUR),
        (stranger, NOON, NOON),
    ]
    assert stores.audit.report(Provider.PLAID) == []
