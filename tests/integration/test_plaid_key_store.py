"""Plaid's keys in one SSM parameter: whole, shared, and never a reason to fail."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError

from freshet.adapters.plaid.key_store import SsmKeyStore
from tests.integration.plaid_vector import OWN_KEY

NAME = "/freshet/stack/plaid-webhook-keys"
KEYS = {"a": {"key": OWN_KEY, "served_at": "2026-11-20T15:00:00Z"}}


@pytest.fixture
def ssm(aws: None) -> Any:
    client = boto3.client("ssm")
    client.put_parameter(Name=NAME, Value="{}", Type="String")
    return client


def _many(number: int) -> dict[str, Any]:
    return {
        f"{each:08x}-9d52-4b7a-8c11-5e2d90b7a4f6": {
            "key": OWN_KEY,
            "served_at": f"2026-11-{each + 1:02}T15:00:00Z",
        }
        for each in range(number)
    }


def test_keys_are_there_when_another_process_reads_them(ssm: Any) -> None:
    SsmKeyStore(ssm, NAME).save(KEYS)
    assert SsmKeyStore(ssm, NAME).load() == KEYS


def test_nobodys_key_is_lost_when_two_processes_save(ssm: Any) -> None:
    other = {"b": KEYS["a"]}
    first, second = SsmKeyStore(ssm, NAME), SsmKeyStore(ssm, NAME)
    assert first.load() == second.load() == {}
    first.save(KEYS)
    second.save(other)
    assert first.load() == KEYS | other


def test_newest_keys_are_kept_when_not_all_find_room(ssm: Any) -> None:
    store, keys = SsmKeyStore(ssm, NAME), _many(28)
    store.save(keys)
    kept = list(store.load())
    assert 5 < len(kept) < len(keys)
    assert sorted(kept) == list(keys)[-len(kept) :]
    assert len(ssm.get_parameter(Name=NAME)["Parameter"]["Value"]) <= 4096


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("none yet", {}),
        ("[]", {}),
        ("7", {}),
        ("[" * 4_000, {}),
        (json.dumps(KEYS | {"b": 7, "c": None, "d": []}), KEYS),
    ],
)
def test_what_cannot_be_read_is_passed_over_when_the_parameter_is_odd(
    ssm: Any, text: str, kept: dict[str, Any]
) -> None:
    ssm.put_parameter(Name=NAME, Value=text, Overwrite=True)
    store = SsmKeyStore(ssm, NAME)
    assert store.load() == kept
    store.save(KEYS)
    assert store.load() == KEYS


class Unreachable:
    """SSM in trouble."""

    def get_parameter(self, *, Name: str) -> Any:  # noqa: N803 - boto3's name
        raise ConnectTimeoutError(endpoint_url="https://ssm.example")

    def put_parameter(self, **_: object) -> Any:
        raise ConnectTimeoutError(endpoint_url="https://ssm.example")


def test_nobody_hears_of_it_when_the_parameter_cannot_be_reached(ssm: Any) -> None:
    for store in (SsmKeyStore(Unreachable(), NAME), SsmKeyStore(ssm, "/freshet/no-such")):
        assert store.load() == {}
    SsmKeyStore(Unreachable(), NAME).save(KEYS)
