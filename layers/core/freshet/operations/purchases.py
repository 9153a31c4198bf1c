"""The operator events that stop all purchases and let them go on."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.operations.operator import OperatorAction, OperatorEvent
from freshet.services.switch_purchases import SwitchPurchasesDependencies, switch_purchases


class _SwitchPurchases(OperatorEvent):
    """Turns the kill switch; it needs nothing but its name."""

    operation: Literal["stop_purchases", "resume_purchases"]


class PurchaseOperations(Struct, frozen=True):
    """Carries out the events."""

    deps: SwitchPurchasesDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give them by name."""
        return dict.fromkeys(("stop_purchases", "resume_purchases"), self._switch)

    def _switch(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _SwitchPurchases.model_validate(event).operation == "stop_purchases"
        return {"purchases_stopped": switch_purchases(is_stopped=wanted, deps=self.deps)}
