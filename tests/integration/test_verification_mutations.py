"""Every step of the verification earns its place: without it, some vector is judged wrongly."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.vectors import plaid_steps, snaptrade_steps
from tests.vectors.expectation import ACCEPTED, shortcomings
from tests.vectors.mutants import silence
from tests.vectors.reasons import Reason, all_reasons
from tests.vectors.receiver import judged
from tests.vectors.step import Step
from tests.vectors.vector import Vector, load

REASONS = all_reasons()
# The last defence against these: where they are passed over, a forgery comes in.
GUARDS = {
    ("snaptrade", "bad_signature"),
    ("snaptrade", "too_old"),
    ("snaptrade", "from_the_future"),
    ("plaid", "too_old"),
    ("plaid", "from_the_future"),
    ("plaid", "expired_key"),
    ("plaid", "body_changed"),
    ("plaid", "other_environment"),
}


@cache
def _vectors(provider: str) -> Sequence[Vector]:
    return [vector for vector in load() if vector.provider == provider]


def _is_met(vector: Vector) -> bool:
    with suppress(Exception):  # a step that is missing may well crash those after it
        return not shortcomings(vector, judged(vector))
    return False


def _is_let_in(vector: Vector) -> bool:
    with suppress(Exception):
        return vector.verdict not in ACCEPTED and judged(vector).verdict in ACCEPTED
    return False


def _demand_notice(provider: str, *, lets_in: bool) -> None:
    vectors = _vectors(provider)
    assert not all(_is_met(vector) for vector in vectors), "no vector goes red"
    if lets_in:
        assert any(_is_let_in(vector) for vector in vectors), "no forgery comes in"


@pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
def test_no_vector_goes_red_when_every_step_is_in_place(provider: str) -> None:
    assert [vector.name for vector in _vectors(provider) if not _is_met(vector)] == []


@pytest.mark.parametrize("step", snaptrade_steps.STEPS, ids=lambda step: step.name)
def test_a_vector_goes_red_when_a_step_for_snaptrade_is_taken_out(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    step.take_out(monkeypatch)
    _demand_notice("snaptrade", lets_in=step.lets_in)


@pytest.mark.parametrize("step", plaid_steps.STEPS, ids=lambda step: step.name)
def test_a_vector_goes_red_when_a_step_for_plaid_is_taken_out(
    step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    step.take_out(monkeypatch)
    _demand_notice("plaid", lets_in=step.lets_in)


def test_a_forgery_comes_in_when_every_pin_on_the_algorithm_is_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Each alone keeps it out: the others are spare ones.
    for pin in (plaid_steps.HEADER_PIN, plaid_steps.KEY_PIN, plaid_steps.JUDGEMENT):
        pin.take_out(monkeypatch)
    others = [each for each in _vectors("plaid") if each.reason == "wrong_algorithm"]
    assert any(_is_let_in(each) for each in others)


@pytest.mark.parametrize("reason", REASONS, ids=lambda each: f"{each.module}: {each.code}")
def test_a_vector_goes_red_when_a_refusal_is_passed_over(
    reason: Reason, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence(reason, tmp_path, monkeypatch)
    _demand_notice(reason.provider, lets_in=(reason.provider, reason.code) in GUARDS)
