"""The simulator as a process of its own: settings, population and what it tells at first."""

from dataclasses import asdict

from tests.simulators.common.environment_variables import (
    VariableRefused,
    choice_variable,
    knobs_variable,
    number_variable,
    port_variable,
    text_variable,
)
from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.declared import Declared
from tests.simulators.plaid.knobs import PlaidKnobs
from tests.simulators.plaid.settings import PlaidSettings
from tests.simulators.plaid.simulator import PlaidSimulator

MAX_ITEMS, MAX_SEED = 1_000_000, 2**31
# How many declared Items are told at first; the control interface knows them all.
SHOWN_SEEDED = 10
# Who is there when a person starts the simulator by hand: (institution, portfolio).
SAMPLE = (
    ("ins_acme", "complete"),
    ("ins_acme", "starter"),
    ("ins_manual", "retirement"),
    ("ins_down", "trader"),
    ("ins_slow", "northern"),
)


def settings_from_environment() -> PlaidSettings:
    """Read the settings; every variable is optional; raises VariableRefused."""
    defaults = PlaidSettings()
    return PlaidSettings(
        client_id=text_variable("PLAID_CLIENT_ID", defaults.client_id),
        secret=text_variable("PLAID_SECRET", defaults.secret),
        environment=choice_variable("PLAID_ENVIRONMENT", ("sandbox", "production")),
        port=port_variable("PLAID_PORT"),
        seed=number_variable("PLAID_SEED", defaults.seed, maximum=MAX_SEED),
        knobs=knobs_variable("PLAID_KNOBS", PlaidKnobs().turned),
        declared=Declared(items=number_variable("PLAID_SEEDED_ITEMS", 0, maximum=MAX_ITEMS)),
    )


def has_sample() -> bool:
    """Tell whether the sample Items are wanted; raises VariableRefused."""
    return choice_variable("PLAID_POPULATION", ("sample", "none")) == "sample"


def populate(simulator: PlaidSimulator) -> None:
    """Add the sample Items; raises VariableRefused when there are fewer slots than Items."""
    if 0 < simulator.settings.knobs.trial_slots < len(SAMPLE):
        enough = f"knobs with trial_slots 0 or at least {len(SAMPLE)}"
        raise VariableRefused("PLAID_KNOBS", f"{enough} unless PLAID_POPULATION is none")
    for institution, portfolio in SAMPLE:
        simulator.control.add_item(institution=institution, portfolio=portfolio)


def announcement(simulator: PlaidSimulator) -> Document:
    """Return all that a client needs to know."""
    settings, control = simulator.settings, simulator.control
    shown = [control.seeded(index) for index in range(min(settings.declared.items, SHOWN_SEEDED))]
    return {
        "base_url": simulator.url,
        "control_url": simulator.control_url,
        "client_id": settings.client_id,
        "secret": settings.secret,
        "environment": settings.environment,
        **control.state(),
        "seeded": [asdict(item) for item in shown],
    }
