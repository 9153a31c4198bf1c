"""The real receiver over invented keys: what becomes of a delivery that API Gateway hands over."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from freshet.adapters import provider_keys
from freshet.adapters.plaid import key_memory, verification
from freshet.adapters.plaid.key_memory import StoredKeys
from freshet.adapters.snaptrade import webhooks as snaptrade
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.domain.errors import PayloadTooLarge, SecretUnavailable, WebhookRefused
from freshet.domain.provider import Provider
from freshet.domain.webhooks import VerifiedDelivery
from freshet.ports import WebhookVerifier
from freshet.services import accept_webhook as service
from functions.receive_webhook import app
from tests.vectors.hmac_signing import RETIRED_KEY
from tests.vectors.vector import Vector

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ENVIRONMENT = "sandbox"
"""Ours at Plaid."""

_DAY = timedelta(hours=24)
_EVENTS = Path(__file__).resolve().parents[2] / "events"


class FakeWebhookQueue:
    """The port WebhookQueue in memory."""

    def __init__(self) -> None:
        self.deliveries: list[VerifiedDelivery] = []

    def send(self, delivery: VerifiedDelivery) -> None:
        self.deliveries.append(delivery)


class FakeSecrets:
    """Secrets Manager with our consumer keys.

    Of two keys, the newest is a day old to the second: the previous one still counts. A single key
    is a second older, and the retired one before it counts no more. No key stands for trouble.
    """

    class exceptions:  # noqa: N801 - boto3's name
        class ResourceNotFoundException(Exception):  # noqa: N818 - boto3's name, too
            """Never raised."""

    def __init__(self, consumer_keys: list[str], now: datetime) -> None:
        self._keys = consumer_keys
        self._now = now

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> Any:  # noqa: N803
        if not self._keys:
            raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")
        newest, previous = self._keys if len(self._keys) > 1 else (*self._keys, RETIRED_KEY)
        key = newest if VersionStage == "AWSCURRENT" else previous
        age = _DAY if len(self._keys) > 1 else _DAY + timedelta(seconds=1)
        text = json.dumps({"client_id": "ACME", "consumer_key": key})
        return {"SecretString": text, "CreatedDate": self._now - age}


@dataclass(frozen=True, slots=True)
class FakeKeyService:
    """Plaid's key service: a text instead of a key is trouble."""

    jwks: Mapping[str, Any]

    def __call__(self, key_id: str) -> Mapping[str, Any] | None:
        key = self.jwks.get(key_id)
        if isinstance(key, str):
            raise SecretUnavailable("webhook key")
        return key


class FakeKeyStore:
    """The port KeyStore in memory."""

    def __init__(self, kept: StoredKeys | None = None) -> None:
        self.kept = dict(kept or {})
        self.saves = self.loads = 0

    def load(self) -> StoredKeys:
        self.loads += 1
        return dict(self.kept)

    def save(self, keys: StoredKeys) -> None:
        self.saves += 1
        self.kept |= keys


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery."""

    verdict: str
    reason: str | None
    queued: tuple[VerifiedDelivery, ...]


def gateway_event(vector: Vector, *, is_encoded: bool = True) -> dict[str, Any]:
    """Give the event that API Gateway makes of a request; a text need not be encoded."""
    body = b64encode(vector.body) if is_encoded else vector.body
    return _sample(vector.provider) | {
        "headers": {"content-type": "application/json", **vector.headers},
        "body": body.decode(),
        "isBase64Encoded": is_encoded,
    }


@cache
def _sample(provider: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((_EVENTS / f"receive_webhook_{provider}.json").read_text())
    return event


def accept(vector: Vector, delivery: service.Delivery, queue: FakeWebhookQueue) -> VerifiedDelivery:
    """Let the receiver judge, with the vector's keys at the vector's time."""
    now = datetime.fromtimestamp(vector.now, UTC)
    # Looked up by name each time, so that a test can take a step out.
    builders = {Provider.SNAPTRADE: _snaptrade, Provider.PLAID: _plaid}
    provider = Provider(vector.provider)
    verifiers = {provider: builders[provider](vector, now)}
    return service.accept_webhook(delivery, verifiers=verifiers, queue=queue, now=now)


def judged(vector: Vector, *, is_encoded: bool = True) -> Outcome:
    """Say what becomes of a vector's delivery."""
    queue = FakeWebhookQueue()
    try:
        delivery = app._delivery(gateway_event(vector, is_encoded=is_encoded))
        accepted = accept(vector, delivery, queue)
    except WebhookRefused as error:
        return Outcome("reject", error.reason, tuple(queue.deliveries))
    except PayloadTooLarge as error:
        return Outcome("reject", type(error).__name__, tuple(queue.deliveries))
    except SecretUnavailable as error:
        return Outcome("unavailable", type(error).__name__, tuple(queue.deliveries))
    verdict = "accept_late" if accepted.is_late else "accept"
    return Outcome(verdict, None, tuple(queue.deliveries))


def _snaptrade(vector: Vector, now: datetime) -> WebhookVerifier:
    secrets = FakeSecrets(vector.keys["consumer_keys"], now)
    keys = provider_keys.SecretKeys(
        cast("SecretsManagerClient", secrets),  # the one request of it that is made
        "invented",
        parse=SnapTradeKeys.from_document,
        monotonic=lambda: 0.0,
    )
    return snaptrade.SnapTradeVerifier(keys)


def _plaid(vector: Vector, now: datetime) -> WebhookVerifier:
    look_up = FakeKeyService(vector.keys["jwks"])
    keys = key_memory.KeyMemory(look_up, random=lambda: 0.5, store=FakeKeyStore())
    return verification.PlaidVerifier(keys, ENVIRONMENT)
