"""What travels in the queues: small JSON of ids; no pydantic, which would cost a cold start."""

import json
from typing import Any

from freshet.domain.commands import ReadCommand, ReadReason, RefreshCommand, RemovalCommand
from freshet.domain.instants import from_text, to_text
from freshet.domain.provider import Provider
from freshet.domain.refresh import Trigger
from freshet.domain.webhooks import VerifiedDelivery


def parse_delivery(text: str) -> VerifiedDelivery:
    """Read a message of WebhookQueue."""
    document = json.loads(text)
    return VerifiedDelivery(
        provider=Provider(document["provider"]),
        headers=document["headers"],
        text=document["text"],
        signed_at=from_text(document["signed_at"]),
        received_at=from_text(document["received_at"]),
    )


def render_delivery(delivery: VerifiedDelivery) -> str:
    """Write a message for WebhookQueue."""
    return _compact(
        {
            "provider": delivery.provider,
            "headers": dict(delivery.headers),
            "text": delivery.text,
            "signed_at": to_text(delivery.signed_at),
            "received_at": to_text(delivery.received_at),
        }
    )


def parse_read_command(text: str) -> ReadCommand:
    """Read a message of SnapshotQueue."""
    document = json.loads(text)
    return ReadCommand(
        user_id=document["user_id"],
        connection_id=document["connection_id"],
        reason=ReadReason(document["reason"]),
    )


def render_read_command(command: ReadCommand) -> str:
    """Write a message for SnapshotQueue."""
    return _compact(
        {
            "user_id": command.user_id,
            "connection_id": command.connection_id,
            "reason": command.reason,
        }
    )


def parse_refresh_command(text: str) -> RefreshCommand | RemovalCommand:
    """Read a message of RefreshQueue: something that a provider is to be asked to do."""
    document = json.loads(text)
    if "erasure_id" in document:
        return RemovalCommand(user_id=document["user_id"], erasure_id=document["erasure_id"])
    return RefreshCommand(
        user_id=document["user_id"],
        connection_id=document["connection_id"],
        refresh_id=document["refresh_id"],
        trigger=Trigger(document["trigger"]),
        actor=document["actor"],
    )


def render_refresh_command(command: RefreshCommand | RemovalCommand) -> str:
    """Write a message for RefreshQueue."""
    if isinstance(command, RemovalCommand):
        return _compact({"user_id": command.user_id, "erasure_id": command.erasure_id})
    return _compact(
        {
            "user_id": command.user_id,
            "connection_id": command.connection_id,
            "refresh_id": command.refresh_id,
            "trigger": command.trigger,
            "actor": command.actor,
        }
    )


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
