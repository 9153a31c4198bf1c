"""Refusals of the simulated provider and their two bodies, in an answer and in a webhook."""

from dataclasses import dataclass

from tests.simulators.common.exact_json import Document
from tests.simulators.common.wire import Refusal
from tests.simulators.plaid.error_codes import entry_of

_DOCUMENTATION = "https://plaid.com/docs/?ref=error#{section}-errors"
# The catalogue of errors and the webhook specification disagree on the type of this code.
_WEBHOOK_TYPES = {"USER_PERMISSION_REVOKED": "ITEM_ERROR"}
_THIN_FIELDS = ("error_code", "error_message", "error_type", "status")


class PlaidRefusal(Refusal):
    """An answer with an error code; the status belongs to the code."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        reason: str | None = None,
        error_type: str | None = None,
    ) -> None:
        known_type, status, text = entry_of(code, error_type)
        self.code: str = code
        self.status = status
        self.error_type = known_type
        self.detail = text.format(detail=detail)
        self.reason = reason
        super().__init__(self.detail)


@dataclass(frozen=True, slots=True)
class ErrorStyle:
    """How the bodies of errors differ in the wild; `is_thin` is for webhooks alone."""

    is_reason_null: bool = False
    is_thin: bool = False


USUAL_STYLE = ErrorStyle()


def api_error(
    refusal: PlaidRefusal, *, request_id: str, style: ErrorStyle = USUAL_STYLE
) -> Document:
    """Return the body of an error answer."""
    section = refusal.error_type.lower().replace("_", "-").removesuffix("-error")
    document: Document = {
        "display_message": None,
        "documentation_url": _DOCUMENTATION.format(section=section),
        "error_code": refusal.code,
        "error_message": refusal.detail,
        "error_type": refusal.error_type,
        "request_id": request_id,
        "suggested_action": None,
    }
    return document | _reason(refusal, style)


def webhook_error(refusal: PlaidRefusal, *, style: ErrorStyle = USUAL_STYLE) -> Document:
    """Return the error inside a webhook or an Item: a status, but no request id."""
    document: Document = {
        "display_message": None,
        "error_code": refusal.code,
        "error_message": refusal.detail,
        "error_type": _WEBHOOK_TYPES.get(refusal.code, refusal.error_type),
        "status": refusal.status,
    }
    if style.is_thin:
        return {name: document[name] for name in _THIN_FIELDS}
    return document | _reason(refusal, style)


def _reason(refusal: PlaidRefusal, style: ErrorStyle) -> Document:
    if refusal.reason is None and not style.is_reason_null:
        return {}
    return {"error_code_reason": refusal.reason}
