"""The audit: some users of a provider each time, one after the other, compared with what is here.

It deletes nothing and repairs nothing: a finding is a question to the operator.
"""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from freshet import metrics
from freshet.domain.audit import Finding, FindingKind, ListedConnection, findings_of_user
from freshet.domain.call_errors import CallFailed, LoginRequired, MissingUpstream
from freshet.domain.credential import credential_name
from freshet.domain.errors import CredentialMissing
from freshet.domain.provider import Provider
from freshet.domain.trouble import log_keys_of
from freshet.observability import count, logger
from freshet.ports import (
    AuditBook,
    Clock,
    Connections,
    CredentialVault,
    Discovery,
    Owners,
    UserDirectory,
)

_TIME = timedelta(seconds=60)


class AuditDependencies(Struct, frozen=True, kw_only=True):
    """What an audit needs from outside; at most `users_each_time` users are looked at."""

    directory: UserDirectory
    discovery: Discovery
    owners: Owners
    connections: Connections
    vault: CredentialVault
    book: AuditBook
    clock: Clock
    users_each_time: int


def audit_users(provider: Provider, *, deps: AuditDependencies) -> int:
    """Look at the next users of a provider; gives how many findings there are among them.

    A provider that does not answer ends it: the next time goes on with the same user.
    """
    until = deps.clock() + _TIME
    found = 0
    try:
        for name in _next_users(provider, deps):
            found += _audit_user(provider, name, deps)
            if deps.clock() > until:
                break
    except CallFailed as trouble:
        logger.warning("Audit stopped", **log_keys_of(trouble))
    logger.info("Users audited", provider=provider, findings=found)
    return found


def _audit_user(provider: Provider, name: str, deps: AuditDependencies) -> int:
    findings = _findings(provider, name, deps)
    deps.book.record(findings, seen_at=deps.clock())
    deps.book.move_to(provider, name)
    for each in findings:
        count(metrics.AUDIT_FINDING)
        logger.warning("Audit found something", provider=provider, kind=each.kind)
    return len(findings)


def _next_users(provider: Provider, deps: AuditDependencies) -> Sequence[str]:
    names = sorted(deps.directory.list_users())
    position = deps.book.position(provider)
    later = [name for name in names if name > position]
    # The last was reached: the next round begins with the first.
    return (later or names)[: deps.users_each_time]


def _findings(provider: Provider, name: str, deps: AuditDependencies) -> list[Finding]:
    user_id = deps.owners.of_provider_user(provider, name)
    if user_id is None:
        return [Finding(kind=FindingKind.UNKNOWN_USER, provider=provider, subject=name)]
    key = credential_name(provider, name)
    try:
        credential = deps.vault.find(user_id, key)
        listed = [
            ListedConnection(
                provider_connection_id=each.provider_connection_id, is_disabled=each.is_disabled
            )
            for each in deps.discovery.connections(credential)
        ]
    except (CredentialMissing, LoginRequired, MissingUpstream):
        kind = FindingKind.UNREADABLE_USER
        return [Finding(kind=kind, provider=provider, subject=name, user_id=user_id)]
    ours = [each for each in deps.connections.of_user(user_id) if each.link.credential_name == key]
    return list(findings_of_user(provider, user_id, ours=ours, listed=listed))
