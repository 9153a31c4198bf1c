"""The bill of AWS: its arithmetic by hand, its prices with their sources, and the pages' tables."""

import json
from copy import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.bill import PRICES_FILE, bill, credentials, read_counts, read_prices
from tests.benchmarks.cost import front_row, page_table
from tests.benchmarks.usual_day import UsualDay

ROOT = Path(__file__).resolve().parents[2]
ONE = UsualDay(connections=Decimal(1_000_000), accounts=Decimal(1), page_views=Decimal(0))
_UNITS, _BYTES = ("read_units", "write_units", "index_units"), ("lasting_bytes", "passing_bytes")
NOTHING = dict.fromkeys((*_UNITS, *_BYTES, "requests", "events", "calls", "log_bytes"), 0)


def _counts(**counted: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Count nothing for all work but what is given, with underscores for spaces."""
    given = {name.replace("_", " "): each for name, each in counted.items()}
    return {work: {"kinds": {}} | NOTHING | given.get(work, {}) for work in read_counts()}


def _usd(day: UsualDay, counts: dict[str, dict[str, Any]], line: str) -> Decimal:
    (found,) = (each for each in bill(day, counts, read_prices()) if each.name == line)
    return found.usd


def test_writes_are_counted_units_times_their_price() -> None:
    counts = _counts(webhook_processed={"write_units": 6, "index_units": 2})
    # 1,000,000 connections, 30 days, 2 webhooks, 8 units: 480 million at 0.625 for each million.
    assert _usd(ONE, counts, "DynamoDB writes") == Decimal(300)


def test_requests_of_http_are_webhooks_refreshes_and_looks_at_the_page() -> None:
    day = replace(ONE, webhooks=Decimal(3), refreshes=Decimal(2), page_views=Decimal(1))
    # 3 + 2 + a page's 3 requests, 30 million days, 1 USD for each million
    assert _usd(day, _counts(), "HTTP API") == Decimal(240)


def test_events_of_changed_reads_are_charged_on_the_days_of_changes() -> None:
    counts = dict(_counts())
    counts["read of one account, changed"] |= {"events": 1}
    assert _usd(ONE, counts, "EventBridge bus") == Decimal(3)  # 30 million days, one in ten


def test_a_further_account_costs_the_difference_that_the_second_makes() -> None:
    counts = _counts()
    counts["read of one account, unchanged"] |= {"read_units": 2}
    counts["read of two accounts, unchanged"] |= {"read_units": 5}
    day = replace(ONE, accounts=Decimal(4), changed=Decimal(0), moved=Decimal(0))
    # 2 and three times 3 more: 11 units on each of 30 million days, 0.125 for each million
    assert _usd(day, counts, "DynamoDB reads") == Decimal("41.25")


def test_only_what_is_handed_out_adds_to_the_planners_turns() -> None:
    counts = _counts()
    counts["planner's turn, one due"] |= {"write_units": 3}
    counts["planner's turn, six due"] |= {"write_units": 13}
    day = replace(ONE, webhooks=Decimal(0), refreshes=Decimal(0))
    # One scheduled read a day at 2 units: 60 million
    assert _usd(day, counts, "DynamoDB writes") == Decimal("37.5")


def test_each_store_of_credentials_has_its_price() -> None:
    counts = _counts(webhook_processed={"kinds": {"GetSecretValue": 1}})
    stores = credentials(ONE, counts, read_prices())
    # 60 million uses a month: at 0.05 and 0.03 for each 10,000, and a read unit beside the key
    assert stores["secretsmanager"] == Decimal(400_000 + 300)
    assert stores["kms"] == Decimal(1 + 180) + Decimal("7.5")


def test_a_day_without_webhooks_is_read_once_by_the_schedule() -> None:
    day = replace(ONE, webhooks=Decimal(0), refreshes=Decimal(0))
    reads = [times for work, times in day.work() if work.startswith("read of")]
    assert sum(reads) == 1
    assert day.handed_out() == 1


@pytest.mark.parametrize(
    "wrong", [{"connections": 0}, {"accounts": 0}, {"webhooks": -1}, {"moved": 1}]
)
def test_no_bill_is_made_of_a_day_that_cannot_be(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="day"):
        UsualDay(**{name: Decimal(value) for name, value in wrong.items()})


def test_every_price_has_its_page_at_aws_and_the_file_its_date() -> None:
    file = json.loads(PRICES_FILE.read_text())
    sources = {each["source"] for each in file["prices"].values()}
    assert file["as_of"] >= "2026-11"
    assert all(source.startswith("https://aws.amazon.com/") for source in sources)


def test_the_pages_have_what_the_command_prints() -> None:
    assert "\n".join(page_table()) in (ROOT / "events" / "README.md").read_text()
    assert front_row() in (ROOT / "README.md").read_text().splitlines()


def test_a_million_connections_stay_below_the_aim() -> None:
    day = UsualDay(connections=Decimal(1_000_000))
    assert sum(each.usd for each in bill(day, read_counts(), read_prices())) <= 4_500
