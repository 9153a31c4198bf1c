"""The provider's canonical signature, written independently of the product package."""

import base64
import hashlib
import hmac
import json


def canonical(document: object) -> bytes:
    """Serialise a parsed document the one way both sides sign it."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def sign(consumer_key: str, message: bytes) -> str:
    """Return the base64 HMAC-SHA256 of a message."""
    digest = hmac.new(consumer_key.encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def request_signature(consumer_key: str, *, path: str, query: str, body: bytes = b"") -> str:
    """Sign a request as requested; raises ValueError when the body is not JSON."""
    content = json.loads(body) if body else None
    # An empty object is signed like no body at all.
    message = {"content": content or None, "path": path, "query": query}
    return sign(consumer_key, canonical(message))


def webhook_signature(consumer_key: str, body: bytes) -> str:
    """Sign a webhook over its parsed and re-serialised body."""
    return sign(consumer_key, canonical(json.loads(body)))


def signatures_match(given: str, expected: str) -> bool:
    """Compare two signatures in constant time, whatever bytes the header held."""
    return hmac.compare_digest(given.encode(), expected.encode())
