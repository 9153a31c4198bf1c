"""What the services need from outside, in the domain's own types."""

from collections.abc import Callable
from datetime import datetime

from freshet.ports.connections import Connections, DueConnections, Inbox, Owners
from freshet.ports.erasures import DueErasures, Eraser, Erasures, ProviderUsers
from freshet.ports.holdings import Accounts, SnapshotHistory, Snapshots, SnapshotStore
from freshet.ports.providers import (
    CredentialVault,
    ProviderBuyer,
    Providers,
    ProviderSession,
    Quota,
    ReadAllowance,
)
from freshet.ports.purchases import Budgets, Refreshes
from freshet.ports.queues import Bus, ReadQueue, RefreshQueue, WebhookQueue
from freshet.ports.transactions import Transactions

Clock = Callable[[], datetime]

__all__ = [
    "Accounts",
    "Budgets",
    "Bus",
    "Clock",
    "Connections",
    "CredentialVault",
    "DueConnections",
    "DueErasures",
    "Eraser",
    "Erasures",
    "Inbox",
    "Owners",
    "ProviderBuyer",
    "ProviderSession",
    "ProviderUsers",
    "Providers",
    "Quota",
    "ReadAllowance",
    "ReadQueue",
    "RefreshQueue",
    "Refreshes",
    "SnapshotHistory",
    "SnapshotStore",
    "Snapshots",
    "Transactions",
    "WebhookQueue",
]
