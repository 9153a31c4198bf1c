"""The shapes of a refresh and of the ledger's two kinds of lines as rows."""

from typing import Any

from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item
from freshet.adapters.dynamodb.values import money_from_item, money_to_item
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.ledger import LedgerEntry, Settlement, Standing
from freshet.domain.provider import Provider
from freshet.domain.refresh import AccountProgress, Kind, Method, Refresh, RefreshStatus, Trigger


def refresh_to_item(refresh: Refresh) -> Item:
    """Give a refresh the shape of its row, without the key."""
    return {
        "format": _FORM.newest,
        "id": refresh.id,
        "user_id": refresh.user_id,
        "connection_id": refresh.connection_id,
        "provider": str(refresh.provider),
        "kind": str(refresh.kind),
        "method": str(refresh.method),
        "trigger": str(refresh.trigger),
        "actor": refresh.actor,
        "status": str(refresh.status),
        "reason": refresh.reason,
        "reserved": money_to_item(refresh.reserved),
        "cost": money_to_item(refresh.cost),
        "attempt": refresh.attempt,
        "calling_until": optional_to_text(refresh.calling_until),
        "started_at": optional_to_text(refresh.started_at),
        "accounts": {account: str(progress) for account, progress in refresh.accounts.items()},
        "answer": _answer_to_item(refresh.answer),
        "budget_buckets": list(refresh.budget_buckets),
        "counts_as_assumed": refresh.counts_as_assumed or None,
        "retry_at": optional_to_text(refresh.retry_at),
        "checks_done": refresh.checks_done,
        "next_check_at": optional_to_text(refresh.next_check_at),
        "created_at": to_text(refresh.created_at),
        "finished_at": optional_to_text(refresh.finished_at),
        "version": refresh.version,
    }


def refresh_from_item(item: Item) -> Refresh:
    """Read a refresh from its row."""
    return _FORM.reader_of(item)(item)


def _from_format_1(item: Item) -> Refresh:
    return Refresh(
        id=item["id"],
        user_id=item["user_id"],
        connection_id=item["connection_id"],
        provider=Provider(item["provider"]),
        kind=Kind(item["kind"]),
        method=Method(item["method"]),
        trigger=Trigger(item["trigger"]),
        actor=item["actor"],
        status=RefreshStatus(item["status"]),
        reason=item.get("reason"),
        reserved=money_from_item(item["reserved"]),
        cost=money_from_item(item["cost"]),
        attempt=int(item["attempt"]),
        calling_until=optional_from_text(item.get("calling_until")),
        started_at=optional_from_text(item.get("started_at")),
        accounts={account: AccountProgress(each) for account, each in item["accounts"].items()},
        answer=_answer_from_item(item.get("answer")),
        budget_buckets=tuple(item["budget_buckets"]),
        counts_as_assumed=item.get("counts_as_assumed", False),
        retry_at=optional_from_text(item.get("retry_at")),
        checks_done=int(item["checks_done"]),
        next_check_at=optional_from_text(item.get("next_check_at")),
        created_at=from_text(item["created_at"]),
        finished_at=optional_from_text(item.get("finished_at")),
        version=int(item["version"]),
    )


_FORM = StoredForm("a refresh", _from_format_1)


def ledger_to_item(entry: LedgerEntry) -> Item:
    """Give a call on the books the shape of its row, without the key."""
    return {
        "format": _LINE.newest,
        "user_id": entry.user_id,
        "actor": entry.actor,
        "connection_id": entry.connection_id,
        "refresh_id": entry.refresh_id,
        "provider": str(entry.provider),
        "cost": money_to_item(entry.cost),
        "outcome": entry.outcome,
        "standing": str(entry.standing),
        "called_at": to_text(entry.called_at),
    }


def ledger_from_item(item: Item) -> LedgerEntry:
    """Read a call on the books from its row."""
    return _LINE.reader_of(item)(item)


def _line_from_format_1(item: Item) -> LedgerEntry:
    return LedgerEntry(
        user_id=item["user_id"],
        actor=item["actor"],
        connection_id=item["connection_id"],
        refresh_id=item["refresh_id"],
        provider=Provider(item["provider"]),
        cost=money_from_item(item["cost"]),
        outcome=item["outcome"],
        standing=Standing(item["standing"]),
        called_at=from_text(item["called_at"]),
    )


_LINE = StoredForm("a line of the ledger", _line_from_format_1)


def settlement_to_item(settlement: Settlement, refresh: Refresh) -> Item:
    """Give what an invoice bills for a refresh the shape of its row, without the key."""
    return {
        "format": _SETTLEMENT.newest,
        "user_id": refresh.user_id,
        "connection_id": refresh.connection_id,
        "refresh_id": refresh.id,
        "provider": str(refresh.provider),
        "billed": money_to_item(settlement.billed),
        "invoice": settlement.invoice,
        "by": settlement.by,
        "reason": settlement.reason,
        "settled_at": to_text(settlement.settled_at),
    }


def settlement_from_item(item: Item) -> Settlement:
    """Read what an invoice bills from its row."""
    return _SETTLEMENT.reader_of(item)(item)


def _settlement_from_format_1(item: Item) -> Settlement:
    return Settlement(
        billed=money_from_item(item["billed"]),
        invoice=item["invoice"],
        by=item["by"],
        reason=item["reason"],
        settled_at=from_text(item["settled_at"]),
    )


_SETTLEMENT = StoredForm("a settlement", _settlement_from_format_1)


def _answer_to_item(answer: ProviderAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    return {
        "provider": answer.provider,
        "operation": answer.operation,
        "status": answer.status,
        "code": answer.code,
        "request_id": answer.request_id,
    }


def _answer_from_item(item: Any) -> ProviderAnswer | None:
    if item is None:
        return None
    status = item["status"]
    return ProviderAnswer(
        provider=item["provider"],
        operation=item["operation"],
        status=None if status is None else int(status),
        code=item["code"],
        request_id=item["request_id"],
    )
