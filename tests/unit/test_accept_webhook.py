"""A webhook is verified and queued before it is accepted."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from freshet.domain import errors
from freshet.domain.provider import Provider
from freshet.domain.webhooks import Proven, VerifiedDelivery
from freshet.services.accept_webhook import BODY_LIMIT_BYTES, Delivery, accept_webhook
from tests.builders import NOON, a_delivery


class FakeWebhookQueue:
    """The port WebhookQueue in memory."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.sent: list[VerifiedDelivery] = []

    def send(self, delivery: VerifiedDelivery) -> None:
        if self.failure is not None:
            raise self.failure
        self.sent.append(delivery)


class FakeVerifier:
    """Lets in what it is not told to refuse, and keeps only so much of a body."""

    event_headers = ("wanted", "absent")

    def __init__(self, refusal: Exception | None, kept: str | None) -> None:
        self.refusal = refusal
        self.kept = kept
        self.seen: list[tuple[bytes, Mapping[str, str], datetime]] = []

    def verify(self, body: bytes, headers: Mapping[str, str], now: datetime) -> Proven:
        self.seen.append((body, headers, now))
        if self.refusal is not None:
            raise self.refusal
        return Proven(text=body.decode() if self.kept is None else self.kept, signed_at=NOON)


HEADERS = {"wanted": "w", "signature": "s", "authorization": "secret"}


def _accept(
    queue: FakeWebhookQueue,
    *,
    body: bytes = b"{}",
    name: str = "snaptrade",
    refusal: Exception | None = None,
    kept: str | None = None,
) -> FakeVerifier:
    verifier = FakeVerifier(refusal, kept)
    accept_webhook(
        Delivery(provider_name=name, headers=HEADERS, body=body),
        verifiers={Provider.SNAPTRADE: verifier},
        queue=queue,
        now=NOON,
    )
    return verifier


def test_body_is_queued_untouched_when_it_is_proven() -> None:
    queue = FakeWebhookQueue()
    verifier = _accept(queue, body=b'{ "a" : 1 }')
    assert queue.sent == [a_delivery(headers={"wanted": "w"}, text='{ "a" : 1 }')]
    assert verifier.seen == [(b'{ "a" : 1 }', HEADERS, NOON)]


def test_only_what_may_be_kept_is_queued_when_a_body_holds_a_secret() -> None:
    queue = FakeWebhookQueue()
    _accept(queue, body=b'{"webhookSecret": "x"}', kept="{}")
    assert [delivery.text for delivery in queue.sent] == ["{}"]


@pytest.mark.parametrize(
    "refusal",
    [
        errors.SignatureRejected("bad_signature"),
        errors.MalformedWebhook("not_json"),
        errors.SecretUnavailable("keys"),
    ],
)
def test_nothing_is_queued_when_the_delivery_is_not_proven(refusal: Exception) -> None:
    queue = FakeWebhookQueue()
    with pytest.raises(type(refusal)):
        _accept(queue, refusal=refusal)
    assert queue.sent == []


def test_delivery_is_not_accepted_when_the_queue_does_not_take_it() -> None:
    with pytest.raises(errors.QueueUnavailable):
        _accept(FakeWebhookQueue(errors.QueueUnavailable("webhook queue")))


@pytest.mark.parametrize("name", ["", "plaid", "SNAPTRADE", "snaptrade/"])
def test_delivery_is_refused_when_no_such_provider_is_configured(name: str) -> None:
    queue = FakeWebhookQueue()
    with pytest.raises(errors.UnknownProvider):
        _accept(queue, name=name)
    assert queue.sent == []


@pytest.mark.parametrize(("extra", "is_refused"), [(-1, False), (0, False), (1, True)])
def test_body_is_refused_unread_when_it_is_over_the_limit(extra: int, is_refused: bool) -> None:
    queue = FakeWebhookQueue()
    body = b"x" * (BODY_LIMIT_BYTES + extra)
    if is_refused:
        with pytest.raises(errors.PayloadTooLarge):
            _accept(queue, body=body)
    else:
        _accept(queue, body=body)
    assert bool(queue.sent) is not is_refused


@pytest.mark.parametrize(("seconds", "is_late"), [(-60, False), (300, False), (301, True)])
def test_delivery_is_late_when_it_was_under_way_for_longer_than_a_first_try(
    seconds: int, is_late: bool
) -> None:
    assert a_delivery(signed_at=NOON - timedelta(seconds=seconds)).is_late is is_late
