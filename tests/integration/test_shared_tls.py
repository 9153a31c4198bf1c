"""One TLS context for all connections: parsed once, and trusting no one more for it."""

import os
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from copy import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, SSLError
from urllib3.util import ssl_

from freshet import wiring
from freshet.adapters import authorities
from freshet.adapters.aws_connections import AwsConnections, may_share_tls
from freshet.adapters.transport import Endpoint, Timeouts, Transport
from freshet.domain.call_errors import AnswerLost
from tests.authority import Authority, serving_tls
from tests.replacing import InPlaceOf
from tests.simulators.common.server import LOOPBACK
from tests.simulators.common.wire import Reply, Request, json_reply

ENDPOINT = Endpoint(
    provider="snaptrade",
    operation="refresh",
    method="POST",
    path="/",
    timeouts=Timeouts(connect=60.0, read=60.0),
    is_billable=True,
)
_QUICK = Config(connect_timeout=0.5, read_timeout=0.5, retries={"total_max_attempts": 1})


class CountingContext(ssl.SSLContext):
    """Counts how often a file of authorities is parsed."""

    parsed = 0

    def load_verify_locations(self, *arguments: Any, **options: Any) -> None:
        self.parsed += 1
        super().load_verify_locations(*arguments, **options)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.new(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def context(authority: Authority) -> Iterator[CountingContext]:
    """What is made in place of every context, and knows the throw-away authority as well."""
    made = CountingContext(ssl.PROTOCOL_TLS_CLIENT)
    ssl.SSLContext.load_verify_locations(made, cadata=authority.root.decode())
    with InPlaceOf(ssl_.create_urllib3_context).holding(lambda **_: made):
        authorities.public_authorities.cache_clear()
        yield made
    authorities.public_authorities.cache_clear()


@pytest.fixture
def on_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in [*os.environ]:
        if not may_share_tls({name: "set"}):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "freshet")
    wiring.client.cache_clear()
    yield monkeypatch
    wiring.client.cache_clear()


def _aws(asked: Request) -> Reply:
    is_table = "DynamoDB" in asked.headers["x-amz-target"]
    answers: dict[str, list[str]] = {"TableNames": []} if is_table else {}
    return json_reply(answers)


def _request(url: str) -> requests.Request:
    return requests.Request("POST", url + "/")


def test_bundle_is_parsed_once_for_all_calls_to_providers(
    authority: Authority, context: CountingContext
) -> None:
    with serving_tls(authority.certificate_for(LOOPBACK), lambda _: Reply(200, b"1")) as url:
        for transport in (Transport(), Transport()):
            for endpoint in (ENDPOINT, ENDPOINT, replace(ENDPOINT, is_billable=False)):
                assert transport.send(endpoint, _request(url)).body == b"1"
    assert context.parsed == 1


def test_bundle_is_parsed_once_for_all_clients_of_aws_and_for_the_providers(
    authority: Authority, context: CountingContext, on_lambda: pytest.MonkeyPatch
) -> None:
    def answer(asked: Request) -> Reply:
        return _aws(asked) if "x-amz-target" in asked.headers else Reply(200, b"1")

    with serving_tls(authority.certificate_for(LOOPBACK), answer) as url:
        on_lambda.setenv("AWS_ENDPOINT_URL", url)
        Transport().send(ENDPOINT, _request(url))
        tables, queues = wiring.client("dynamodb"), wiring.client("sqs")
        with ThreadPoolExecutor(4) as threads:
            asked = [threads.submit(tables.list_tables) for _ in range(4)]
            assert [each.result()["TableNames"] for each in asked] == [[]] * 4
        assert queues.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert context.parsed == 1


@pytest.mark.parametrize("host", [LOOPBACK, "other.example"])
def test_provider_is_refused_when_the_authorities_vouch_for_another_or_for_none(
    authority: Authority, host: str
) -> None:
    trusting = ssl.create_default_context(cadata=authority.root.decode())
    tls = None if host == LOOPBACK else trusting
    with (
        serving_tls(authority.certificate_for(host), lambda _: Reply(200, b"1")) as url,
        pytest.raises(AnswerLost),
    ):
        Transport(tls=tls).send(ENDPOINT, _request(url))


@pytest.mark.parametrize("knows_authority", [False, True])
def test_aws_is_refused_when_the_authorities_vouch_for_another_or_for_none(
    authority: Authority, on_lambda: pytest.MonkeyPatch, *, knows_authority: bool
) -> None:
    tls = authorities.public_authorities()
    host = LOOPBACK
    if knows_authority:
        tls = ssl.create_default_context(cadata=authority.root.decode())
        host = "other.example"
    with serving_tls(authority.certificate_for(host), _aws) as url, pytest.raises(SSLError):
        _sharing(tls, url).list_tables()


def test_bundle_of_the_deployment_is_heeded_when_it_names_one_for_aws(
    authority: Authority, on_lambda: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(authority.root)
    on_lambda.setenv("AWS_CA_BUNDLE", str(bundle))
    with serving_tls(authority.certificate_for(LOOPBACK), _aws) as url:
        on_lambda.setenv("AWS_ENDPOINT_URL", url)
        assert wiring.client("dynamodb").list_tables()["TableNames"] == []


@contextmanager
def _dropping(authority: Authority) -> Iterator[str]:
    dropped = Reply(200, b"", is_dropped=True)
    with serving_tls(authority.certificate_for(LOOPBACK), lambda _: dropped) as url:
        yield url


@contextmanager
def _hesitating(authority: Authority) -> Iterator[str]:
    late = Reply(200, b"{}", delay_seconds=60)
    with serving_tls(authority.certificate_for(LOOPBACK), lambda _: late) as url:
        yield url


@contextmanager
def _silent(_: Authority) -> Iterator[str]:
    with socket.create_server((LOOPBACK, 0)) as listening:
        yield f"https://{LOOPBACK}:{listening.getsockname()[1]}"


@contextmanager
def _absent(_: Authority) -> Iterator[str]:
    with socket.create_server((LOOPBACK, 0)) as listening:
        port = listening.getsockname()[1]
    yield f"https://{LOOPBACK}:{port}"


@contextmanager
def _of_another(authority: Authority) -> Iterator[str]:
    with serving_tls(authority.certificate_for("other.example"), _aws) as url:
        yield url


@pytest.mark.parametrize("trouble", [_dropping, _hesitating, _silent, _absent, _of_another])
def test_trouble_has_botocores_own_name(
    authority: Authority, trouble: Callable[[Authority], Any], tmp_path: Path
) -> None:
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(authority.root)
    with trouble(authority) as url:
        sharing = _sharing(ssl.create_default_context(cafile=str(bundle)), url)
        alone = _client(url, verify=str(bundle))
        ours, theirs = _failure(sharing), _failure(alone)
    assert type(ours) is type(theirs)


def _client(url: str, **options: Any) -> Any:
    session = boto3.session.Session(
        aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1"
    )
    return session.client("dynamodb", endpoint_url=url, config=_QUICK, **options)


def _sharing(tls: ssl.SSLContext, url: str) -> Any:
    made = _client(url)
    made.meta.events.register("before-send", AwsConnections(tls, made.meta.config).send)
    return made


def _failure(client: Any) -> BotoCoreError:
    with pytest.raises(BotoCoreError) as failed:
        client.list_tables()
    return failed.value
