"""Trouble on demand: what goes wrong at providers, made to happen in their simulators."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from tests.simulators.plaid import PlaidControlClient
from tests.simulators.snaptrade import ControlClient

_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.05
_REPEATS = 2


@dataclass(frozen=True, slots=True)
class Target:
    """A connection and its investment accounts, by their provider's ids."""

    connection_id: str
    account_ids: list[str]


class TroubleUnknown(Exception):
    """There is no such trouble."""


class Troublemaker(Protocol):
    """One provider's ways to go wrong; each says how many tries of deliveries will follow."""

    def break_login(self, target: Target) -> int:
        """Want the user to log in again."""
        ...

    def lose_webhook(self, target: Target) -> int:
        """Lose what the next refresh would announce."""
        ...

    def answer_empty(self, target: Target) -> int:
        """Answer the next read with nothing."""
        ...

    def deliver_thrice(self, target: Target) -> int:
        """Trade, and deliver the news three times."""
        ...

    def forge(self, target: Target) -> int:
        """Send what a stranger signed."""
        ...

    def log(self, target: Target) -> list[dict[str, Any]]:
        """List what was sent about the connection, and each try of it."""
        ...


class Trouble:
    """Makes trouble by name and tells what became of the webhooks it caused."""

    def __init__(self, snaptrade: ControlClient, plaid: PlaidControlClient) -> None:
        self._makers: dict[str, Troublemaker] = {
            "snaptrade": SnapTradeTrouble(snaptrade),
            "plaid": PlaidTrouble(plaid),
        }

    def make(self, name: str, body: Any) -> dict[str, Any]:
        """Make one kind of trouble for a connection; raises TroubleUnknown, ControlRefused."""
        maker = self._makers[body["provider"]]
        target = Target(body["connection_id"], list(body["account_ids"]))
        ways: dict[str, Callable[[Target], int]] = {
            "break": maker.break_login,
            "lose": maker.lose_webhook,
            "empty": maker.answer_empty,
            "thrice": maker.deliver_thrice,
            "forge": maker.forge,
        }
        if name not in ways:
            raise TroubleUnknown(f"no trouble is called {name}")
        before = len(maker.log(target))
        tries = ways[name](target)
        return {"deliveries": _delivered(maker, target, before, tries)}


def _delivered(maker: Troublemaker, target: Target, before: int, tries: int) -> list[Any]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        caused = maker.log(target)[before:]
        done = sum(len(each["attempts"]) for each in caused)
        if done >= tries or time.monotonic() > deadline:
            return [
                {"event": each["event"], "answers": [a["status"] for a in each["attempts"]]}
                for each in caused
            ]
        time.sleep(_PAUSE_SECONDS)


class SnapTradeTrouble:
    """Trouble at SnapTrade."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def break_login(self, target: Target) -> int:
        """Disable the connection, which SnapTrade announces."""
        self._control.disable(target.connection_id)
        return 1

    def lose_webhook(self, target: Target) -> int:
        """Lose what the next refresh would announce."""
        self._control.lose_webhooks(
            times=len(target.account_ids), event_type="ACCOUNT_HOLDINGS_UPDATED"
        )
        return 0

    def answer_empty(self, target: Target) -> int:
        """Answer the next read without any position, as of now."""
        for account_id in target.account_ids:
            self._control.add_fault("positions", "no_rows", account_id=account_id)
            self._control.replace_holdings(account_id)
            self._announce(target, account_id)
        return len(target.account_ids)

    def deliver_thrice(self, target: Target) -> int:
        """Trade, and deliver the news three times."""
        (account_id, *_) = target.account_ids
        self._control.trade(account_id)
        webhook_id = self._announce(target, account_id)
        self._control.redeliver(webhook_id, times=_REPEATS)
        return 1 + _REPEATS

    def forge(self, target: Target) -> int:
        """Say that the connection is broken, without knowing the key."""
        kind = "CONNECTION_BROKEN"
        self._control.send_webhook(target.connection_id, kind, signature="Zm9yZ2Vk")
        return 1

    def log(self, target: Target) -> list[dict[str, Any]]:
        """List what was sent about the connection."""
        return [
            {"event": each["event_type"], "attempts": each["attempts"]}
            for each in self._control.deliveries()
            if each["connection_id"] == target.connection_id
        ]

    def _announce(self, target: Target, account_id: str) -> str:
        kind = "ACCOUNT_HOLDINGS_UPDATED"
        return self._control.send_webhook(target.connection_id, kind, account_id=account_id)


class PlaidTrouble:
    """Trouble at Plaid."""

    def __init__(self, control: PlaidControlClient) -> None:
        self._control = control

    def break_login(self, target: Target) -> int:
        """Let the Item's login go stale, which Plaid announces."""
        self._control.break_login(target.connection_id)
        return 1

    def lose_webhook(self, target: Target) -> int:
        """Lose what the next refresh would announce."""
        self._control.lose_webhooks(webhook_code="DEFAULT_UPDATE")
        return 0

    def answer_empty(self, target: Target) -> int:
        """Answer the next read without any holding, as of now."""
        self._control.add_fault("investments_holdings_get", "no_rows", item_id=target.connection_id)
        self._control.replace_holdings(target.account_ids[0])
        self._announce(target)
        return 1

    def deliver_thrice(self, target: Target) -> int:
        """Trade, and deliver the news three times."""
        self._control.trade(target.account_ids[0])
        self._control.redeliver(self._announce(target), times=_REPEATS)
        return 1 + _REPEATS

    def forge(self, target: Target) -> int:
        """Say that the login is gone, signed by a stranger."""
        self._control.send_webhook(target.connection_id, "ITEM", "ERROR", forge="other_key")
        return 1

    def log(self, target: Target) -> list[dict[str, Any]]:
        """List what was sent about the Item."""
        return [
            {
                "event": f"{each['webhook_type']} {each['webhook_code']}",
                "attempts": each["attempts"],
            }
            for each in self._control.deliveries()
            if each["item_id"] == target.connection_id
        ]

    def _announce(self, target: Target) -> str:
        return self._control.send_webhook(target.connection_id, "HOLDINGS", "DEFAULT_UPDATE")
