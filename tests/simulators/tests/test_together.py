"""Both simulators as one process: what it tells, that it serves, and how it refuses to start."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.patience import standstill_seconds
from tests.simulators.common.state import utc_now
from tests.simulators.plaid import PlaidControlClient
from tests.simulators.plaid.client import PlainClient
from tests.simulators.snaptrade import ControlClient
from tests.simulators.snaptrade.signed_client import SignedClient

COMMAND = [sys.executable, "-m", "tests.simulators"]
ROOT = Path(__file__).resolve().parents[3]


def environment(**variables: str) -> dict[str, str]:
    return os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | variables


@contextmanager
def served(**variables: str) -> Iterator[dict[str, Any]]:
    with subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment(**variables), stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
            process.send_signal(signal.SIGTERM)
            assert process.wait(standstill_seconds()) == 0
            assert process.stdout.read() == b""
        finally:
            process.kill()


def refused(**variables: str) -> tuple[int, str]:
    ended = subprocess.run(
        COMMAND,
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        timeout=standstill_seconds(),
        check=False,
    )
    assert ended.stdout == b""
    return ended.returncode, ended.stderr.decode()


def test_process_tells_everything_in_one_line_and_stops_when_told() -> None:
    with served(PLAID_SEEDED_ITEMS="1000", SNAPTRADE_SEEDED_CONNECTIONS="1000") as told:
        assert_snaptrade_serves(told["snaptrade"])
        assert_plaid_serves(told["plaid"])


def test_readmes_example_works_when_the_sample_is_there() -> None:
    words = (ROOT / "tests" / "simulators" / "README.md").read_text()
    with served() as told:
        for example in (told["plaid"]["client_id"], told["plaid"]["secret"]):
            assert f'"{example}"' in words
        assert told["plaid"]["items"][0]["access_token"] in words


def assert_snaptrade_serves(told: dict[str, Any]) -> None:
    client = SignedClient(
        told["base_url"],
        client_id=told["client_id"],
        consumer_key=told["consumer_key"],
        clock=utc_now,
    )
    known = {user["user_id"]: user["user_secret"] for user in told["users"]}
    seeded = told["seeded"][-1]
    users = [("demo-user-1", known["demo-user-1"]), (seeded["user_id"], seeded["user_secret"])]
    for user_id, user_secret in users:
        query = {"userId": user_id, "userSecret": user_secret}
        assert client.call("GET", "/api/v1/accounts", query).document()
    assert all(each["account_ids"] for each in told["connections"])
    assert ControlClient(told["control_url"]).state()["seeded_connections"] == 1000


def assert_plaid_serves(told: dict[str, Any]) -> None:
    client = PlainClient(told["base_url"], client_id=told["client_id"], secret=told["secret"])
    for item in [*told["items"], told["seeded"][-1]]:
        answer = client.call("/item/get", access_token=item["access_token"])
        assert answer.document()["item"]["item_id"] == item["item_id"]
    assert all(item["accounts"] for item in told["items"])
    assert (told["declared"], told["existing"]) == (1000, len(told["items"]))
    assert PlaidControlClient(told["control_url"]).state()["untouched"] == 999


def test_each_simulator_listens_where_it_is_told() -> None:
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        ports = [free.getsockname()[1] for free in (first, second)]
    variables = {"SNAPTRADE_PORT": str(ports[0]), "PLAID_PORT": str(ports[1])}
    none = {"SNAPTRADE_POPULATION": "none", "PLAID_POPULATION": "none"}
    with served(**variables, **none) as told:
        urls = [told[provider]["base_url"] for provider in ("snaptrade", "plaid")]
        assert [int(url.rpartition(":")[2].split("/")[0]) for url in urls] == ports
        assert (told["snaptrade"]["users"], told["plaid"]["items"]) == ([], [])


@pytest.mark.parametrize("name", ["SNAPTRADE_PORT", "PLAID_PORT"])
def test_process_ends_with_the_name_of_the_variable_when_a_port_is_taken(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert refused(**{name: port}) == (1, f"{name}: port {port} is taken\n")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLAID_PORT", "http"),
        ("SNAPTRADE_PORT", "70000"),
        ("PLAID_SEEDED_ITEMS", "-1"),
        ("SNAPTRADE_SEEDED_CONNECTIONS", "many"),
        ("PLAID_POPULATION", "everybody"),
        ("PLAID_ENVIRONMENT", "development"),
        ("PLAID_KNOBS", "{"),
        ("PLAID_KNOBS", '{"volume": 11}'),
        ("PLAID_KNOBS", '{"trial_slots": []}'),
        ("PLAID_KNOBS", '{"trial_slots": 4}'),
        ("SNAPTRADE_KNOBS", "[]"),
        ("PLAID_SECRET", " "),
    ],
)
def test_process_ends_with_the_name_of_the_variable_when_it_holds_nonsense(
    name: str, value: str
) -> None:
    code, text = refused(**{name: value})
    assert code == 1
    assert text.startswith(f"{name} must be ")
    assert text.count("\n") == 1
