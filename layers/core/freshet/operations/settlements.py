"""What an operator may ask about money: to settle a refresh at what its invoice bills."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from freshet.domain.ledger import Settlement
from freshet.domain.money import Money, decimal_to_text, exact_decimal
from freshet.operations.operator import OperatorAction, OperatorEvent, Text, UserId
from freshet.services.settle_refresh import SettleRefreshDependencies, settle_refresh


def _from_text(given: object) -> Decimal:
    if not isinstance(given, str):
        raise ValueError("must be a decimal number as text")  # noqa: TRY004
    return exact_decimal(given)


Amount = Annotated[Decimal, BeforeValidator(_from_text), Field(ge=0, decimal_places=9)]
# Part of a key.
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]


class _Billed(BaseModel):
    """What the invoice bills for one refresh."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Amount
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class _SettleRefresh(OperatorEvent):
    """Settles one refresh: by which invoice, on whose word, and why."""

    operation: Literal["settle_refresh"]
    user_id: UserId
    refresh_id: Text
    billed: _Billed
    invoice: Reference
    by: Words
    reason: Words


class SettlementOperations(Struct, frozen=True):
    """Carries out the event."""

    settling: SettleRefreshDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give it by name."""
        return {"settle_refresh": self._settle}

    def _settle(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _SettleRefresh.model_validate(event)
        settlement = Settlement(
            billed=Money(abs(wanted.billed.amount), wanted.billed.currency),
            invoice=wanted.invoice,
            by=wanted.by,
            reason=wanted.reason,
            settled_at=self.settling.clock(),
        )
        refresh = settle_refresh(wanted.user_id, wanted.refresh_id, settlement, deps=self.settling)
        cost = refresh.cost
        return {
            "refresh_id": refresh.id,
            "cost": {"amount": decimal_to_text(cost.amount), "currency": cost.currency},
        }
