"""Who the customer is, and what makes a run repeatable."""

from dataclasses import dataclass, field

from tests.simulators.common.state import Clock, utc_now
from tests.simulators.plaid.declared import Declared
from tests.simulators.plaid.knobs import PlaidKnobs


@dataclass(frozen=True, slots=True)
class PlaidSettings:
    """Everything that is fixed while the simulator runs."""

    client_id: str = "5a0db0a0c0ffee0123456789"
    secret: str = "sandbox-plaid-secret"
    environment: str = "sandbox"
    port: int = 0
    seed: int = 2  # not the other provider's: no two providers give out the same secret
    clock: Clock = utc_now
    knobs: PlaidKnobs = field(default_factory=PlaidKnobs)
    declared: Declared = field(default_factory=Declared)

    @property
    def is_sandbox(self) -> bool:
        """Tell whether this is the provider's own sandbox."""
        return self.environment == "sandbox"
