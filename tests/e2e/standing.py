"""The deployed Freshet that all tests of one process share, held to its own permissions."""

import json
from collections.abc import Iterator

from tests.conformity import demand_conformity
from tests.console import Console
from tests.e2e.evidence import evidence_of, secrets_of
from tests.e2e.frontend import ORIGIN
from tests.leaks import leaks
from tests.local_stack.api_client import ApiAnswer
from tests.local_stack.deployed import Deployed, deployed
from tests.local_stack.frontends import frontend_parameters
from tests.simulators.snaptrade import Knobs

IMPORTS = "freshet-imports"
# Nothing here is about the provider's limit, so nothing here has to wait for it.
_REQUESTS_PER_MINUTE = 6_000
_KNOBS = Knobs(
    refresh_delay_seconds=1,
    refresh_syncs_transactions=False,
    deletion_delay_seconds=1,
    customer_limit=_REQUESTS_PER_MINUTE,
)
_PARAMETERS = {
    "ImportBucket": IMPORTS,
    "SnapTradeRequestsPerMinute": str(_REQUESTS_PER_MINUTE),
    "WebhookDebounceSeconds": "1",
}


def demand_documented(request: str, answer: ApiAnswer) -> None:
    """Hold an answer to the OpenAPI document."""
    method, _, address = request.partition(" ")
    path, _, _ = address.partition("?")
    text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    demand_conformity(method, path, answer.status, answer.headers, text)


def standing_stack(console: Console) -> Iterator[Deployed]:
    """Deploy once for the end-to-end tests and the console's, and judge all that was answered."""
    parameters = _PARAMETERS | frontend_parameters([ORIGIN, *console.origins])
    with deployed(progress=print, enforce_iam=True, knobs=_KNOBS, parameters=parameters) as built:
        yield built
        for request, answer in built.answers:
            demand_documented(request, answer)
        assert leaks(evidence_of(built), secrets_of(built)) == []
