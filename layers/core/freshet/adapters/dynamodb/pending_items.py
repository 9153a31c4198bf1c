"""Pending reads in a connection's row: a map from what is to be read to its announcement."""

from typing import Any

from freshet.adapters.dynamodb.table import Item
from freshet.domain.instants import from_text, to_text
from freshet.domain.pending_reads import Announcement, PendingRead, PendingReads, ReadSubject


def pending_read_to_text(read: PendingRead) -> str:
    """Name a pending read: `holdings:<account>`, or `connection:` for all accounts."""
    return f"{read.subject}:{read.provider_account_id or ''}"


def announcement_to_item(announcement: Announcement) -> Item:
    """Give an announcement the shape in which it is stored."""
    return {
        "at": to_text(announcement.at),
        "failed_parts": list(announcement.failed_parts),
        "is_owed": announcement.is_owed,
    }


def pending_to_item(pending: PendingReads) -> Item:
    """Give pending reads the shape in which they are stored."""
    return {
        pending_read_to_text(read): announcement_to_item(each)
        for read, each in pending.announced.items()
    }


def pending_from_item(item: Any) -> PendingReads:
    """Read the pending reads of a row."""
    return PendingReads(
        {
            _read_from_text(text): Announcement(
                from_text(each["at"]), tuple(each["failed_parts"]), each["is_owed"]
            )
            for text, each in item.items()
        }
    )


def _read_from_text(text: str) -> PendingRead:
    subject, _, account = text.partition(":")
    return PendingRead(ReadSubject(subject), account or None)
