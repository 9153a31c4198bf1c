"""What an operator may ask about prices of which the provider does not say what they are of."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.positions import PriceBasis
from freshet.operations.operator import OperatorAction, OperatorEvent, Text, UserId
from freshet.services.set_price_basis import SetPriceBasisDependencies, set_price_basis


class _SetPriceBasis(OperatorEvent):
    """Says whether a bond's price is per unit or in percent of par."""

    operation: Literal["set_price_basis"]
    user_id: UserId
    account_id: Text
    instrument_id: Text
    price_basis: PriceBasis


class PriceBasisOperations(Struct, frozen=True):
    """Carries out the event."""

    setting: SetPriceBasisDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give it by name."""
        return {"set_price_basis": self._set}

    def _set(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _SetPriceBasis.model_validate(event)
        set_price_basis(
            wanted.user_id,
            wanted.account_id,
            wanted.instrument_id,
            wanted.price_basis,
            deps=self.setting,
        )
        return {"account_id": wanted.account_id, "price_basis": wanted.price_basis}
