"""The ports that each fake stands for: the type checker compares them, method by method."""

from collections.abc import Callable
from datetime import datetime

from freshet import ports
from freshet.adapters.plaid.link_flow import ItemLinks
from freshet.adapters.snaptrade.catalogue import ReferenceData
from freshet.adapters.snaptrade.registration import Portal
from freshet.domain.commands import ReadCommand, RefreshCommand, RemovalCommand
from freshet.domain.provider import Provider
from tests import fakes
from tests.fakes import integration, linking

account_register: type[ports.AccountRegister] = fakes.FakeAccountRegister
accounts: type[ports.Accounts] = fakes.FakeAccounts
audit_book: type[ports.AuditBook] = fakes.FakeAuditBook
budgets: type[ports.Budgets] = fakes.FakeBudgets
bus: type[ports.Bus] = fakes.FakeBus
buyer: type[ports.ProviderBuyer] = fakes.FakeSession
buyers: type[ports.Providers[ports.ProviderBuyer]] = fakes.FakeProviders
clock: Callable[[datetime], ports.Clock] = fakes.FakeClock
connections: type[ports.Connections] = fakes.FakeConnections
credential_source: type[ports.CredentialSource] = fakes.FakeVault
dead_letters: type[ports.DeadLetters] = fakes.FakeDeadLetters
directory: type[ports.UserDirectory] = fakes.FakeDirectory
discovery: type[ports.Discovery] = fakes.FakeDiscovery
due_connections: type[ports.DueConnections] = fakes.FakeConnections
due_erasures: type[ports.DueErasures] = fakes.FakeErasures
eraser: type[ports.Eraser] = fakes.FakeEraser
erasures: type[ports.Erasures] = fakes.FakeErasures
alarms: type[ports.Alarms] = fakes.FakeAlarms
heartbeats: type[ports.Heartbeats] = fakes.FakeHeartbeats
protection: type[ports.Protection] = fakes.FakeProtection
standing: type[ports.ProviderStanding] = fakes.FakeStanding
history: type[ports.SnapshotHistory] = fakes.FakeSnapshots
inbox: type[ports.Inbox] = fakes.FakeInbox
items: type[ItemLinks] = linking.FakeItems
lease: type[ports.UserLease] = fakes.FakeUserLease
link_sessions: type[ports.LinkSessions] = linking.FakeLinkSessions
objects: type[ports.TextObjects] = fakes.FakeObjects
owners: type[ports.Owners] = fakes.FakeConnections
portal: type[Portal] = linking.FakePortal
provider_users: type[ports.ProviderUsers] = linking.FakeProviderUsers
read_allowance: type[ports.ReadAllowance] = fakes.FakeReadAllowance
recent_verdicts: type[ports.RecentVerdicts] = fakes.FakeRecentVerdicts
read_queue: type[ports.ReadQueue] = fakes.FakeQueue[ReadCommand]
reference_data: type[ReferenceData] = fakes.FakeReferenceData
refresh_queue: type[ports.RefreshQueue] = fakes.FakeQueue[RefreshCommand | RemovalCommand]
refreshes: type[ports.Refreshes] = fakes.FakeRefreshes
rotation: type[ports.CredentialRotation] = fakes.FakeRotation
session: type[ports.ProviderSession] = fakes.FakeSession
sessions: type[ports.Providers[ports.ProviderSession]] = fakes.FakeProviders
user_requests: type[ports.UserRequests] = fakes.FakeUserRequests
overlapped: ports.Overlapped = fakes.one_after_another
overview: type[ports.Overview] = fakes.FakeOverview
snapshot_store: type[ports.SnapshotStore] = fakes.FakeSnapshots
snapshots: type[ports.Snapshots] = fakes.FakeSnapshots
transactions: type[ports.Transactions] = fakes.FakeTransactions
upstream_users: type[ports.UpstreamUsers] = fakes.FakeUpstreamUsers
vault: type[ports.CredentialVault] = fakes.FakeVault
third_credential_form: type[ports.CredentialForm] = integration.FakeCredentialForm
third_discovery: Callable[[integration.FakeDesk], ports.Discovery] = integration.FakeFoundByPhrase
third_documents: type[ports.DocumentedHoldings] = integration.FakeDocuments
third_link_flow: Callable[
    [Provider, integration.FakeDesk, ports.LinkFlowDependencies], ports.LinkFlow
] = integration.FakeLinkFlow
