"""How the next refreshes of one connection or account end, whatever the knobs say."""

from dataclasses import dataclass
from typing import Any

from tests.simulators.snaptrade.knobs import CHOICES, PARTS, Knobs


@dataclass(frozen=True, slots=True)
class RefreshEnd:
    """What a refresh does to one account."""

    outcome: str
    failed_parts: frozenset[str]

    def __post_init__(self) -> None:
        if self.outcome not in CHOICES["refresh_outcome"]:
            raise ValueError(f"outcome: {self.outcome}")
        if not self.failed_parts <= set(PARTS):
            raise ValueError(f"failed_parts: {sorted(self.failed_parts)}")

    @classmethod
    def by_knobs(cls, knobs: Knobs) -> "RefreshEnd":
        """Return what happens unless planned otherwise."""
        return cls(knobs.refresh_outcome, frozenset(knobs.refresh_failed_parts))


@dataclass(slots=True)
class RefreshPlan:
    """An end planned for whatever the ids name, used up once for each account."""

    end: RefreshEnd
    times: int
    connection_id: str | None
    account_id: str | None


class RefreshPlans:
    """The planned ends still to come; the caller holds the lock."""

    def __init__(self) -> None:
        self._plans: list[RefreshPlan] = []

    def add(self, body: dict[str, Any]) -> None:
        """Plan an end; `times` 0 is every time."""
        end = RefreshEnd(body.get("outcome", "changed"), frozenset(body.get("failed_parts", ())))
        ids = body.get("connection_id"), body.get("account_id")
        self._plans.append(RefreshPlan(end, int(body.get("times", 1)), *ids))

    def clear(self) -> None:
        """Forget all plans."""
        self._plans.clear()

    def take(self, *, connection_id: str, account_id: str) -> RefreshEnd | None:
        """Use up and return the first end planned for this account."""
        for plan in self._plans:
            is_meant = plan.connection_id in {None, connection_id}
            if is_meant and plan.account_id in {None, account_id}:
                if plan.times == 1:
                    self._plans.remove(plan)
                plan.times = max(0, plan.times - 1)
                return plan.end
        return None
