"""Many connections on one stage, each with a provider's connection of its own."""

from copy import replace
from datetime import datetime
from typing import Any

from freshet.domain.connection import Connection
from freshet.domain.provider import Provider
from freshet.domain.schedule import TurnCapacity
from freshet.services.plan_turn import PlanTurnDependencies
from tests.builders import NOON, USER, a_connection, an_account_report
from tests.fakes import FakeProvider
from tests.unit.stage import Stage


def connection_id(number: int) -> str:
    """Name one of them; ids of ours have no digit below 2."""
    return "con_" + f"{number:024d}".translate(str.maketrans("0189", "wxyz"))


def add_connection(stage: Stage, number: int, *, due_at: datetime = NOON, **changes: Any) -> None:
    """Add a connection of a user of its own, unless one is named."""
    connection = a_connection(
        **{
            "id": connection_id(number),
            "user_id": f"{USER}-{number}",
            "provider_connection_id": f"authorization-of-{number}",
            "due_at": due_at,
            "next_read_at": due_at,
        }
        | changes
    )
    report = an_account_report(provider_account_id=f"account-of-{number}")
    provider = FakeProvider(stage.clock, accounts=[report])
    stage.providers.by_connection[connection.link.provider_connection_id] = provider
    stage.connections.add(connection, provider_user_id=None)


def all_connections(stage: Stage) -> list[Connection]:
    """Give those that were added, without the stage's own."""
    rows: list[Connection] = list(stage.connections.rows.values())
    return [row for row in rows if row.link.provider_connection_id in _added(stage)]


def _added(stage: Stage) -> set[str]:
    return set(stage.providers.by_connection) - {"authorization-1"}


def planning_at(stage: Stage, pace: TurnCapacity) -> PlanTurnDependencies:
    """Plan SnapTrade's connections at a pace."""
    return replace(stage.planning, capacities={Provider.SNAPTRADE: pace})
