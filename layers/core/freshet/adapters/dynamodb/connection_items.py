"""The row of a connection: its parts lie beside each other, as one flat item."""

from datetime import date, timedelta
from typing import Any

from freshet.adapters.dynamodb import due_shards, keys
from freshet.adapters.dynamodb.pending_items import pending_from_item, pending_to_item
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.suspicion_items import suspicion_from_item, suspicion_to_item
from freshet.adapters.dynamodb.table import Item
from freshet.adapters.dynamodb.values import (
    bases_from_item,
    bases_to_item,
    event_from_item,
    event_to_item,
)
from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.connection_report import DataMode, Institution
from freshet.domain.connection_status import BROKEN, ConnectionStatus
from freshet.domain.expiry import Expiry
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.link import Link
from freshet.domain.migration import Migration
from freshet.domain.outbox import Outbox
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import ReadSchedule
from freshet.domain.refresh import Kind
from freshet.domain.refresh_slot import Purchases, RefreshSlot, RefreshSlots


def connection_to_item(connection: Connection) -> Item:
    """Give a connection the shape of its row; one that is not due leaves the index."""
    due_at = optional_to_text(connection.due_at)
    refresh_every = connection.cadence.refresh_every
    return {
        **keys.connection(connection.user_id, connection.id),
        "format": _FORM.newest,
        "id": connection.id,
        "user_id": connection.user_id,
        "provider": str(connection.provider),
        **_link_to_item(connection.link),
        "paused": connection.paused,
        "read_every_seconds": _seconds(connection.cadence.read_every),
        "refresh_every_seconds": None if refresh_every is None else _seconds(refresh_every),
        "due_at": due_at,
        "due_shard": _shard_of(connection) if due_at else None,
        "pending_reads": pending_to_item(connection.pending),
        **_slots_to_item(connection.slots),
        **_purchases_to_item(connection.purchases),
        **_schedule_to_item(connection.schedule),
        **_outbox_to_item(connection.outbox),
        **_migration_to_item(connection.migration),
        "account_ids": list(connection.account_ids),
        "price_bases": bases_to_item(connection.price_bases),
        "created_at": to_text(connection.created_at),
        "version": connection.version,
    }


def connection_from_item(item: Item) -> Connection:
    """Read a connection from its row."""
    return _FORM.reader_of(item)(item)


def _from_format_1(item: Item) -> Connection:
    return Connection(
        id=item["id"],
        user_id=item["user_id"],
        provider=Provider(item["provider"]),
        link=_link_from_item(item),
        paused=item["paused"],
        cadence=_cadence(item),
        due_at=optional_from_text(item.get("due_at")),
        pending=pending_from_item(item["pending_reads"]),
        slots=_slots_from_item(item),
        purchases=_purchases_from_item(item),
        schedule=_schedule_from_item(item),
        outbox=_outbox_from_item(item),
        migration=_migration_from_item(item),
        account_ids=tuple(item["account_ids"]),
        price_bases=bases_from_item(item.get("price_bases")),
        created_at=from_text(item["created_at"]),
        version=int(item["version"]),
    )


_FORM = StoredForm("a connection", _from_format_1)


def _link_to_item(link: Link) -> Item:
    return {
        "provider_connection_id": link.provider_connection_id,
        "credential_name": link.credential_name,
        "institution_id": link.institution.id,
        "institution_name": link.institution.name,
        "status": str(link.status),
        "status_reason": link.status_reason,
        "status_read_at": optional_to_text(link.status_read_at),
        "broken_since": optional_to_text(link.broken_since),
        "suspicion": suspicion_to_item(link.suspicion),
        "link_ends_at": optional_to_text(link.expiry.ends_at),
        "repaired_at": optional_to_text(link.expiry.repaired_at),
        "returned_at": optional_to_text(link.expiry.returned_at),
        "data_mode": str(link.data_mode),
        "source": link.source,
    }


def _link_from_item(item: Item) -> Link:
    return Link(
        provider_connection_id=item["provider_connection_id"],
        credential_name=item["credential_name"],
        institution=Institution(item.get("institution_id"), item.get("institution_name")),
        status=ConnectionStatus(item["status"]),
        status_reason=item.get("status_reason"),
        status_read_at=optional_from_text(item.get("status_read_at")),
        broken_since=optional_from_text(item.get("broken_since")),
        suspicion=suspicion_from_item(item.get("suspicion")),
        expiry=Expiry(
            optional_from_text(item.get("link_ends_at")),
            optional_from_text(item.get("repaired_at")),
            optional_from_text(item.get("returned_at")),
        ),
        data_mode=DataMode(item["data_mode"]),
        source=item.get("source"),
    )


def _slots_to_item(slots: RefreshSlots) -> Item:
    item: Item = {}
    for kind in Kind:
        slot = slots.of(kind)
        item[f"{kind}_refresh_id"] = slot.refresh_id
        item[f"{kind}_is_called"] = slot.is_called
        item[f"{kind}_check_at"] = optional_to_text(slot.check_at)
        item[f"{kind}_refused_until"] = optional_to_text(slot.refused_until)
        item[f"{kind}_not_before"] = optional_to_text(slot.not_before)
    return item


def _slots_from_item(item: Item) -> RefreshSlots:
    slots = {
        kind.value: RefreshSlot(
            refresh_id=item.get(f"{kind}_refresh_id"),
            is_called=item[f"{kind}_is_called"],
            check_at=optional_from_text(item.get(f"{kind}_check_at")),
            refused_until=optional_from_text(item.get(f"{kind}_refused_until")),
            not_before=optional_from_text(item.get(f"{kind}_not_before")),
        )
        for kind in Kind
    }
    return RefreshSlots(**slots)


def _purchases_to_item(purchases: Purchases) -> Item:
    return {
        "last_refusal": purchases.last_refusal,
        "last_purchase_at": optional_to_text(purchases.last_purchase_at),
        "next_refresh_at": optional_to_text(purchases.next_refresh_at),
        "last_live_read_at": optional_to_text(purchases.last_live_read_at),
    }


def _purchases_from_item(item: Item) -> Purchases:
    return Purchases(
        last_refusal=item.get("last_refusal"),
        last_purchase_at=optional_from_text(item.get("last_purchase_at")),
        next_refresh_at=optional_from_text(item.get("next_refresh_at")),
        last_live_read_at=optional_from_text(item.get("last_live_read_at")),
    )


def _schedule_to_item(schedule: ReadSchedule) -> Item:
    return {
        "next_read_at": optional_to_text(schedule.next_read_at),
        "reading_until": optional_to_text(schedule.reading_until),
        "allowed_on": None if schedule.allowed_on is None else str(schedule.allowed_on),
        "consecutive_failures": schedule.consecutive_failures,
        "overdue_since": optional_to_text(schedule.overdue_since),
        "calls_per_read_run": schedule.calls_per_read_run,
    }


def _schedule_from_item(item: Item) -> ReadSchedule:
    calls, day = item.get("calls_per_read_run"), item.get("allowed_on")
    return ReadSchedule(
        next_read_at=optional_from_text(item.get("next_read_at")),
        reading_until=optional_from_text(item.get("reading_until")),
        allowed_on=date.fromisoformat(day) if day else None,
        consecutive_failures=int(item["consecutive_failures"]),
        overdue_since=optional_from_text(item.get("overdue_since")),
        calls_per_read_run=None if calls is None else int(calls),
    )


def _outbox_to_item(outbox: Outbox) -> Item:
    return {
        "announced": {account: to_text(at) for account, at in outbox.announced.items()},
        "outbox": [event_to_item(event) for event in outbox.events],
    }


def _outbox_from_item(item: Item) -> Outbox:
    return Outbox(
        events=tuple(event_from_item(event) for event in item["outbox"]),
        announced={account: from_text(at) for account, at in item["announced"].items()},
    )


def _migration_to_item(migration: Migration) -> Item:
    return {
        "migrated_accounts": dict(migration.migrated_accounts),
        "successor": migration.successor,
        "migrated_at": optional_to_text(migration.migrated_at),
    }


def _migration_from_item(item: Item) -> Migration:
    return Migration(
        migrated_accounts=item["migrated_accounts"],
        successor=item.get("successor"),
        migrated_at=optional_from_text(item.get("migrated_at")),
    )


def _cadence(item: Item) -> Cadence:
    refresh_every: Any = item.get("refresh_every_seconds")
    return Cadence(
        read_every=timedelta(seconds=int(item["read_every_seconds"])),
        refresh_every=None if refresh_every is None else timedelta(seconds=int(refresh_every)),
    )


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)


def _shard_of(connection: Connection) -> str:
    if connection.slots.open_ids:
        return due_shards.awaited_shard(connection.provider)
    if connection.link.status in BROKEN and not connection.pending.has_news:
        return due_shards.look_shard(connection.provider)
    if connection.schedule.is_postponed:
        return due_shards.postponed_shard(connection.provider)
    return due_shards.due_shard(connection.provider, connection.id)
