"""The registry of metrics: what each is called, who sends it, what it tells, which alarm sees it.

Alarms and the operator's page are held to it by tests.
"""

from freshet.metric_kinds import Counter, CounterFamily, Duration, Percentage

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
    tells="rejected deliveries; the log names the reasons",
    alarms=("WebhookRejectionAlarm",),
)
WEBHOOK_DELAY = Duration(
    "WebhookDelay", "process_webhook", tells="from the event to its processing"
)
WEBHOOK_MISSED = Counter(
    "WebhookMissed",
    "take_snapshots",
    tells="scheduled reads with news that a webhook should have announced",
)

# Reads.
PLANNER_TURN_FINISHED = Counter(
    "PlannerTurnFinished",
    "plan_refreshes",
    tells="turns that handed out all they meant to; one a minute",
    alarms=("PlannerSilenceAlarm",),
)
OLDEST_OVERDUE = Duration(
    "OldestOverdueSeconds",
    "plan_refreshes",
    tells="how late the latest connection was, which grows once there is more work than quota",
    alarms=("OverdueAlarm",),
)
CONNECTION_READ_BY_PROVIDER = CounterFamily(
    "{Provider}ConnectionRead",
    "take_snapshots",
    tells="reads by provider, failed ones included",
    alarms=("{Provider}SilenceAlarm", "ReadFailureAlarm"),
)
CONNECTION_READ_FAILED = Counter(
    "ConnectionReadFailed",
    "take_snapshots",
    tells="reads that failed",
    alarms=("ReadFailureAlarm",),
)
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
VERDICT_HELD = Counter(
    "VerdictHeld",
    "api",
    "refresh_connection",
    "take_snapshots",
    tells="links said to be broken among so many others that none of them is believed yet",
    alarms=("VerdictHeldAlarm",),
)

# Refreshes.
REFRESH_ACCEPTED = Counter(
    "RefreshAccepted", "api", "refresh_connection", tells="purchases the provider accepted"
)
REFRESH_NOT_ACCEPTED = Counter(
    "RefreshNotAccepted", "api", "refresh_connection", tells="purchases the provider refused"
)
REFRESH_ANSWER_LOST = Counter(
    "RefreshAnswerLost",
    "api",
    "refresh_connection",
    tells="purchases whose answer was lost: booked as assumed",
    alarms=("RefreshAnswerLostAlarm",),
)
BUDGET_SPENT_PERCENT = Percentage(
    "BudgetSpentPercent",
    "plan_refreshes",
    tells="how much of the month's budget is spent; 100 once the cheapest refresh has no room",
    alarms=("BudgetNearlySpentAlarm", "BudgetSpentAlarm"),
)

# Providers.
ODD_VALUE = Counter(
    "OddValue", tells="values that could not be read and were left out; the log names the fields"
)
CIRCUIT_OPENED = Counter(
    "CircuitOpened",
    "api",
    "operate",
    "refresh_connection",
    "take_snapshots",
    tells="times a failing provider was left alone for a while",
    alarms=("CircuitOpenAlarm",),
)
CALL_FAILED = Counter(
    "CallFailed", tells="calls that brought nothing; the log names operation and reason"
)

# Links and credentials.
ITEM_LOST = Counter(
    "ItemLost", "api", tells="Items where even that failed: ask the provider to remove them"
)
CREDENTIAL_UNREADABLE = Counter(
    "CredentialUnreadable", tells="ciphertexts that could not be decrypted"
)

# Removals.
REMOVAL_NOT_DONE = Counter(
    "RemovalNotDone", "refresh_connection", tells="attempts at which the provider did not remove"
)

# What users see, and what the audit finds.
ROW_UNREADABLE = Counter(
    "RowUnreadable", tells="stored rows that could not be read: a gap where they would be shown"
)
SHOWN_OVERDUE = Duration(
    "ShownOverdueSeconds",
    "api",
    tells="how long an account that was shown has been stale: the maximum is the oldest, the number"
    " of samples how often users saw one",
)
AUDIT_FINDING = Counter("AuditFinding", "take_snapshots", tells="findings, [see below](#the-audit)")
