"""What a cold start meets: AWS by moto and the providers by their simulators, all behind TLS."""

import base64
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import certifi
import pytest
import requests

from tests.authority import Authority, serving_tls
from tests.function_variables import FUNCTION_VARIABLES
from tests.functional.world import World, a_world, sample_event
from tests.simulators.common.server import LOOPBACK
from tests.simulators.common.wire import Reply, Request
from tests.simulators.snaptrade.listener import Received

_KEPT = {
    *FUNCTION_VARIABLES,
    *("PATH", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"),
    *("POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"),
}
_USERS = ("user-1", "user-2")


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment in which nothing was invoked yet; `variables` let a process reach it."""

    world: World
    variables: Mapping[str, str]

    def events(self, function: str) -> list[dict[str, Any]]:
        """Give two events of one kind for a function, neither of them a repetition."""
        makers: dict[str, Callable[[World], list[dict[str, Any]]]] = {
            "receive_webhook": lambda world: [_gateway_event(each) for each in _webhooks(world)],
            "process_webhook": _queued_webhooks,
            "plan_refreshes": lambda _: [sample_event("plan_refreshes_turn")] * 2,
            "refresh_connection": _refresh_commands,
            "take_snapshots": _read_commands,
            "api": _requests,
            "sdk_handler": lambda world: [_user_event(world, each) for each in _USERS],
        }
        # What the functions write on the way is of no interest here.
        with redirect_stdout(StringIO()):
            return makers[function](self.world)


def _queued_webhooks(world: World) -> list[dict[str, Any]]:
    for each in _webhooks(world):
        assert world.deliver(each) == 200
    return [_record(text) for text in world.messages("webhook")]


def _read_commands(world: World) -> list[dict[str, Any]]:
    for each in _USERS:
        world.link(user_id=each)
    return [_record(text) for text in world.messages("snapshot")]


def _requests(world: World) -> list[dict[str, Any]]:
    world.link()
    world.work()
    return [sample_event("api_list_connections")] * 2


def _user_event(world: World, name: str) -> dict[str, Any]:
    user = world.simulator.control.add_user(name)
    world.simulator.control.add_connection(user.user_id, announce=False)
    return {"user_id": user.user_id, "user_secret": user.user_secret}


def _webhooks(world: World) -> list[Received]:
    linked = [(each, world.link(user_id=each)[0]) for each in _USERS]
    world.work()
    for user, connection_id in linked:
        asked = world.call("POST", f"/v1/connections/{connection_id}/refresh", user_id=user)
        assert asked.status == 202, asked
    return world.webhooks("ACCOUNT_HOLDINGS_UPDATED", len(linked))


def _refresh_commands(world: World) -> list[dict[str, Any]]:
    for each in _USERS:
        world.link(user_id=each, refresh_every="PT24H")
    world.work()
    assert world.plan() == len(_USERS)
    return [_record(text) for text in world.messages("refresh")]


def _gateway_event(received: Received) -> dict[str, Any]:
    return sample_event("receive_webhook_snaptrade") | {
        "headers": {"signature": received.signature},
        "body": base64.b64encode(received.body).decode(),
        "isBase64Encoded": True,
    }


def _record(body: str) -> dict[str, Any]:
    (record,) = sample_event("take_snapshots_command")["Records"]
    return {"Records": [record | {"body": body}]}


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    """Set everything up, anew for each process that is measured; the folder takes its trust.

    A process trusts the servers that has the folder's packages before all others.
    """
    authority = Authority.new(folder)
    certificate = authority.certificate_for(LOOPBACK)
    with (
        pytest.MonkeyPatch.context() as patch,
        a_world(patch) as world,
        serving_tls(certificate, _aws) as aws,
        serving_tls(certificate, lambda asked: _passed_on(asked, world.simulator.url)) as snaptrade,
        serving_tls(certificate, lambda asked: _passed_on(asked, world.plaid.url)) as plaid,
    ):
        _trust(folder, authority)
        # The functions' own variables are set; of the shell's, nothing but the path is passed on.
        kept = {name: each for name, each in os.environ.items() if name in _KEPT}
        of_lambda = {"AWS_LAMBDA_FUNCTION_NAME": "bench", "AWS_ENDPOINT_URL": aws}
        of_providers = {"SNAPTRADE_BASE_URL": snaptrade, "PLAID_BASE_URL": plaid}
        yield Stage(world, kept | of_lambda | of_providers | {"PYTHONHASHSEED": "0"})


def _trust(folder: Path, authority: Authority) -> None:
    """Put a package of roots there: the public ones, and the authority of this stage."""
    original = Path(certifi.__file__).parent
    shutil.copytree(original, folder / "certifi")
    bundle = folder / "certifi" / "cacert.pem"
    bundle.write_bytes(bundle.read_bytes() + authority.root)


def _aws(asked: Request) -> Reply:
    # Moto answers what the library `requests` sends to AWS's own addresses.
    service = asked.headers["authorization"].split("/")[3]
    return _passed_on(asked, f"https://{service}.us-east-1.amazonaws.com")


def _passed_on(asked: Request, address: str) -> Reply:
    url = f"{address}{asked.path}" + (f"?{asked.query}" if asked.query else "")
    own = {"host", "content-length", "connection", "accept-encoding"}
    headers = {name: value for name, value in asked.headers.items() if name not in own}
    answer = requests.request(
        asked.method, url, data=asked.body or None, headers=headers, timeout=30
    )
    return Reply(answer.status_code, answer.content)
