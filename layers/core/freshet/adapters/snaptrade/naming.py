"""What today's documents name by a code, and which answers of SnapTrade's describe it."""

from collections.abc import Sequence
from typing import Any, TypeIs

from freshet.adapters.snaptrade.fields import Document, part_of
from freshet.adapters.snaptrade.kinds import type_code_of
from freshet.domain.reference import ReferenceKind, ReferenceName

_LONGEST_CODE = 64  # it becomes part of a key

Descriptions = dict[ReferenceName, dict[str, Any]]


def instruments_of(positions: Document) -> list[Document]:
    """List what is held or, in an option's place, what lies under it."""
    held = [part_of(line, "instrument") for line in positions["results"]]
    return [part_of(each, "underlying") or each for each in held]


def names_of(instrument: Document) -> frozenset[ReferenceName]:
    """Name what an instrument refers to without describing it."""
    codes = {
        ReferenceKind.CURRENCY: instrument.get("currency"),
        ReferenceKind.EXCHANGE: instrument.get("exchange"),
        ReferenceKind.SECURITY_TYPE: type_code_of(instrument.get("kind")),
    }
    return frozenset(ReferenceName(kind, code) for kind, code in codes.items() if _is_code(code))


def described_by_symbol(symbol: Document) -> Descriptions:
    """Find what an instrument that was looked up describes: its currency and its type."""
    members = {
        ReferenceKind.CURRENCY: symbol.get("currency"),
        ReferenceKind.SECURITY_TYPE: symbol.get("type"),
    }
    return {
        ReferenceName(kind, member["code"]): member
        for kind, member in members.items()
        if isinstance(member, dict) and _is_code(member.get("code"))
    }


def described_by_balances(balances: Sequence[Document]) -> Descriptions:
    """Find the currencies that an account's cash describes already."""
    members = [line.get("currency") for line in balances if isinstance(line, dict)]
    return {
        ReferenceName(ReferenceKind.CURRENCY, member["code"]): member
        for member in members
        if isinstance(member, dict) and member.get("id") and _is_code(member.get("code"))
    }


def described_by_exchanges(exchanges: Sequence[dict[str, Any]]) -> Descriptions:
    """Find each exchange under both of its codes; should two clash, the MIC counts."""
    return {
        ReferenceName(ReferenceKind.EXCHANGE, each[member]): each
        for member in ("code", "mic_code")
        for each in exchanges
        if _is_code(each.get(member))
    }


def _is_code(value: object) -> TypeIs[str]:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_CODE
