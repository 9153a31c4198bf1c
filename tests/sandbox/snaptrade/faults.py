"""Faults that a test asked for, used up one request at a time."""

from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

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


_DEFAULT_STATUS = {FaultKind.STATUS: 503, FaultKind.HTML: 502, FaultKind.DROP: 503}


@dataclass(slots=True)
class Fault:
    """One planned fault; status 0 means the usual one of its kind."""

    operation: str
    kind: FaultKind
    times: int = 1
    status: int = 0
    code: str | None = None
    seconds: float | None = None
    connection_id: str | None = None
    account_id: str | None = None

    def __post_init__(self) -> None:
        self.kind = FaultKind(self.kind)
        self.status = self.status or _DEFAULT_STATUS.get(self.kind, HTTPStatus.OK)

    @property
    def is_performed(self) -> bool:
        """Tell whether the provider does the work (and bills it) all the same."""
        return self.status < HTTPStatus.BAD_REQUEST


class FaultPlan:
    """The faults still to come; the caller holds the lock."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault after those already planned."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def take(
        self, operation: str, *, connection_id: str | None, account_id: str | None
    ) -> Fault | None:
        """Use up and return the first fault that fits this request."""
        for fault in self._faults:
            fits = (
                fault.operation in {operation, ANY_OPERATION}
                and fault.connection_id in {None, connection_id}
                and fault.account_id in {None, account_id}
            )
            if fits:
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
