"""A morning's burst of webhooks on the deployed stack: every one is answered, none worked twice."""

import json
import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import local
from typing import Any

import pytest
import requests

from tests.depth import many
from tests.local_stack.deployed import Deployed
from tests.patience import eventually, standstill_seconds
from tests.simulators.snaptrade.signature import webhook_signature

DELIVERIES = many(in_gate=200, deep=2_000)
DUPLICATES = DELIVERIES * 30 // 100
# The local gateway starts a process for each delivery in flight: more than a second of work each
# on a small machine, and 50 clients would spend the burst on starting. Each begins with one.
CLIENTS = 16
CONNECTIONS = 4
SEED = 20261120
USER = "burst"


class Clients:
    """SnapTrade's senders: one kept connection for each thread, nothing tried twice."""

    def __init__(self, url: str, consumer_key: str) -> None:
        self._url = url
        self._consumer_key = consumer_key
        self._own = local()

    def deliver(self, event: dict[str, Any]) -> int:
        """Sign and send one event; gives the status it was answered with."""
        body = json.dumps(event).encode()
        headers = {"Signature": webhook_signature(self._consumer_key, body)}
        return (
            self._session()
            .post(self._url, data=body, headers=headers, timeout=standstill_seconds())
            .status_code
        )

    def _session(self) -> requests.Session:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False
        session: requests.Session = self._own.session
        return session


@pytest.fixture(scope="module")
def accounts(running: Deployed) -> list[dict[str, str]]:
    """Provider's ids of accounts that have been read once and wait for news."""
    shown = [_linked(running) for _ in range(CONNECTIONS)]
    return [
        {"connection": each["provider_ids"]["connection"], "account": account}
        for each in shown
        for account in _account_ids(running, each["id"])
    ]


def _linked(running: Deployed) -> dict[str, Any]:
    connection_id = running.link(USER, portfolio=["everyday"])
    return dict(
        eventually(
            lambda: running.api(USER).get(f"/v1/connections/{connection_id}").body,
            until=lambda connection: connection["status"] == "active",
        )
    )


def _account_ids(running: Deployed, connection_id: str) -> list[str]:
    found = running.api(USER).items(f"/v1/connections/{connection_id}/accounts")
    return [each["provider_ids"]["account"] for each in found]


def _burst(accounts: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Distinct events and repeats of some of them, in any order."""
    dice = random.Random(SEED)  # noqa: S311 an order of webhooks guards nothing
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    events = []
    for number in range(DELIVERIES - DUPLICATES):
        about = accounts[number % len(accounts)]
        events.append(
            {
                "webhookId": str(uuid.UUID(int=dice.getrandbits(128))),
                "eventTimestamp": now,
                "eventType": "ACCOUNT_HOLDINGS_UPDATED",
                "userId": f"snaptrade-{USER}",
                "brokerageAuthorizationId": about["connection"],
                "accountId": about["account"],
            }
        )
    events += dice.choices(events, k=DUPLICATES)
    dice.shuffle(events)
    return events


def _versions(running: Deployed) -> Counter[str]:
    """How many versions there are of each of the user's accounts."""
    rows = running.rows("SnapshotsTableName", "VERSION#")
    prefix = f"USER#{USER}#"
    return Counter(row["PK"]["S"] for row in rows if row["PK"]["S"].startswith(prefix))


def _pending_reads(running: Deployed) -> list[Any]:
    rows = running.rows("ConnectionsTableName", "CONNECTION#")
    return [row["pending_reads"]["M"] for row in rows if row["PK"]["S"] == f"USER#{USER}"]


def _inbox(running: Deployed) -> set[str]:
    rows = running.rows("ConnectionsTableName", "INBOX")
    return {row["id"]["S"] for row in rows}


def test_every_delivery_is_answered_and_every_event_worked_once_when_a_burst_comes_in(
    running: Deployed, accounts: list[dict[str, str]]
) -> None:
    versions, known = _versions(running), _inbox(running)
    assert len(versions) == len(accounts)
    events = _burst(accounts)
    clients = Clients(
        f"{running.stack.api_url}/webhooks/snaptrade", running.snaptrade_settings.consumer_key
    )
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = Counter(pool.map(clients.deliver, events[:CLIENTS]))
        answers += Counter(pool.map(clients.deliver, events[CLIENTS:]))
    assert answers == {200: DELIVERIES}

    eventually(lambda: running.queued("WebhookQueueUrl"), until=_is_zero)
    # The simulator may have told of something by itself meanwhile.
    assert _inbox(running) - known >= {each["webhookId"] for each in events}
    eventually(lambda: _pending_reads(running), until=lambda pending: not any(pending))
    assert _versions(running) == versions
    assert running.queued("WebhookDeadLetterQueueUrl") == 0


def _is_zero(number: int) -> bool:
    return number == 0
