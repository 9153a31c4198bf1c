"""Faults that a test asked for, used up one request at a time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from tests.simulators.common.exact_json import Document, dumps
from tests.simulators.common.wire import Reply

ANY_OPERATION = "*"


class FaultKind(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    HTML = "html"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    LATENCY = "latency"
    ACCEPT_THEN_DROP = "accept_then_drop"
    DROP = "drop"
    WRONG_SHAPE = "wrong_shape"
    NO_ROWS = "no_rows"


_DEFAULT_STATUS = {FaultKind.STATUS: 503, FaultKind.HTML: 502, FaultKind.DROP: 503}


@dataclass(slots=True)
class Fault:
    """One planned fault; status 0 means the usual one of its kind.

    An id limits it to requests about that thing; `fields` replace members of an error body.
    `after_seconds` and `for_seconds` limit it to a time, counted on the provider's clock from
    when it was planned; `times` 0 means as often as asked until that time is over.
    """

    operation: str
    kind: FaultKind
    times: int = 1
    status: int = 0
    code: str | None = None
    seconds: float | None = None
    connection_id: str | None = None
    account_id: str | None = None
    item_id: str | None = None
    fields: Document = field(default_factory=dict)
    after_seconds: float | None = None
    for_seconds: float | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)
        self.status = self.status or _DEFAULT_STATUS.get(self.kind, HTTPStatus.OK)
        if self.seconds is not None:
            # Control bodies arrive with Decimal fractions.
            self.seconds = float(self.seconds)

    def schedule(self, now: datetime) -> None:
        """Turn the seconds into times of the provider's clock."""
        begin = now + timedelta(seconds=float(self.after_seconds or 0))
        self.starts_at = None if self.after_seconds is None else begin
        if self.for_seconds is not None:
            self.ends_at = begin + timedelta(seconds=float(self.for_seconds))

    def is_due(self, now: datetime | None) -> bool:
        """Tell whether its time has come and is not over; without a clock it always is."""
        if now is None:
            return True
        has_begun = self.starts_at is None or self.starts_at <= now
        return has_begun and (self.ends_at is None or now < self.ends_at)

    @property
    def is_performed(self) -> bool:
        """Tell whether the provider does the work (and bills it) all the same."""
        return self.status < HTTPStatus.BAD_REQUEST


class FaultPlan:
    """The faults still to come; the caller holds the lock."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault, *, now: datetime | None = None) -> None:
        """Plan a fault after those already planned; one with a time needs to know now."""
        if now is not None:
            fault.schedule(now)
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def take(
        self, operation: str, *, now: datetime | None = None, **ids: str | None
    ) -> Fault | None:
        """Use up and return the first fault that fits an operation on these ids, now."""
        for fault in self._faults:
            is_meant = fault.operation in {operation, ANY_OPERATION} and fault.is_due(now)
            if is_meant and all(getattr(fault, name) in {None, ids[name]} for name in ids):
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        if fault.times == 0:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._faults.remove(fault)


def faulty_reply(fault: Fault, *, answer: object, error: Document) -> Reply:
    """Spoil an answer as planned; `error` is the body of a planned error status."""
    reply = Reply(fault.status, dumps(answer).encode())
    match fault.kind:
        case FaultKind.STATUS:
            reply.body = dumps(error | fault.fields).encode()
            if fault.seconds is not None:
                reply.headers["Retry-After"] = str(int(fault.seconds))
        case FaultKind.HTML:
            page = b"<html><body><h1>Bad gateway</h1></body></html>"
            reply = Reply(fault.status, page, content_type="text/html")
        case FaultKind.EMPTY:
            reply.body = b""
        case FaultKind.WRONG_SHAPE:
            other = {"unexpected": True} if isinstance(answer, list) else ["unexpected"]
            reply.body = dumps(other).encode()
        case FaultKind.NO_ROWS:
            reply.body = dumps(_without_rows(answer)).encode()
        case FaultKind.TRUNCATED:
            reply.is_truncated = True
        case FaultKind.LATENCY:
            reply.delay_seconds = fault.seconds or 1
        case FaultKind.DROP | FaultKind.ACCEPT_THEN_DROP:
            reply.is_dropped = True
            reply.delay_seconds = fault.seconds or 0
    return reply


def _without_rows(answer: object) -> object:
    if isinstance(answer, list):
        return []
    if isinstance(answer, dict):
        return {name: [] if isinstance(item, list) else item for name, item in answer.items()}
    return answer
