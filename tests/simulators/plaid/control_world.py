"""What the control interface can see and set for the whole world."""

from dataclasses import asdict
from datetime import timedelta

from tests.simulators.common.exact_json import Document
from tests.simulators.common.faults import Fault, FaultKind
from tests.simulators.plaid.aging import Aging
from tests.simulators.plaid.control_views import bill_view, counts_view, owed_view, state_view
from tests.simulators.plaid.crowd import Crowd
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.ledger import Month, UnknownMonth
from tests.simulators.plaid.plain_values import ValueRefused, Values
from tests.simulators.plaid.tables import Entry, Path
from tests.simulators.plaid.world import World


class WorldControl:
    """One method per control verb; the caller holds the lock."""

    def __init__(self, *, world: World, aging: Aging, crowd: Crowd) -> None:
        self._world = world
        self._aging = aging
        self._crowd = crowd

    def entries(self) -> list[Entry]:
        """Return the verbs with their paths."""
        return [
            ("GET", "/state", lambda path, body: state_view(self._world, self._crowd.untouched)),
            ("GET", "/bill", lambda path, body: bill_view(self._world)),
            ("GET", "/bill/{month}", self.owed),
            ("GET", "/requests", lambda path, body: counts_view(self._world)),
            ("POST", "/listener", self.set_listener),
            ("POST", "/knobs", self.turn_knobs),
            ("POST", "/clock", self.advance_clock),
            ("POST", "/faults", self.add_fault),
            ("POST", "/faults/clear", self.clear_faults),
        ]

    def owed(self, path: Path, body: Values) -> Document:
        """Return what is owed for a month."""
        try:
            month = Month.parse(path["month"])
        except UnknownMonth as error:
            raise ValueRefused("month", "must be written as 2026-11") from error
        return owed_view(self._world, month, self._crowd.untouched)

    def set_listener(self, path: Path, body: Values) -> Document:
        """Set the webhook URL of every Item, present and future."""
        body.only("url")
        url = body.optional_text("url")
        self._world.default_webhook = url
        for item in self._world.items.values():
            item.webhook = url
        return {"url": url}

    def turn_knobs(self, path: Path, body: Values) -> Document:
        """Turn some knobs and return all."""
        self._world.knobs = self._world.knobs.turned(body.document)
        return asdict(self._world.knobs)

    def advance_clock(self, path: Path, body: Values) -> Document:
        """Move the provider's time forward, and let age what ages."""
        body.only("seconds")
        now = self._world.advance(timedelta(seconds=body.whole("seconds")))
        self._aging.check_all()
        return {"now": now.isoformat()}

    def add_fault(self, path: Path, body: Values) -> Document:
        """Plan a fault; `error_type` is for codes that no catalogue has."""
        _check_fault(body)
        kind, code = body.text("kind"), body.optional_text("code")
        error_type = body.optional_text("error_type")
        planned = body.others("error_type")
        if kind == FaultKind.STATUS and code:
            # An error code brings its own status unless another one is asked for.
            refusal = PlaidRefusal(code, error_type=error_type)
            planned.setdefault("status", refusal.status)
            if error_type is not None:
                planned["fields"] = {"error_type": error_type} | body.object("fields").document
        self._world.faults.add(Fault(**planned), now=self._world.now())
        return {}

    def clear_faults(self, path: Path, body: Values) -> Document:
        """Forget all planned faults."""
        self._world.faults.clear()
        return {}


def _check_fault(body: Values) -> None:
    body.text("operation")
    if body.text("kind") not in set(FaultKind):
        raise ValueRefused("kind", f"must be one of {', '.join(FaultKind)}")
    for name in ("times", "status"):
        body.whole(name, 1)
    for name in ("seconds", "after_seconds", "for_seconds"):
        body.optional_number(name)
    body.optional_text("item_id")
    body.object("fields")
