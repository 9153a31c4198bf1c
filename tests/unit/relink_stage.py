"""A user who has an institution linked already and links it once more, on fakes."""

from typing import Any

from freshet.domain.account import AccountReport, AccountStatus
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection_report import Institution
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.portfolio import is_counted
from freshet.services.take_snapshots import take_snapshots
from tests.builders import CONNECTION_ID, NOON, USER, an_account_report
from tests.fakes import FakeProvider
from tests.unit.crashing import Crashes, MortalStage, make_mortal
from tests.unit.stage import Stage

NEWER = "con_" + "b" * 24
UNREAD: dict[str, Any] = {
    "status": ConnectionStatus.INITIALISING,
    "status_read_at": None,
    "institution": Institution(None, None),
    "next_read_at": NOON,
    "due_at": NOON,
}
"""A connection as it is when it was taken in: nobody has said where it leads."""


def as_listed(side: str, proof: str | None, **changes: Any) -> AccountReport:
    """An account as the `old` or the `new` link lists it; `proof` is what the institution says."""
    name = f"{side}-{proof}"
    values = {"provider_account_id": name, "institution_account_id": proof} | changes
    return an_account_report(**values)


class Relinking(MortalStage):
    """Both connections; nothing is read yet. With `crashes`, the ports die as planned."""

    def __init__(self, *old: str, new: tuple[str, ...] = (), **changes: Any) -> None:
        Stage.__init__(self, **changes)
        self.accounts.rows.clear()
        self.provider.accounts = [as_listed("old", each) for each in old]
        self.provider.as_of = NOON
        self.newer = FakeProvider(self.clock, accounts=[as_listed("new", each) for each in new])
        self.crashes = Crashes()

    def link_anew(self, **changes: Any) -> None:
        """Take the new connection in."""
        now = self.clock()
        values = UNREAD | {"created_at": now, "next_read_at": now, "due_at": now} | changes
        self.also_link("b", **values)
        self.providers.by_connection["authorization-b"] = self.newer

    def let_die(self, planned: dict[int, bool]) -> None:
        """Let the ports die from now on."""
        self.crashes.planned = planned
        make_mortal(self, self.crashes)
        make_mortal(self, self.crashes, "register", "erasures", "eraser")

    def read_newer(self) -> None:
        """Read the new connection, as after linking."""
        command = ReadCommand(user_id=USER, connection_id=NEWER, reason=ReadReason.FIRST_LOAD)
        take_snapshots(command, deps=self.reading)

    def settle(self, minutes: int = 10) -> None:
        """Let time pass, with the planner's turns in it."""
        for _ in range(minutes):
            self.later(minutes=1)
            self.survive(self.plan)
            self.survive(self.drain)

    # What is seen from outside costs no step: it is looked up beside the ports.

    def owners(self) -> dict[str, str]:
        """Say which connection has each open account."""
        accounts = self.accounts.rows.values()
        return {
            each.id: each.connection_id
            for each in accounts
            if each.report.status is AccountStatus.OPEN
        }

    def counted(self) -> list[str]:
        """List the proofs of all accounts that a portfolio would add up."""
        connections = {each.id: each for each in self.connections.rows.values()}
        return sorted(
            str(each.report.institution_account_id)
            for each in self.accounts.rows.values()
            if each.connection_id in connections
            and is_counted(each, connections[each.connection_id])
        )

    def linked(self) -> list[str]:
        """List the connections that are there."""
        return [each.id for each in self.connections.rows.values()]

    @property
    def is_old_removed(self) -> bool:
        """Whether the old connection was removed upstream and is gone here."""
        return self.provider.asked_to_remove > 0 and CONNECTION_ID not in self.linked()
