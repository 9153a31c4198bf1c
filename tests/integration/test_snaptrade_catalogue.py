"""Reference data: asked for rarely, in few questions, and done without where it cannot be had."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.adapters.snaptrade.catalogue import MOST_QUESTIONS, TURN, Catalogue
from freshet.adapters.snaptrade.fields import Document, Reference
from freshet.adapters.snaptrade.naming import described_by_balances
from freshet.domain import call_errors
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.errors import SecretUnavailable
from tests.builders import NOON
from tests.fakes import FakeClock, FakeReferenceData

DOLLAR = {"id": "currency-usd", "code": "USD"}
STOCK, FUND = {"id": "type-cs", "code": "cs"}, {"id": "type-et", "code": "et"}
ARCA = {"id": "exchange-arca", "code": "ARCA", "mic_code": "ARCX"}
SHARE = {"id": "i-1", "kind": "stock", "currency": "USD", "exchange": "ARCX"}
UNIT = {"id": "i-2", "kind": "etf", "currency": "USD", "exchange": "ARCX"}
ASKED = ProviderAnswer(provider="snaptrade", operation="symbol")
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


class FakeSource:
    """SnapTrade's reference data; it fails when told to, and takes its time."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.symbols: dict[str, Document] = {
            "i-1": {"id": "i-1", "currency": DOLLAR, "type": STOCK},
            "i-2": {"id": "i-2", "currency": DOLLAR, "type": FUND},
        }
        self.asked: list[str] = []
        self.failure: Exception | None = None
        self.takes = timedelta(0)

    def exchanges(self) -> list[Document]:
        self._ask("exchanges")
        return [ARCA]

    def symbol(self, name: str) -> Document:
        self._ask(name)
        if name not in self.symbols:
            raise call_errors.MissingUpstream(ASKED)
        return self.symbols[name]

    def _ask(self, subject: str) -> None:
        self.asked.append(subject)
        self.clock.advance(self.takes)
        if self.failure is not None:
            raise self.failure


class Desk:
    """A source, what is kept, and one request after the other."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOON)
        self.source = FakeSource(self.clock)
        self.kept = FakeReferenceData()

    def ask(self, *instruments: Document, after: timedelta = TURN) -> Reference:
        """Serve a new request, by default when a turn is free again."""
        self.clock.advance(after)
        return self.catalogue().reference_for(instruments, {})

    def catalogue(self) -> Catalogue:
        source: Any = self.source
        return Catalogue(source, self.kept, self.clock)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_each_thing_is_asked_for_once_when_many_instruments_have_it(desk: Desk) -> None:
    again = [SHARE | {"id": f"other-{number}"} for number in range(50)]
    reference = desk.ask(SHARE, *again, UNIT)
    assert desk.source.asked == ["exchanges", "i-1", "i-2"]
    assert (reference.currencies, reference.exchanges) == ({"USD": DOLLAR}, {"ARCX": ARCA})
    assert reference.types == {"cs": STOCK, "et": FUND}


def test_nobody_is_asked_again_when_a_week_is_not_over(desk: Desk) -> None:
    first = desk.ask(SHARE)
    assert desk.ask(SHARE, after=WEEK - TURN) == first
    assert desk.source.asked == ["exchanges", "i-1"]
    assert desk.ask(SHARE, after=TURN) == first
    assert desk.source.asked == ["exchanges", "i-1"] * 2


def test_exchanges_are_listed_once_when_accounts_of_one_request_name_others(desk: Desk) -> None:
    catalogue = desk.catalogue()
    catalogue.reference_for([SHARE], {})
    catalogue.reference_for([SHARE | {"exchange": "XNEW"}], {})
    assert desk.source.asked.count("exchanges") == 1


def test_currency_is_asked_for_by_nobody_when_the_accounts_cash_describes_it(desk: Desk) -> None:
    plain = {"id": "i-1", "currency": "USD"}
    told = described_by_balances([{"currency": DOLLAR, "cash": 1}, {"currency": None}])
    assert desk.catalogue().reference_for([plain], told).currencies == {"USD": DOLLAR}
    assert desk.source.asked == []
    partly = described_by_balances([{"currency": {"code": "USD"}}])
    assert desk.catalogue().reference_for([plain], partly).currencies == {"USD": DOLLAR}
    assert desk.source.asked == ["i-1"]


def test_one_asks_at_a_time_when_two_requests_miss_something(desk: Desk) -> None:
    desk.ask(SHARE)
    missing = desk.ask(UNIT, after=TURN / 2)
    assert "et" not in missing.types
    assert missing.currencies == {"USD": DOLLAR}
    assert desk.ask(UNIT, after=TURN / 2).types == {"cs": STOCK, "et": FUND}


def test_questions_of_a_request_are_few_when_much_is_missing(desk: Desk) -> None:
    strange = [SHARE | {"id": f"i-{number}", "currency": f"C{number}"} for number in range(99)]
    desk.ask(*strange)
    assert len(desk.source.asked) == MOST_QUESTIONS


def test_no_question_is_begun_when_the_first_ones_took_too_long(desk: Desk) -> None:
    desk.source.takes = timedelta(seconds=1.6)
    desk.ask(*(SHARE | {"id": f"i-{number}", "currency": f"C{number}"} for number in range(9)))
    assert len(desk.source.asked) == 2


@pytest.mark.parametrize(
    "failure",
    [
        call_errors.NotReached(ASKED),
        call_errors.ProviderFailed(ASKED),
        call_errors.UnreadableAnswer(ASKED),
        call_errors.ProviderRejectedUs(ASKED),
        call_errors.QuotaExhausted(NOON),
        SecretUnavailable("no key"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_first_failure_ends_the_questions_and_hides_nothing_known(
    desk: Desk, failure: Exception
) -> None:
    known = desk.ask(SHARE)
    desk.source.failure = failure
    desk.source.asked.clear()
    reference = desk.ask(UNIT, UNIT | {"currency": "CHF"}, after=WEEK)
    assert reference == known
    assert len(desk.source.asked) == 1
    desk.source.failure = None
    assert "et" in desk.ask(UNIT).types


def test_thing_is_unknown_for_an_hour_when_it_was_asked_for_in_vain(desk: Desk) -> None:
    lost = SHARE | {"id": "gone", "currency": "CHF", "exchange": "XNEW"}
    assert "CHF" not in desk.ask(lost).currencies
    asked = list(desk.source.asked)
    desk.ask(lost, after=HOUR - TURN)
    assert desk.source.asked == asked
    desk.ask(lost, after=TURN)
    assert desk.source.asked == asked * 2


def test_thing_stays_known_when_it_is_asked_for_again_in_vain(desk: Desk) -> None:
    desk.ask(SHARE)
    desk.source.symbols.clear()
    assert desk.ask(SHARE, after=WEEK).types == {"cs": STOCK}
    assert desk.ask(SHARE, after=WEEK - TURN).types == {"cs": STOCK}


@pytest.mark.parametrize(
    "answer",
    [{}, {"currency": None, "type": "cs"}, {"currency": {"code": 7}, "type": {"code": "x" * 99}}],
)
def test_odd_answer_teaches_nothing_when_it_names_no_code(desk: Desk, answer: Document) -> None:
    desk.source.symbols["i-1"] = answer
    reference = desk.ask(SHARE)
    assert (reference.currencies, reference.types) == ({}, {})


@pytest.mark.parametrize(
    "instrument",
    [{}, {"id": "i-1", "kind": "unheard_of"}, {"id": "i-1", "currency": "", "exchange": None}],
)
def test_nobody_is_asked_when_an_instrument_names_nothing(desk: Desk, instrument: Document) -> None:
    desk.ask(instrument)
    assert desk.source.asked == []
    assert desk.kept.turns == {}
