"""Adapters against moto or the simulator, and the same contract for their in-memory twins."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.builders import a_connection
from tests.clients import DynamoDB
from tests.integration.stores import Stores, dynamo_stores, fake_stores
from tests.tables import create_tables


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(aws: None) -> DynamoDB:
    client = boto3.client("dynamodb")
    create_tables(client)
    return client


@pytest.fixture(params=["fake", "dynamo"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        return fake_stores()
    return dynamo_stores(request.getfixturevalue("dynamodb"))


@pytest.fixture
def money(stores: Stores) -> Stores:
    stores.connections.add(a_connection(), provider_user_id=None)
    return stores
