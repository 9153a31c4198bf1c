"""The registry of metrics: what each is called, who sends it, what it tells, which alarm sees it.

Alarms and the operator's page are held to it by tests.
"""

from freshet.metric_kinds import Counter, CounterFamily, Duration

# Webhooks.
WEBHOOK_RECEIVED = Counter(
    "WebhookReceived",
    "receive_webhook",
    tells="deliveries accepted and queued, repeats included",
    alarms=("WebhookRejectionAlarm",),
)
WEBHOOK_RECEIVED_BY_PROVIDER = CounterFamily(
    "{Provider}WebhookReceived",
    "receive_webhook",
    tells="the same by provider",
    alarms=("{Provider}SilenceAlarm",),
)
WEBHOOK_REFUSED = Counter(
    "WebhookRefused",
    "receive_webhook",
    tells="rejected deliveries",
    alarms=("WebhookRejectionAlarm",),
)
WEBHOOK_REFUSED_BY_REASON = CounterFamily(
    "WebhookRefused{Reason}",
    "receive_webhook",
    tells="the same by reason, for example `WebhookRefusedTooOld`",
)
WEBHOOK_LATE = Counter(
    "WebhookLate", "receive_webhook", tells="accepted deliveries over 5 minutes old"
)
WEBHOOK_PROCESSED = Counter("WebhookProcessed", "process_webhook", tells="events worked")
WEBHOOK_DUPLICATE = Counter("WebhookDuplicate", "process_webhook", tells="repeats recognised")
WEBHOOK_DELAY = Duration(
    "WebhookDelay", "process_webhook", tells="from the event to its processing"
)
WEBHOOK_KIND_UNKNOWN = Counter(
    "WebhookKindUnknown", "process_webhook", tells="events of unknown kinds: kept, without effect"
)
WEBHOOK_PARKED = Counter(
    "WebhookParked", "process_webhook", tells="events that wait for their connection"
)
WEBHOOK_UNPARKED = Counter(
    "WebhookUnparked", "api", "process_webhook", tells="waiting events that found their connection"
)
WEBHOOK_MISSED = Counter(
    "WebhookMissed",
    "take_snapshots",
    tells="scheduled reads with news that a webhook should have announced",
)

# Reads.
CONNECTIONS_PLANNED = Counter(
    "ConnectionsPlanned", "plan_refreshes", tells="connections handed to the workers in a turn"
)
OLDEST_OVERDUE = Duration(
    "OldestOverdueSeconds",
    "plan_refreshes",
    tells="how late the latest connection was, which grows once there is more work than quota",
)
COMMANDS_LOST = Counter(
    "CommandsLost",
    "plan_refreshes",
    tells="messages that a queue did not accept: their connections are due again at once",
)
CONNECTION_READ = Counter("ConnectionRead", "take_snapshots", tells="connections read")
CONNECTION_READ_BY_PROVIDER = CounterFamily(
    "{Provider}ConnectionRead",
    "take_snapshots",
    tells="reads by provider, failed ones included",
    alarms=("{Provider}SilenceAlarm",),
)
CONNECTION_READ_FAILED = Counter(
    "ConnectionReadFailed", "take_snapshots", tells="reads that failed"
)
READ_NOT_NEEDED = Counter(
    "ReadNotNeeded",
    "take_snapshots",
    tells="messages whose read another worker was doing or had done",
)
READ_COMMAND_ORPHANED = Counter(
    "ReadCommandOrphaned", "take_snapshots", tells="messages whose connection had been removed"
)
SNAPSHOT_STORED = Counter("SnapshotStored", "take_snapshots", tells="new versions of holdings")
ACCOUNT_COMPARED = CounterFamily(
    "{Provider}AccountCompared",
    "take_snapshots",
    tells="accounts whose total was held against the one that the provider states",
    alarms=("{Provider}TotalsDifferAlarm",),
)
ACCOUNT_DIFFERS = CounterFamily(
    "{Provider}AccountDiffers",
    "take_snapshots",
    tells="those of them whose totals differ; the log names institution and reasons",
    alarms=("{Provider}TotalsDifferAlarm",),
)
TRANSACTIONS_READ_IN_PART = Counter(
    "TransactionsReadInPart",
    "take_snapshots",
    tells="reads whose pages did not reach the number that the provider named: nothing is removed,"
    " and they are repeated",
)
TRANSACTIONS_NOT_BELIEVED = Counter(
    "TransactionsNotBelieved",
    "take_snapshots",
    tells="accounts that had transactions and for which the provider lists none any more: they"
    " stay",
)
VERDICT_HELD = Counter(
    "VerdictHeld",
    "api",
    "refresh_connection",
    "take_snapshots",
    tells="links said to be broken among so many others that none of them is believed yet",
    alarms=("VerdictHeldAlarm",),
)
ACCOUNT_MIGRATED = Counter(
    "AccountMigrated", "take_snapshots", tells="accounts that moved to a newer link"
)
CONNECTION_SUPERSEDED = Counter(
    "ConnectionSuperseded",
    "take_snapshots",
    tells="old links removed once a newer one replaced them",
)

# Refreshes.
REFRESH_ACCEPTED = Counter(
    "RefreshAccepted", "api", "refresh_connection", tells="purchases the provider accepted"
)
REFRESH_NOT_ACCEPTED = Counter(
    "RefreshNotAccepted", "api", "refresh_connection", tells="purchases the provider refused"
)
REFRESH_ANSWER_LOST = Counter(
    "RefreshAnswerLost", "api", "refresh_connection", tells="purchases whose answer was lost"
)
REFRESH_FINISHED = Counter(
    "RefreshFinished", "refresh_connection", "take_snapshots", tells="refreshes closed"
)
REFRESH_REFUSED = Counter(
    "RefreshRefused",
    "refresh_connection",
    tells="queued or scheduled purchases that were refused before money was spent (budget,"
    " cooldown, kill switch, no credential); the reason is on the connection",
)
REFRESH_COMMAND_ORPHANED = Counter(
    "RefreshCommandOrphaned",
    "refresh_connection",
    tells="messages whose connection had been removed",
)
ANNOUNCEMENT_PUT_OFF = Counter(
    "AnnouncementPutOff",
    "api",
    "refresh_connection",
    tells="events that could not be published at once; the next read publishes them",
)

# Providers.
ODD_VALUE = CounterFamily(
    "OddValue{Field}",
    tells="values that could not be read and were left out, by provider and field",
)
CIRCUIT_OPENED = Counter(
    "CircuitOpened", tells="times a failing provider was left alone for a while"
)
CALL_FAILED = CounterFamily(
    "CallFailed{Reason}",
    tells="calls that brought nothing, by reason, for example `CallFailedProviderAnswerUnreadable`",
)
REFERENCE_DATA_MISSING = Counter(
    "ReferenceDataMissing",
    "api",
    tells="times a provider could not be asked for the meaning of its codes",
)

# Links and credentials.
CONNECTION_ADOPTED = Counter(
    "ConnectionAdopted", "process_webhook", tells="connections registered by their webhook"
)
CONNECTION_IMPORTED = Counter(
    "ConnectionImported", "api", tells="connections registered by an import"
)
USER_REGISTERED = Counter(
    "UserRegistered", "api", tells="users registered at a provider that asks for it"
)
USER_SECRET_LOST = Counter(
    "UserSecretLost", "api", tells="users registered anew because their secret was lost or refused"
)
ITEM_GIVEN_BACK = Counter(
    "ItemGivenBack",
    "api",
    tells="Items removed at their provider because their token could not be stored",
)
ITEM_LOST = Counter(
    "ItemLost", "api", tells="Items where even that failed: ask the provider to remove them"
)
ITEM_TOKEN_LEFT = Counter(
    "ItemTokenLeft", "api", tells="tokens of removed Items that may have stayed in the vault"
)
CREDENTIAL_ROTATED = Counter("CredentialRotated", "api", tells="rotations")
CREDENTIAL_ROTATION_FAILED = Counter(
    "CredentialRotationFailed", "api", tells="rotations that failed"
)
CREDENTIAL_UNREADABLE = Counter(
    "CredentialUnreadable", tells="ciphertexts that could not be decrypted"
)

# Removals.
REMOVAL_REQUESTED = Counter(
    "RemovalRequested", "api", tells="requests to remove a connection or a user, repeats included"
)
CONNECTION_REMOVED = Counter("ConnectionRemoved", "refresh_connection", tells="connections erased")
ERASURE_DONE = Counter("ErasureDone", "refresh_connection", tells="erasures completed")
REMOVAL_NOT_DONE = Counter(
    "RemovalNotDone", "refresh_connection", tells="attempts at which the provider did not remove"
)
REMOVAL_JOINED = Counter(
    "RemovalJoined", "refresh_connection", tells="messages whose erasure another worker was doing"
)
REMOVAL_COMMAND_ORPHANED = Counter(
    "RemovalCommandOrphaned", "refresh_connection", tells="messages whose erasure did not exist"
)

# What users see, and what the audit finds.
ROW_UNREADABLE = Counter(
    "RowUnreadable", tells="stored rows that could not be read: a gap where they would be shown"
)
SHOWN_BY_FRESHNESS = CounterFamily(
    "Shown{Freshness}", "api", tells="accounts shown to users, by freshness"
)
SHOWN_OVERDUE = Duration(
    "ShownOverdueSeconds",
    "api",
    tells="how long an account that was shown has been stale; the maximum is the oldest",
)
AUDIT_FINDING = CounterFamily(
    "Audit{Finding}", "take_snapshots", tells="findings, [see below](#the-audit)"
)
AUDIT_FAILED = Counter(
    "AuditFailed",
    "take_snapshots",
    tells="audits that ended early because the provider did not answer",
)
