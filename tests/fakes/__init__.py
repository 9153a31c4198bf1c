"""In-memory twins of the ports; they keep the promises that the tables keep."""

from tests.fakes.accounts import FakeAccountRegister, FakeAccounts
from tests.fakes.allowance import FakeReadAllowance
from tests.fakes.audit import FakeAuditBook, FakeDirectory
from tests.fakes.budgets import FakeBudgets
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.connections import FakeConnections
from tests.fakes.dead_letters import FakeDeadLetters
from tests.fakes.erasures import FakeEraser, FakeErasures
from tests.fakes.health import FakeAlarms, FakeHeartbeats, FakeProtection, FakeStanding
from tests.fakes.importing import FakeDiscovery, FakeObjects
from tests.fakes.inbox import FakeInbox
from tests.fakes.overlapped import one_after_another
from tests.fakes.overview import FakeOverview
from tests.fakes.providers import FakeProvider, FakeProviders, FakeSession, FakeUpstreamUsers
from tests.fakes.queues import FakeQueue
from tests.fakes.reference_data import FakeReferenceData
from tests.fakes.refreshes import FakeRefreshes
from tests.fakes.rotation import FakeRotation
from tests.fakes.snapshots import FakeSnapshots
from tests.fakes.transactions import FakeTransactions
from tests.fakes.user_requests import FakeUserRequests
from tests.fakes.vault import FakeUserLease, FakeVault
from tests.fakes.verdicts import FakeRecentVerdicts

__all__ = [
    "FakeAlarms",
    "FakeHeartbeats",
    "FakeProtection",
    "FakeStanding",
    "FakeAccountRegister",
    "FakeAccounts",
    "FakeAuditBook",
    "FakeBudgets",
    "FakeDeadLetters",
    "FakeDirectory",
    "FakeBus",
    "FakeClock",
    "FakeConnections",
    "FakeDiscovery",
    "FakeEraser",
    "FakeErasures",
    "FakeInbox",
    "FakeObjects",
    "FakeOverview",
    "FakeProvider",
    "FakeUpstreamUsers",
    "FakeProviders",
    "FakeQueue",
    "FakeReadAllowance",
    "FakeRecentVerdicts",
    "FakeReferenceData",
    "FakeRefreshes",
    "FakeRotation",
    "FakeSession",
    "FakeSnapshots",
    "FakeTransactions",
    "FakeUserLease",
    "FakeUserRequests",
    "FakeVault",
    "one_after_another",
]
