"""The receiver and the vectors in `tests/vectors/webhooks.json` agree, and so does a fuzzer."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from freshet import bootstrap
from freshet.domain.webhooks import VerifiedDelivery
from freshet.services.accept_webhook import Delivery
from functions.receive_webhook import app
from tests.depth import many
from tests.fuzz.webhooks import fuzz
from tests.replacing import InPlaceOf
from tests.vectors import plaid_steps, snaptrade_steps
from tests.vectors.expectation import ACCEPTED, shortcomings
from tests.vectors.make import make
from tests.vectors.reasons import all_reasons
from tests.vectors.receiver import FakeWebhookQueue, accept, gateway_event, judged
from tests.vectors.step import Step
from tests.vectors.vector import PATH, Vector, load, render

VECTORS = load()
FUZZED, SEED = many(in_gate=1_500, deep=20_000), 20_261_120
CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:test",
    aws_request_id="request-1",
)


def _is_text(vector: Vector) -> bool:
    try:
        vector.body.decode()
    except ValueError:
        return False
    return True


TEXTS = [vector for vector in VECTORS if _is_text(vector)]


def _status(vector: Vector) -> int:
    malformed = {each.code for each in all_reasons() if each.error == "MalformedWebhook"}
    if vector.verdict == "reject":
        return {"PayloadTooLarge": 413, **dict.fromkeys(malformed, 400)}.get(
            vector.reason or "", 401
        )
    return 503 if vector.verdict == "unavailable" else 200


def test_file_holds_what_its_generator_makes_when_made_anew() -> None:
    assert PATH.read_text() == render(make())


def test_vectors_are_told_apart_by_their_names_when_listed() -> None:
    assert len({vector.name for vector in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_verdict_reason_and_message_are_as_demanded_when_a_vector_is_delivered(
    vector: Vector,
) -> None:
    assert shortcomings(vector, judged(vector)) == []


@pytest.mark.sampled(60)
@pytest.mark.parametrize("vector", TEXTS, ids=lambda vector: vector.name)
def test_verdict_is_the_same_when_the_gateway_hands_over_text(vector: Vector) -> None:
    assert shortcomings(vector, judged(vector, is_encoded=False)) == []


@pytest.mark.sampled(60)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_status_follows_from_the_verdict_when_the_function_answers(
    vector: Vector,
) -> None:
    queue = FakeWebhookQueue()

    def receive(delivery: Delivery) -> VerifiedDelivery:
        return accept(vector, delivery, queue)

    with InPlaceOf(bootstrap.receive_webhook).holding(lambda *_, **__: receive):
        answer = app.lambda_handler(gateway_event(vector), CONTEXT)
    assert answer["statusCode"] == _status(vector)
    assert len(queue.deliveries) == (vector.verdict in ACCEPTED)


def test_every_reason_in_the_source_has_a_vector_when_collected() -> None:
    given = {(vector.provider, vector.reason) for vector in VECTORS}
    reasons = {(reason.provider, reason.code) for reason in all_reasons()}
    assert len(reasons) > 15
    assert reasons <= given


def test_every_reason_of_a_vector_is_in_the_source_when_collected() -> None:
    known = {(reason.provider, reason.code) for reason in all_reasons()}
    outside = {"PayloadTooLarge", "SecretUnavailable", None}
    given = {(each.provider, each.reason) for each in VECTORS if each.reason not in outside}
    assert given <= known


@pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
def test_nothing_forged_is_accepted_when_genuine_deliveries_are_mutated(provider: str) -> None:
    tally = fuzz(provider, count=FUZZED, seed=SEED)
    print(tally.line())
    assert tally.tried == FUZZED
    assert tally.accepted == []


@pytest.mark.parametrize("steps", [snaptrade_steps.STEPS, plaid_steps.STEPS])
def test_fuzzer_gets_in_when_the_signature_is_not_verified(
    steps: Sequence[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    (step,) = (each for each in steps if each.name == "signature")
    step.take_out(monkeypatch)
    provider = "plaid" if steps is plaid_steps.STEPS else "snaptrade"
    assert fuzz(provider, count=300, seed=SEED).accepted
