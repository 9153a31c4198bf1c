"""What a cold start of the receiver pays for: no more than its deliveries need."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.environment import MADE_HERE
from tests.function_variables import FUNCTION_VARIABLES
from tests.patience import standstill_seconds
from tests.simulators.common.server import LoopbackServer
from tests.simulators.common.wire import Reply, Request, json_reply
from tests.vectors import hmac_signing, token_signing
from tests.vectors.receiver import gateway_event

ROOT = Path(__file__).resolve().parents[2]
NEVER = ("pydantic", "pydantic_core", "fastapi", "boto3", "freshet.adapters.dynamodb")
ONLY_FOR_PLAID = ("cryptography", "freshet.adapters.transport", "jwt", "requests")
_LOADED_BY_PYTHON = ("encodings", "stringprep", "unicodedata", "importlib")
_KEYS = {"client_id": "ACME", "consumer_key": hmac_signing.KEY, "secret": "invented"}


def _outside(request: Request) -> Reply:
    """Answer as Secrets Manager, SQS and Plaid's key service, as far as the receiver asks them."""
    answers: dict[str, dict[str, Any]] = {
        "secretsmanager.GetSecretValue": {"SecretString": json.dumps(_KEYS), "CreatedDate": 0},
        "AmazonSQS.SendMessage": {"MessageId": "message-1"},
        "AmazonSSM.GetParameter": {"Parameter": {"Value": "{}"}},
        "AmazonSSM.PutParameter": {"Version": 2},
        "/webhook_verification_key/get": {"key": token_signing.jwk(), "request_id": "r"},
    }
    return json_reply(answers[request.headers.get("x-amz-target", request.path)])


@contextmanager
def _serving() -> Iterator[str]:
    server = LoopbackServer(port=0, answer=_outside)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _received(events: Sequence[Mapping[str, Any]], providers: str) -> list[dict[str, Any]]:
    """Deliver to a fresh process; gives a report before the first event and after each."""
    with _serving() as url:
        variables = {
            **MADE_HERE,
            **FUNCTION_VARIABLES,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers" / "core")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_LAMBDA_FUNCTION_NAME": "receive_webhook",
            "AWS_ENDPOINT_URL": url,
            "POWERTOOLS_SERVICE_NAME": "test",
            "POWERTOOLS_METRICS_NAMESPACE": "Freshet",
            "PROVIDERS": providers,
            "WEBHOOK_QUEUE_URL": f"{url}/123456789012/webhooks",
            "SNAPTRADE_SECRET_ARN": "providers/snaptrade",
            "PLAID_SECRET_ARN": "providers/plaid",
            "PLAID_BASE_URL": url,
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.functional.receiving"],
            input=json.dumps(events),
            env=variables,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=standstill_seconds(),
            check=False,
        )
    assert done.returncode == 0, done.stderr
    reports: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return reports


def _from_snaptrade() -> dict[str, Any]:
    event = hmac_signing.an_event(eventTimestamp=datetime.now(UTC).isoformat())
    return gateway_event(hmac_signing.delivery("now", document=event))


def _from_plaid() -> dict[str, Any]:
    token = token_signing.token(token_signing.claims(iat=int(time.time())))
    return gateway_event(token_signing.delivery("now", given=token))


def _loaded(report: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    return [name for name in names if name in report["modules"]]


def test_neither_plaids_half_nor_a_table_is_loaded_when_only_snaptrade_is_configured() -> None:
    cold, warm = _received([_from_snaptrade()], "snaptrade")
    assert warm["status"] == 200
    for report in (cold, warm):
        assert _loaded(report, (*NEVER, *ONLY_FOR_PLAID)) == []
    assert warm["clients"] == ["SQS", "SecretsManager"]


def test_start_loads_what_the_first_deliveries_need_when_both_are_configured() -> None:
    cold, *warm = _received([_from_snaptrade(), _from_plaid()], "snaptrade,plaid")
    assert [each["status"] for each in warm] == [200, 200]
    assert _loaded(cold, (*NEVER, *ONLY_FOR_PLAID)) == list(ONLY_FOR_PLAID)
    for report in warm:
        # Python itself loads its codec for host names with the first of them.
        late = set(report["modules"]) - set(cold["modules"])
        assert sorted(name for name in late if not name.startswith(_LOADED_BY_PYTHON)) == []
        assert report["clients"] == cold["clients"] == ["SQS", "SSM", "SecretsManager"]
