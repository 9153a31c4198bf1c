"""One deployed Freshet for all end-to-end tests, its functions held to their own permissions."""

from collections.abc import Iterator

import pytest

from tests.sandbox.deployed import Deployed, deployed
from tests.sandbox.snaptrade import Knobs

_KNOBS = Knobs(refresh_delay_seconds=1, refresh_syncs_transactions=False)


@pytest.fixture(scope="session")
def running() -> Iterator[Deployed]:
    with deployed(progress=print, enforce_iam=True, knobs=_KNOBS) as built:
        yield built
