"""Receives providers' webhooks: proven ones are queued and answered 200, all others refused."""

import base64
import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet import bootstrap
from freshet.bootstrap.starting import at_start
from freshet.domain.errors import (
    FreshetError,
    MalformedWebhook,
    PayloadTooLarge,
    QueueUnavailable,
    SecretUnavailable,
    SignatureRejected,
    UnknownProvider,
    WebhookRefused,
)
from freshet.metrics import (
    WEBHOOK_RECEIVED,
    WEBHOOK_RECEIVED_BY_PROVIDER,
    WEBHOOK_REFUSED,
)
from freshet.observability import count, logger, metrics
from freshet.services.accept_webhook import Delivery

_STATUS: dict[type[FreshetError], int] = {
    MalformedWebhook: 400,
    SignatureRejected: 401,
    UnknownProvider: 404,
    PayloadTooLarge: 413,
    # Trouble of ours: a status that makes the provider try again.
    QueueUnavailable: 503,
    SecretUnavailable: 503,
}

at_start(bootstrap.receive_webhook)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one delivery."""
    try:
        accepted = bootstrap.receive_webhook()(_delivery(event))
    except tuple(_STATUS) as error:
        reason = error.reason if isinstance(error, WebhookRefused) else type(error).__name__
        logger.warning("Webhook refused", reason=reason)
        count(WEBHOOK_REFUSED)
        return _answer(_STATUS[type(error)])
    count(WEBHOOK_RECEIVED)
    count(WEBHOOK_RECEIVED_BY_PROVIDER.member(accepted.provider))
    if accepted.is_late:
        logger.info("Webhook accepted late")
    return _answer(200)


def _delivery(event: dict[str, Any]) -> Delivery:
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    return Delivery(
        provider_name=event["routeKey"].rpartition("/")[2],
        headers={name.lower(): value for name, value in event["headers"].items()},
        body=body,
    )


def _answer(status: int) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({}),
    }
