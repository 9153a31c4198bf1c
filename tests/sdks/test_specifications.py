"""Requests of our clients and answers of the simulators against the providers' OpenAPI documents.

The documents are looked for beside the repository; without them these tests are skipped.
"""

from typing import Any

import pytest

from tests.sdks.drift import DRIFTS, is_newer
from tests.sdks.playing import (
    OUR_ROWS,
    ROWS,
    each_of,
    played_by_sdk,
    played_by_us,
    provider_of,
)
from tests.sdks.rows import Row
from tests.sdks.specifications import FILES, VARIABLE, Finding, folder, specification_of

pytestmark = pytest.mark.skipif(
    not all((folder() / name).is_file() for name in FILES.values()),
    reason=f"the providers' OpenAPI documents ({', '.join(FILES.values())}) are not on this"
    f" machine; set {VARIABLE} to the folder that has them",
)


def _found(row: Row[Any], exchanges: list[Any]) -> set[Finding]:
    provider = provider_of(row)
    judged = [each for each in exchanges if not is_newer(provider, each.method, each.path)]
    judge = specification_of(provider)
    return {finding for exchange in judged for finding in judge.findings(exchange)}


@each_of(ROWS)
def test_exchange_is_as_specified_when_the_sdk_asks(row: Row[Any]) -> None:
    assert _unexplained(row, _found(row, played_by_sdk(row.name).exchanges)) == set()


@each_of(OUR_ROWS)
def test_exchange_is_as_specified_when_our_client_asks(row: Row[Any]) -> None:
    assert _unexplained(row, _found(row, played_by_us(row.name).exchanges)) == set()


def test_drift_is_still_there_when_it_is_tolerated() -> None:
    findings = {
        (provider_of(row), *finding)
        for row in ROWS
        for finding in _found(row, played_by_sdk(row.name).exchanges)
    }
    outlived = [
        drift
        for provider, drifts in DRIFTS.items()
        for drift in drifts
        if not any(of == provider and drift.covers(where, what) for of, where, what in findings)
    ]
    assert outlived == []


def _unexplained(row: Row[Any], found: set[Finding]) -> set[Finding]:
    drifts = DRIFTS[provider_of(row)]
    return {finding for finding in found if not any(drift.covers(*finding) for drift in drifts)}
