"""In-memory twins of the ports; they keep the promises that the tables keep."""

from tests.fakes.accounts import FakeAccounts
from tests.fakes.allowance import FakeReadAllowance
from tests.fakes.budgets import FakeBudgets
from tests.fakes.bus import FakeBus
from tests.fakes.clock import FakeClock
from tests.fakes.connections import FakeConnections
from tests.fakes.erasures import FakeEraser, FakeErasures
from tests.fakes.inbox import FakeInbox
from tests.fakes.providers import FakeProvider, FakeProviders, FakeProviderUsers, FakeSession
from tests.fakes.queues import FakeQueue
from tests.fakes.reference_data import FakeReferenceData
from tests.fakes.refreshes import FakeRefreshes
from tests.fakes.snapshots import FakeSnapshots
from tests.fakes.transactions import FakeTransactions
from tests.fakes.vault import FakeVault

__all__ = [
    "FakeAccounts",
    "FakeBudgets",
    "FakeBus",
    "FakeClock",
    "FakeConnections",
    "FakeEraser",
    "FakeErasures",
    "FakeInbox",
    "FakeProvider",
    "FakeProviderUsers",
    "FakeProviders",
    "FakeQueue",
    "FakeReadAllowance",
    "FakeReferenceData",
    "FakeRefreshes",
    "FakeSession",
    "FakeSnapshots",
    "FakeTransactions",
    "FakeVault",
]
