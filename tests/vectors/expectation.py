"""What a vector demands: its verdict, its reason, and what is queued of an accepted delivery."""

import json
from datetime import UTC, datetime

from tests.vectors.receiver import Outcome
from tests.vectors.vector import Vector

ACCEPTED = ("accept", "accept_late")
_SECRET = "webhookSecret"


def shortcomings(vector: Vector, outcome: Outcome) -> list[str]:
    """Name everything about an outcome that is not as the vector demands."""
    found = []
    if (outcome.verdict, outcome.reason) != (vector.verdict, vector.reason):
        found.append(f"{outcome.verdict} ({outcome.reason})")
    expected = 1 if vector.verdict in ACCEPTED else 0
    if len(outcome.queued) != expected:
        found.append(f"queued {len(outcome.queued)} times")
    if expected and outcome.queued:
        found += _shortcomings_in_queue(vector, outcome)
    return found


def _shortcomings_in_queue(vector: Vector, outcome: Outcome) -> list[str]:
    delivery = outcome.queued[0]
    signs = "plaid-verification"
    found = []
    if not _is_kept(vector, delivery.text):
        found.append("another body queued")
    token = {name.lower(): value for name, value in vector.headers.items()}.get(signs)
    if delivery.headers != ({signs: token} if vector.provider == "plaid" else {}):
        found.append("other headers queued")
    if delivery.provider != vector.provider:
        found.append("another provider queued")
    if delivery.received_at != datetime.fromtimestamp(vector.now, UTC):
        found.append("another time queued")
    return found


def _is_kept(vector: Vector, text: str) -> bool:
    if vector.provider == "plaid":
        return text == vector.body.decode()
    document = json.loads(vector.body)
    secret = document.pop(_SECRET, None)
    if secret and secret in text:
        return False
    # As text, in which 1, 1.0 and true are not the same.
    return json.dumps(json.loads(text), sort_keys=True) == json.dumps(document, sort_keys=True)
