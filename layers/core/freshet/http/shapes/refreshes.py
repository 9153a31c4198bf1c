"""A refresh as JSON: how far it is, what it costs, what the provider said.

Three shapes told apart by `status`: one that goes on, one that has ended, one that was refused.
"""

from collections.abc import Mapping
from typing import Literal, cast

from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.refresh import Kind, Method, Refresh, Trigger
from freshet.http.shapes.money import MoneyShape, money_shape
from freshet.http.shapes.problems import ProblemShape
from freshet.http.shapes.vocabulary import ConnectionId, Instant, RefreshId, Shape


class ProgressShape(Shape):
    """How many accounts are to have newer holdings, and how many do."""

    expected: int
    done: int


class ProviderAnswerShape(Shape):
    """What the provider answered."""

    status: int | None
    code: str | None
    request_id: str | None
    """Name it to the provider's support."""


class _RefreshShape(Shape):
    id: RefreshId
    connection_id: ConnectionId
    kind: Kind
    method: Method
    trigger: Trigger
    joined: bool
    """A refresh of the same kind was open: this is that one, and it costs nothing more."""
    accounts: ProgressShape
    cost: MoneyShape
    """What it costs, or would if it were billed; nothing where it is known not to be."""
    provider: ProviderAnswerShape | None
    created_at: Instant


class OpenRefreshShape(_RefreshShape):
    """A refresh that goes on: ask again after `Retry-After`."""

    status: Literal["queued", "reserved", "calling", "accepted", "unknown"]
    reason: str | None
    is_terminal: Literal[False]
    finished_at: None
    next_check_at: Instant | None


class EndedRefreshShape(_RefreshShape):
    """A refresh that has ended: newer holdings are there, or the time was up."""

    status: Literal["complete", "partial", "no_change", "timed_out"]
    reason: str | None
    is_terminal: Literal[True]
    finished_at: Instant
    next_check_at: None


class RefusedRefreshShape(_RefreshShape):
    """A refresh that was refused; `reason` says why."""

    status: Literal["refused"]
    reason: str
    is_terminal: Literal[True]
    finished_at: Instant
    next_check_at: None


type RefreshShape = OpenRefreshShape | EndedRefreshShape | RefusedRefreshShape


class AskedConnectionShape(Shape):
    """What came of asking one of a user's connections: a refresh, or a problem."""

    connection_id: ConnectionId
    refresh: RefreshShape | None
    problem: ProblemShape | None


class AskedShape(Shape):
    """What came of asking all of a user's connections."""

    items: list[AskedConnectionShape]


def refresh_shape(refresh: Refresh, *, joined: bool = False) -> RefreshShape:
    """Show a refresh: how far it is, what it costs, what the provider said."""
    shape: Mapping[str, object] = {
        "id": refresh.id,
        "connection_id": refresh.connection_id,
        "kind": refresh.kind,
        "method": refresh.method,
        "trigger": refresh.trigger,
        "status": refresh.status,
        "reason": refresh.reason,
        "is_terminal": refresh.is_terminal,
        "joined": joined,
        "accounts": {"expected": len(refresh.accounts), "done": refresh.accounts_done},
        "cost": money_shape(refresh.cost),
        "provider": _answer_shape(refresh.answer),
        "created_at": to_text(refresh.created_at),
        "finished_at": optional_to_text(refresh.finished_at),
        "next_check_at": optional_to_text(refresh.next_check_at),
    }
    # Which of the three it is, the state machine knows and a type checker cannot.
    return cast("RefreshShape", shape)


def _answer_shape(answer: ProviderAnswer | None) -> ProviderAnswerShape | None:
    if answer is None:
        return None
    return {"status": answer.status, "code": answer.code, "request_id": answer.request_id}
