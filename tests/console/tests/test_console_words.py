"""The console has plain words for every code of the API that says how numbers are."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from freshet.domain.freshness import FreshnessReason, FreshnessStatus
from freshet.domain.holdings_changes import ChangeKind
from freshet.domain.positions import Numbers
from freshet.domain.reconciliation import ReconciliationReason, ReconciliationStatus

PAGE = Path(__file__).resolve().parents[1] / "page"


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("FRESHNESS", FreshnessStatus),
        ("REASONS", FreshnessReason),
        ("RECONCILED", ReconciliationStatus),
        ("RECONCILED_REASONS", ReconciliationReason),
    ],
)
def test_every_code_has_words(table: str, codes: type[StrEnum]) -> None:
    assert set(codes) <= _words_in(table)


def test_every_source_of_numbers_but_the_usual_one_has_words() -> None:
    assert _words_in("NUMBERS") == set(Numbers) - {Numbers.READ}


def test_every_kind_of_change_is_told_in_its_own_way() -> None:
    told = re.findall(r'case "(\w+)":', (PAGE / "changes.js").read_text())
    assert set(told) == set(ChangeKind)


def _words_in(table: str) -> set[str]:
    text = (PAGE / "words.js").read_text()
    inside = text.split(f"const {table} = {{\n")[1].split("\n};")[0]
    return set(re.findall(r"^  (\w+): ", inside, re.MULTILINE))
