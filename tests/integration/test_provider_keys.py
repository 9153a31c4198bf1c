"""Our own keys: remembered for a while, read again after a rotation, the old ones for a day."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.provider_keys import PREVIOUS_ACCEPTED_FOR, SecretKeys
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.domain.errors import SecretUnavailable
from tests.replacing import InPlaceOf


class Bench:
    """A secret, the keys read from it, and a clock in seconds."""

    def __init__(self, consumer_key: str) -> None:
        self.client = boto3.client("secretsmanager")
        text = json.dumps({"client_id": "c", "consumer_key": consumer_key})
        self.arn = self.client.create_secret(Name="keys", SecretString=text)["ARN"]
        self.seconds = 1000.0
        self.keys = SecretKeys(
            self.client,
            self.arn,
            parse=SnapTradeKeys.from_document,
            monotonic=lambda: self.seconds,
        )

    def rotate(self, text: str) -> None:
        """Make another version the current one."""
        self.client.put_secret_value(SecretId=self.arn, SecretString=text)

    def current(self) -> str:
        """Give the key that signs."""
        return self.keys.current().consumer_key.reveal()

    def accepted(self, *, after: timedelta = timedelta(0)) -> list[str]:
        """Give the keys accepted some time from now."""
        now = datetime.now(UTC) + after
        return [each.consumer_key.reveal() for each in self.keys.accepted(now=now)]


@pytest.fixture
def bench(aws: None) -> Bench:
    return Bench("first")


def _text(consumer_key: str) -> str:
    return json.dumps({"client_id": "c", "consumer_key": consumer_key})


@pytest.mark.parametrize(("seconds", "expected"), [(300.0, "first"), (300.1, "second")])
def test_keys_are_read_again_when_they_were_held_for_five_minutes(
    bench: Bench, seconds: float, expected: str
) -> None:
    assert bench.current() == "first"
    bench.rotate(_text("second"))
    bench.seconds += seconds
    assert bench.current() == expected


def test_both_keys_are_accepted_when_one_was_rotated_within_a_day(bench: Bench) -> None:
    assert bench.accepted() == ["first"]
    bench.rotate(_text("second"))
    bench.seconds += 301
    assert bench.accepted() == ["second", "first"]


def test_the_old_key_is_refused_when_the_rotation_is_a_day_old(bench: Bench) -> None:
    bench.rotate(_text("second"))
    assert bench.accepted(after=PREVIOUS_ACCEPTED_FOR + timedelta(minutes=1)) == ["second"]


@pytest.mark.parametrize("placeholder", ["{}", "not json", '{"client_id": "c"}'])
def test_the_version_before_is_no_key_when_it_was_a_placeholder(
    bench: Bench, placeholder: str
) -> None:
    bench.rotate(placeholder)
    bench.rotate(_text("second"))
    assert bench.accepted() == ["second"]


def test_what_is_remembered_is_forgotten_at_most_once_a_minute(bench: Bench) -> None:
    assert bench.current() == "first"
    bench.rotate(_text("second"))
    bench.seconds += 59
    assert not bench.keys.read_again()
    assert bench.current() == "first"
    bench.seconds += 1
    assert bench.keys.read_again()
    assert bench.current() == "second"
    assert not bench.keys.read_again()


@pytest.mark.parametrize("parse", [SnapTradeKeys.from_document, PlaidKeys.from_document])
@pytest.mark.parametrize(
    "text",
    ["not json: invented-key", "[]", '"invented-key"', "{}", '{"client_id": "c"}', "null"],
)
def test_keys_are_unavailable_without_showing_when_their_secret_is_malformed(
    aws: None, text: str, parse: Any
) -> None:
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="keys", SecretString=text)["ARN"]
    keys = SecretKeys(client, arn, parse=parse, monotonic=lambda: 0.0)
    with pytest.raises(SecretUnavailable) as failed:
        keys.current()
    assert "invented" not in repr(failed.value)
    assert failed.value.__context__ is None


def test_keys_are_unavailable_when_there_is_no_such_secret(aws: None) -> None:
    client = boto3.client("secretsmanager")
    parse = SnapTradeKeys.from_document
    with pytest.raises(SecretUnavailable):
        SecretKeys(client, "nowhere", parse=parse, monotonic=lambda: 0.0).current()


def test_remembered_keys_stay_when_a_forgery_makes_us_look_during_an_outage(
    bench: Bench,
) -> None:
    assert bench.current() == "first"
    bench.rotate(_text("second"))
    reading = InPlaceOf(bench.client.get_secret_value)
    reading.put(_unreachable)
    for seconds in (61.0, 400.0):
        bench.seconds += seconds
        assert not bench.keys.read_again()
        assert bench.current() == "first"
    reading.put_back()
    bench.seconds += 61.0
    assert bench.keys.read_again()
    assert bench.current() == "second"


def _unreachable(**_: object) -> NoReturn:
    raise EndpointConnectionError(endpoint_url="https://secrets.example")
