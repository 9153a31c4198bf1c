"""Every key of both tables, in one place; ownership is part of the key."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from freshet.domain.audit import Finding
from freshet.domain.days import DayRange
from freshet.domain.instants import to_text
from freshet.domain.provider import Provider
from freshet.domain.reference import ReferenceName
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.domain.webhooks import WebhookEvent

Key = dict[str, str]

CONNECTION_PREFIX = "CONNECTION#"
ACCOUNT_PREFIX = "ACCOUNT#"
LINK_SESSION_PREFIX = "LINK#"
LATEST = "LATEST"
VERSION_PREFIX = "VERSION#"
CHANGE_PREFIX = "CHANGE#"
CLOSE_PREFIX = "CLOSE#"
TRANSACTION_PREFIX = "TRANSACTION#"
_NEWEST = TRANSACTION_PREFIX + "~"  # after every day
# Behind all of them, so that a query that reads them to the end reads it, too.
_REVISION = "TRANSACTIONS"
PARKED_PREFIX = "OF#"
ERASED = "ERASED"
REFERENCE_PREFIX = "KNOWN#"


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def connection(user_id: str, connection_id: str) -> Key:
    """Locate a connection."""
    return {"PK": _user(user_id), "SK": CONNECTION_PREFIX + connection_id}


def profile(user_id: str) -> Key:
    """Locate what is known of a user as such."""
    return {"PK": _user(user_id), "SK": "PROFILE"}


def link_session(user_id: str, session_id: str) -> Key:
    """Locate a link session."""
    return {"PK": _user(user_id), "SK": LINK_SESSION_PREFIX + session_id}


def account(user_id: str, account_id: str) -> Key:
    """Locate an account as listed."""
    return {"PK": _user(user_id), "SK": ACCOUNT_PREFIX + account_id}


def account_register(user_id: str) -> Key:
    """Locate how often an account of a user came, or passed to another connection."""
    return {"PK": _user(user_id), "SK": "ACCOUNTS"}


def refresh(user_id: str, connection_id: str, refresh_id: str) -> Key:
    """Locate a refresh, beside the connection's other ones."""
    return {"PK": _user(user_id), "SK": f"REFRESH#{connection_id}#{refresh_id}"}


def user_budget(user_id: str) -> Key:
    """Locate what a user has spent."""
    return {"PK": _user(user_id), "SK": "BUDGET"}


def user_reads(user_id: str, day: date) -> Key:
    """Locate how often the schedule has read for a user on a UTC day."""
    return {"PK": _user(user_id), "SK": f"READS#{day.isoformat()}"}


def user_requests(user_id: str, limit: UserRateLimit, begin: datetime) -> Key:
    """Locate how often a user has asked in a stretch of time."""
    return {"PK": _user(user_id), "SK": f"REQUESTS#{limit}#{to_text(begin)}"}


def user_lease(user_id: str) -> Key:
    """Locate who is writing a user's credentials."""
    return {"PK": _user(user_id), "SK": "LEASE"}


def credential(user_id: str, name: str) -> Key:
    """Locate a credential that lies encrypted in the table."""
    return {"PK": _user(user_id), "SK": f"CREDENTIAL#{name}"}


def connection_budget(user_id: str, connection_id: str) -> Key:
    """Locate what a connection has cost."""
    return {"PK": _user(user_id), "SK": f"BUDGET#{connection_id}"}


def budgets_and_connections(user_id: str) -> tuple[str, str, str]:
    """Locate all of a user's budgets and connections: partition, first and last sort key."""
    # A character above every character of our ids ends the range.
    return _user(user_id), "BUDGET", CONNECTION_PREFIX + "~"


def accounts_and_connections(user_id: str) -> tuple[str, str, str]:
    """Locate all of a user's accounts and connections; budgets lie between them."""
    return _user(user_id), ACCOUNT_PREFIX, CONNECTION_PREFIX + "~"


def accounts_from(user_id: str, account_id: str) -> tuple[str, str, str]:
    """Locate a user's accounts from one on: partition, first and last sort key."""
    return _user(user_id), ACCOUNT_PREFIX + account_id, ACCOUNT_PREFIX + "~"


def leaving(user_id: str) -> Key:
    """Locate the mark of a user of whom everything is being erased."""
    return {"PK": _user(user_id), "SK": "LEAVING"}


def rest_of_user(user_id: str) -> tuple[tuple[str, str, str], ...]:
    """Locate all of a user but for the mark of leaving and the ledger."""
    partition = _user(user_id)
    return (
        (partition, "!", "LEAVIN"),  # comes before the mark
        (partition, "LEAVING!", "LEDGER"),  # comes before every line
        (partition, "LEDGER#~", "~"),
    )


def erasure(user_id: str, erasure_id: str) -> Key:
    """Locate an erasure: it stays when the user is gone, and does not name the user."""
    digest = hashlib.sha256(user_id.encode()).hexdigest()[:32]
    return erasure_at(f"ERASURE#{digest}#{erasure_id}")


def erasure_at(place: str) -> Key:
    """Locate an erasure by its partition, as the due index names it."""
    return {"PK": place, "SK": "RECEIPT"}


def deployment_budget() -> Key:
    """Locate what everybody has spent, and the kill switch."""
    return {"PK": "BUDGET", "SK": "DEPLOYMENT"}


def ledger(user_id: str, called_at: datetime, refresh_id: str, *, settled_by: str = "") -> Key:
    """Locate a call on the books, in the order of time, or the line of an invoice behind it."""
    rest = f"#SETTLED#{settled_by}" if settled_by else ""
    return {"PK": _user(user_id), "SK": f"LEDGER#{to_text(called_at)}#{refresh_id}{rest}"}


def connection_owner(provider: Provider, provider_connection_id: str) -> Key:
    """Locate the reverse row of a provider's connection."""
    return {"PK": f"PROVIDER#{provider}#{provider_connection_id}", "SK": "OWNER"}


def provider_user_owner(provider: Provider, provider_user_id: str) -> Key:
    """Locate the reverse row of a provider's user."""
    return {"PK": f"PROVIDER_USER#{provider}#{provider_user_id}", "SK": "OWNER"}


def inbox(provider: Provider, event_id: str) -> Key:
    """Locate a webhook event."""
    return {"PK": f"EVENT#{provider}#{event_id}", "SK": "INBOX"}


def parked_partition(provider: Provider) -> str:
    """Name the partition of a provider's events whose owner is unknown; they are few."""
    return f"PARKED#{provider}"


def parked(event: WebhookEvent) -> Key:
    """Locate an event whose owner is unknown, beside its connection's other ones."""
    sort_key = f"{PARKED_PREFIX}{event.provider_connection_id}#{event.id}"
    return {"PK": parked_partition(event.provider), "SK": sort_key}


def quota(provider_key: str) -> Key:
    """Locate the limiter's bucket of one provider key."""
    return {"PK": f"LIMIT#{provider_key}", "SK": "BUCKET"}


def heartbeat(name: str) -> Key:
    """Locate when a part of the deployment last did its work."""
    return {"PK": f"HEARTBEAT#{name}", "SK": "LAST"}


def verdicts(provider: Provider, span: int) -> Key:
    """Locate the verdicts of some minutes at a provider."""
    return {"PK": f"LIMIT#{provider}", "SK": f"VERDICTS#{span}"}


def account_partition(user_id: str, account_id: str) -> str:
    """Name the partition that holds everything of one account."""
    return f"{_user(user_id)}#ACCOUNT#{account_id}"


def reference_partition(provider: Provider) -> str:
    """Name the partition of a provider's reference data: tens of rows, the same for everybody."""
    return f"REFERENCE#{provider}"


def reference(provider: Provider, name: ReferenceName) -> Key:
    """Locate what is known of one exchange, currency or security type."""
    sort_key = f"{REFERENCE_PREFIX}{name.kind}#{name.code}"
    return {"PK": reference_partition(provider), "SK": sort_key}


def reference_turn(provider: Provider) -> Key:
    """Locate whose turn it is to ask a provider for reference data."""
    return {"PK": reference_partition(provider), "SK": "TURN"}


def audit_position(provider: Provider) -> Key:
    """Locate how far the audit of a provider's users has come."""
    return {"PK": f"AUDIT#{provider}", "SK": "POSITION"}


def findings(provider: Provider) -> tuple[str, str]:
    """Locate all findings at a provider: partition and the beginning of the sort keys."""
    return f"AUDIT#{provider}", "FINDING#"


def finding(found: Finding) -> Key:
    """Locate one finding of the audit."""
    partition, prefix = findings(found.provider)
    return {"PK": partition, "SK": f"{prefix}{found.kind}#{found.subject}"}


def erased(user_id: str, account_id: str) -> Key:
    """Locate the tombstone that blocks late writers of an account."""
    return {"PK": account_partition(user_id, account_id), "SK": ERASED}


def latest(user_id: str, account_id: str) -> Key:
    """Locate the newest holdings of an account."""
    return {"PK": account_partition(user_id, account_id), "SK": LATEST}


def version(user_id: str, account_id: str, token: str) -> Key:
    """Locate one immutable version; they are in the order of their data."""
    return {"PK": account_partition(user_id, account_id), "SK": VERSION_PREFIX + token}


def change(user_id: str, account_id: str, token: str, number: int) -> Key:
    """Locate some of what a version makes different."""
    sort_key = f"{CHANGE_PREFIX}{token}#{number:03}"
    return {"PK": account_partition(user_id, account_id), "SK": sort_key}


def close(user_id: str, account_id: str, day: date) -> Key:
    """Locate what was known at the end of a day."""
    sort_key = CLOSE_PREFIX + day.isoformat()
    return {"PK": account_partition(user_id, account_id), "SK": sort_key}


def part_name(owner: Mapping[str, str], token: str) -> str:
    """Name the parts of a document of its owner's row; a row's tokens are in order."""
    return f"PART#{owner['SK']}#{token}"


def part(owner: Mapping[str, str], name: str, number: int) -> Key:
    """Locate one part of a document that its owner's row is too small for."""
    return {"PK": owner["PK"], "SK": f"{name}#{number:03}"}


def transaction(user_id: str, account_id: str, day: str, transaction_id: str) -> Key:
    """Locate one transaction; the days are in order."""
    sort_key = f"{TRANSACTION_PREFIX}{day}#{transaction_id}"
    return {"PK": account_partition(user_id, account_id), "SK": sort_key}


def transactions_from(user_id: str, account_id: str, first: date | None) -> tuple[str, str, str]:
    """Locate an account's transactions from a day on, and their revision behind them."""
    day = "" if first is None else first.isoformat()
    return account_partition(user_id, account_id), TRANSACTION_PREFIX + day, _REVISION


def transactions_within(user_id: str, account_id: str, days: DayRange) -> tuple[str, str, str]:
    """Locate an account's transactions of some days: partition, first and last sort key."""
    first = "" if days.first is None else days.first.isoformat()
    # The bare day comes before every transaction of it.
    last = _NEWEST if days.before is None else TRANSACTION_PREFIX + days.before.isoformat()
    return account_partition(user_id, account_id), TRANSACTION_PREFIX + first, last


def transactions_revision(user_id: str, account_id: str) -> Key:
    """Locate how often an account's transactions were changed."""
    return {"PK": account_partition(user_id, account_id), "SK": _REVISION}
