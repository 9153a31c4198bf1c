"""One deployed Freshet for all end-to-end tests, its functions held to their own permissions."""

from collections.abc import Iterator

import pytest

from tests.e2e.evidence import evidence_of, secrets_of
from tests.e2e.frontend import REDIRECT
from tests.leaks import leaks
from tests.sandbox.deployed import Deployed, deployed
from tests.sandbox.snaptrade import Knobs

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
    "LinkRedirectUris": REDIRECT,
    "ImportBucket": IMPORTS,
    "SnapTradeRequestsPerMinute": str(_REQUESTS_PER_MINUTE),
    "WebhookDebounceSeconds": "1",
}


@pytest.fixture(scope="session")
def running() -> Iterator[Deployed]:
    with deployed(progress=print, enforce_iam=True, knobs=_KNOBS, parameters=_PARAMETERS) as built:
        yield built
        assert leaks(evidence_of(built), secrets_of(built)) == []
