"""SnapTrade's signatures, of requests and of webhooks (guides: request-signatures, webhooks)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from freshet.domain.errors import MalformedWebhook, SignatureRejected


def sign_request(consumer_key: str, *, path: str, query: str, content: Any = None) -> str:
    """Sign path and query exactly as sent; `content` is the JSON body, None for no body."""
    message = {"content": content or None, "path": path, "query": query}
    return base64.b64encode(_digest(consumer_key, _canonical(message))).decode()


def sign_webhook(consumer_key: str, document: Any) -> str:
    """Sign a webhook the way SnapTrade does: for tests and for replaying what was received."""
    return base64.b64encode(_digest(consumer_key, _canonical(document))).decode()


def verify_webhook(body: bytes, signature: str, consumer_keys: Sequence[str]) -> Any:
    """Check a delivery against the keys, newest first, and give back its parsed JSON.

    SnapTrade signs the body re-serialised with sorted keys; the raw bytes are accepted, too.
    Raises SignatureRejected, or MalformedWebhook for signed bytes that are no JSON.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # nesting without end is no event, either
        document = None
    forms = [body] if document is None else [_canonical(document), body]
    if not _matches(signature, [_digest(key, form) for key in consumer_keys for form in forms]):
        raise SignatureRejected("bad_signature")
    if document is None:
        raise MalformedWebhook("not_json")
    return document


def _matches(signature: str, digests: Sequence[bytes]) -> bool:
    given = signature.encode("utf-8", "replace")
    # Every digest is compared, so that the time taken tells nothing about which one matched.
    matches = [hmac.compare_digest(given, base64.b64encode(digest)) for digest in digests]
    return any(matches)


def _canonical(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _digest(consumer_key: str, message: bytes) -> bytes:
    return hmac.new(consumer_key.encode(), message, hashlib.sha256).digest()
