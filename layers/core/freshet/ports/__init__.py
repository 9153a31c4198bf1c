"""What the services need from outside, in the domain's own types."""

from collections.abc import Callable
from datetime import datetime

from freshet.ports.audit import AuditBook, UserDirectory
from freshet.ports.connections import Connections, DueConnections, Inbox, Owners
from freshet.ports.credentials import CredentialRotation, CredentialSource, UserLease
from freshet.ports.erasures import DueErasures, Eraser, Erasures, UpstreamUsers
from freshet.ports.health import Alarms, Heartbeats, Protection, ProviderStanding
from freshet.ports.holdings import (
    AccountRegister,
    Accounts,
    Overview,
    SnapshotHistory,
    Snapshots,
    SnapshotStore,
)
from freshet.ports.importing import CredentialForm, Discovery, FoundConnection, TextObjects
from freshet.ports.linking import (
    Enrollment,
    LinkFlow,
    LinkFlowDependencies,
    LinkSessions,
    ProviderUsers,
)
from freshet.ports.overlapped import Overlapped
from freshet.ports.providers import (
    CredentialVault,
    DocumentedHoldings,
    ProviderBuyer,
    Providers,
    ProviderSession,
    Quota,
    ReadAllowance,
    RecentVerdicts,
)
from freshet.ports.purchases import Budgets, Refreshes
from freshet.ports.queues import Bus, DeadLetters, ReadQueue, RefreshQueue, WebhookQueue
from freshet.ports.transactions import Transactions
from freshet.ports.user_requests import UserRequests
from freshet.ports.webhooks import WebhookVerifier

Clock = Callable[[], datetime]

__all__ = [
    "AccountRegister",
    "Accounts",
    "Alarms",
    "AuditBook",
    "Budgets",
    "Bus",
    "Clock",
    "Connections",
    "CredentialForm",
    "CredentialRotation",
    "CredentialSource",
    "CredentialVault",
    "DeadLetters",
    "Discovery",
    "DocumentedHoldings",
    "DueConnections",
    "FoundConnection",
    "DueErasures",
    "Enrollment",
    "Eraser",
    "Erasures",
    "Heartbeats",
    "Inbox",
    "LinkFlow",
    "LinkFlowDependencies",
    "LinkSessions",
    "Overlapped",
    "Overview",
    "Owners",
    "Protection",
    "ProviderBuyer",
    "ProviderSession",
    "ProviderStanding",
    "ProviderUsers",
    "Providers",
    "Quota",
    "ReadAllowance",
    "RecentVerdicts",
    "ReadQueue",
    "RefreshQueue",
    "Refreshes",
    "SnapshotHistory",
    "SnapshotStore",
    "Snapshots",
    "TextObjects",
    "UpstreamUsers",
    "Transactions",
    "UserDirectory",
    "UserLease",
    "UserRequests",
    "WebhookQueue",
    "WebhookVerifier",
]
