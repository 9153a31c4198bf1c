"""What can go wrong with a read, and what may be told of it."""

import re
from typing import Any

from freshet.domain.call_errors import CallFailed
from freshet.domain.errors import (
    CredentialMissing,
    ProviderNotConfigured,
    ReadRunTooLong,
    SecretUnavailable,
    SnapshotTooLarge,
)

Trouble = CallFailed | CredentialMissing | ProviderNotConfigured | ReadRunTooLong | SnapshotTooLarge

_REASONS: dict[type[Exception], str] = {
    CredentialMissing: "credential_missing",
    ProviderNotConfigured: "provider_not_configured",
    ReadRunTooLong: "read_too_long",
    SecretUnavailable: "secret_unavailable",
    SnapshotTooLarge: "snapshot_too_large",
}


def reason_of(trouble: Trouble | SecretUnavailable) -> str:
    """Say in a word what went wrong."""
    return trouble.reason if isinstance(trouble, CallFailed) else _REASONS[type(trouble)]


def log_keys_of(trouble: Trouble | SecretUnavailable) -> dict[str, Any]:
    """Give what a line of the log says of it: nothing of a URL, nothing of a body."""
    answer = trouble.answer if isinstance(trouble, CallFailed) else None
    return details_of(trouble) | ({} if answer is None else {"provider": answer.provider})


def details_of(trouble: Trouble | SecretUnavailable) -> dict[str, Any]:
    """Give the same for a line that names the provider itself."""
    answer = trouble.answer if isinstance(trouble, CallFailed) else None
    if answer is None:
        return {"reason": reason_of(trouble)}
    # A code is the provider's text, and not everything in its place is one.
    is_code = answer.code is not None and re.fullmatch(r"\w{1,60}", answer.code, re.ASCII)
    return {
        "operation": answer.operation,
        "http_status": answer.status,
        "code": answer.code if is_code else None,
        "request_id": answer.request_id,
        "reason": reason_of(trouble),
    }
