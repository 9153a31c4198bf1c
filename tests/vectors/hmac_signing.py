"""Signs as SnapTrade does, with invented keys; the published delivery comes from its page."""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

from tests.vectors.vector import Vector

KEY = "invented-consumer-key"
PREVIOUS_KEY = "invented-consumer-key-before"
RETIRED_KEY = "invented-consumer-key-retired"
PUBLISHED_KEY = "test-consumer-key"
PUBLISHED_SIGNATURE = "3F2j5+UeJCcjgOwX5mRgrvsMjN2QE+ROhFT2FwljWEI="
PUBLISHED_BODY = (
    b'{"accountId":"917c8734-8470-4a3e-a18f-57c3f2ee6631",'
    b'"brokerageAuthorizationId":"87b24961-b51e-4db8-9226-f198f6518a89",'
    b'"brokerageId":"ebf91a5b-0920-4266-9e36-f6cfe8c40946","clientId":"TESTCLIENT",'
    b'"details":{"balances":{"error":"brokerage unavailable","success":false},'
    b'"orders":{"error":null,"success":true},"positions":{"error":null,"success":true},'
    b'"total_value":{"error":null,"success":true}},'
    b'"eventTimestamp":"2026-11-20T15:00:00.123456+00:00",'
    b'"eventType":"ACCOUNT_HOLDINGS_UPDATED","userId":"user-1",'
    b'"webhookId":"11111111-2222-4333-8444-555555555555","webhookSecret":"deprecated-secret"}'
)

OCCURRED = 1795186800
"""2026-11-20T15:00:00Z, when every event of ours happened."""

EVENT: dict[str, Any] = {
    "webhookId": "00000000-1111-4222-8333-444444444444",
    "clientId": "ACME",
    "eventTimestamp": "2026-11-20T15:00:00.000000+00:00",
    "userId": "user-1",
    "eventType": "CONNECTION_BROKEN",
    "brokerageAuthorizationId": "87b24961-b51e-4db8-9226-f198f6518a89",
    "webhookSecret": "deprecated-secret",
}


def an_event(**changes: Any) -> dict[str, Any]:
    """Give an event; a field that is changed to None is left out."""
    return {name: value for name, value in (EVENT | changes).items() if value is not None}


def canonical(document: Any) -> bytes:
    """Write a document as SnapTrade does before it signs it."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def written(document: Any) -> bytes:
    """Write a document as it may arrive: indented, in the order of its making, not escaped."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def signature(message: bytes, key: str = KEY) -> str:
    """Sign bytes."""
    return b64encode(hmac.new(key.encode(), message, hashlib.sha256).digest()).decode()


def delivery(
    name: str,
    verdict: str = "accept",
    reason: str | None = None,
    *,
    document: Any = EVENT,
    body: bytes | None = None,
    signed: bytes | None = None,
    given: str | None = None,
    key: str = KEY,
    headers: dict[str, str] | None = None,
    keys: tuple[str, ...] = (KEY,),
    now: int = OCCURRED + 10,
) -> Vector:
    """Give a delivery that signs the document's canonical form, unless it says otherwise.

    `signed` are other bytes to sign, `given` is another signature, `headers` are other headers.
    """
    if given is None:
        given = signature(canonical(document) if signed is None else signed, key)
    return Vector(
        name=f"snaptrade: {name}",
        provider="snaptrade",
        headers={"signature": given} if headers is None else headers,
        body=written(document) if body is None else body,
        keys={"consumer_keys": list(keys)},
        now=now,
        verdict=verdict,
        reason=reason,
    )


def refused(name: str, reason: str = "bad_signature", **given: Any) -> Vector:
    """Give a delivery that is refused."""
    return delivery(name, "reject", reason, **given)
