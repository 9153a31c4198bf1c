"""The examination: every check says what it found and what to do, and none stops another."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import call_errors
from freshet.domain.errors import KeysNotFilledIn, QueueUnavailable, SecretUnavailable
from freshet.domain.health import PLANNER, Alarm, Pause, webhooks_of
from freshet.domain.provider import Provider
from freshet.operations.health import HealthOperations
from freshet.operations.operator import Operator
from freshet.services.examine_deployment import ExamineDependencies
from tests.builders import CONNECTION_ID, NOON, an_answer
from tests.fakes import (
    FakeAlarms,
    FakeDeadLetters,
    FakeHeartbeats,
    FakeProtection,
    FakeStanding,
)
from tests.unit.stage import Stage

SNAPTRADE = Provider.SNAPTRADE
ARMED = Alarm(name="WebhookAgeAlarm", is_armed=True, is_raised=False)


class Clinic:
    """A deployment in good health, until a test makes it ill."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.standing = FakeStanding()
        self.heartbeats = FakeHeartbeats(self.stage.clock)
        self.heartbeats.beat(PLANNER)
        self.heartbeats.beat(webhooks_of(SNAPTRADE))
        self.letters = FakeDeadLetters()
        self.alarms = FakeAlarms(ARMED)
        self.protection = FakeProtection(connections=True, snapshots=True)
        self.budget = Decimal(10)

    def answer(self) -> dict[str, Any]:
        deps = ExamineDependencies(
            standings={SNAPTRADE: self.standing},
            hears=frozenset({SNAPTRADE}),
            heartbeats=self.heartbeats,
            dead_letters={"refresh": self.letters},
            due=self.stage.connections,
            budgets=self.stage.budgets,
            monthly_budget=self.budget,
            alarms=self.alarms,
            protection=self.protection,
            clock=self.stage.clock,
        )
        return Operator(HealthOperations(deps).operations()).run({"operation": "doctor"})

    def line(self, check: str) -> dict[str, Any]:
        (line,) = [each for each in self.answer()["lines"] if each["check"] == check]
        return dict(line)


def test_everything_is_well_and_there_is_nothing_to_do() -> None:
    answer = Clinic().answer()
    assert {each["status"] for each in answer["lines"]} == {"ok"}
    assert {each["to_do"] for each in answer["lines"]} == {None}
    assert answer["status"] == "ok"
    checks = [each["check"] for each in answer["lines"]]
    assert checks == [
        *("keys snaptrade", "webhooks snaptrade", "quota snaptrade", "overdue snaptrade"),
        *("planner", "dead letters refresh", "budget", "alarms", "protection"),
    ]
    assert len(answer["text"].splitlines()) == len(checks)


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (KeysNotFilledIn("snaptrade"), "broken"),
        (SecretUnavailable("provider keys"), "broken"),
        (call_errors.ProviderRejectedUs(an_answer(status=401)), "broken"),
        (call_errors.AnswerLost(an_answer()), "unknown"),
        (call_errors.QuotaExhausted(NOON), "unknown"),
    ],
)
def test_keys_are_judged_by_a_call(failure: Exception, status: str) -> None:
    clinic = Clinic()
    clinic.standing.failure = failure
    line = clinic.line("keys snaptrade")
    assert (line["status"], bool(line["to_do"])) == (status, True)


def test_webhook_and_planner_are_missed_when_they_are_silent() -> None:
    clinic = Clinic()
    clinic.stage.later(hours=27)
    assert clinic.line("webhooks snaptrade")["status"] == "attention"
    assert "2026-11-20 12:00:00 UTC" in clinic.line("planner")["found"]
    assert clinic.line("planner")["status"] == "broken"
    clinic.heartbeats.beaten.clear()
    assert clinic.line("webhooks snaptrade")["status"] == "attention"
    assert clinic.line("planner")["status"] == "broken"


@pytest.mark.parametrize(("is_down", "why"), [(True, "fails by itself"), (False, "used up")])
def test_pause_of_a_provider_is_told_with_its_end(is_down: bool, why: str) -> None:
    clinic = Clinic()
    clinic.standing.paused = Pause(NOON + timedelta(minutes=5), is_down)
    line = clinic.line("quota snaptrade")
    assert (line["status"], why in line["found"]) == ("attention", True)
    clinic.stage.later(minutes=6)
    assert clinic.line("quota snaptrade")["status"] == "ok"


def test_overdue_connection_is_named() -> None:
    clinic = Clinic()
    clinic.stage.later(days=2)
    line = clinic.line("overdue snaptrade")
    assert line["status"] == "attention"
    assert CONNECTION_ID in line["found"]


def test_dead_letters_are_counted() -> None:
    clinic = Clinic()
    clinic.letters = FakeDeadLetters("body-1", "body-2")
    line = clinic.line("dead letters refresh")
    assert (line["status"], "about 2" in line["found"]) == ("attention", True)
    assert "redrive" in line["to_do"]
    assert "body" not in str(clinic.answer())


def test_budget_is_told_when_it_is_nearly_spent_or_stopped() -> None:
    clinic = Clinic()
    clinic.stage.buy()
    assert "0.05 of 10 USD" in clinic.line("budget")["found"]
    clinic.budget = Decimal("0.06")
    assert clinic.line("budget")["status"] == "attention"
    clinic.budget = Decimal(10)
    clinic.stage.budgets.stop_purchases(is_stopped=True)
    assert clinic.line("budget")["to_do"] == "Send resume_purchases."


@pytest.mark.parametrize(
    ("alarms", "status"),
    [
        ([], "attention"),
        ([ARMED, Alarm(name="Other", is_armed=False, is_raised=False)], "attention"),
        ([Alarm(name="Other", is_armed=True, is_raised=True)], "broken"),
    ],
)
def test_alarms_are_to_be_armed_and_quiet(alarms: list[Alarm], status: str) -> None:
    clinic = Clinic()
    clinic.alarms = FakeAlarms(*alarms)
    assert clinic.line("alarms")["status"] == status


def test_table_is_named_when_it_is_not_protected() -> None:
    clinic = Clinic()
    clinic.protection.tables["snapshots"] = False
    line = clinic.line("protection")
    assert line["status"] == "attention"
    assert line["found"] == "These tables can be deleted: snapshots."


def test_check_is_unknown_when_it_fails_and_the_others_are_made() -> None:
    class Silent(FakeDeadLetters):
        def count(self) -> int:
            raise QueueUnavailable("https://secret.example")

    clinic, well = Clinic(), Clinic().answer()
    clinic.letters = Silent()
    answer = clinic.answer()
    assert clinic.line("dead letters refresh")["status"] == "unknown"
    assert "secret.example" not in str(answer)
    others = [each for each in answer["lines"] if each["check"] != "dead letters refresh"]
    assert others == [each for each in well["lines"] if each["check"] != "dead letters refresh"]
    assert answer["status"] == "unknown"
