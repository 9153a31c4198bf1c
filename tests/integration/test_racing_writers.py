"""Two writers race on one account: no torn version, no twin, and `latest` is right."""

from decimal import Decimal
from random import Random

import pytest

from freshet.domain.holdings import Line
from freshet.domain.positions import Position
from freshet.domain.spans import ALWAYS
from tests.builders import USER
from tests.clients import DynamoDB
from tests.integration.one_at_a_time import one_at_a_time
from tests.integration.racing import ACCOUNT, READINGS, a_numbered_reading, demand_untorn, race
from tests.integration.stores import dynamo_stores


@pytest.mark.parametrize("seed", range(3))
def test_newest_wins_and_every_version_is_whole_when_writers_race(
    dynamodb: DynamoDB, seed: int
) -> None:
    stores = dynamo_stores(one_at_a_time(dynamodb))
    readings = [a_numbered_reading(number) for number in range(READINGS)]
    Random(seed).shuffle(readings)  # noqa: S311 no secret
    race(stores.snapshots, readings)
    demand_untorn(stores.snapshots, stores.history, readings)


def test_changes_lead_from_one_version_to_the_next_after_a_race(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(one_at_a_time(dynamodb))
    race(stores.snapshots, [a_numbered_reading(number) for number in range(READINGS)])
    changes, _ = stores.history.changes(USER, ACCOUNT, ALWAYS, limit=100, after=None)
    versions, _ = stores.history.versions(USER, ACCOUNT, ALWAYS, limit=100, after=None)
    units = [_units(each.change.after) for each in reversed(changes)]
    assert [each.version for each in changes] == [each.version for each in versions][:-1]
    befores = [_units(each.change.before) for each in reversed(changes)]
    assert befores[1:] == units[:-1]


def _units(line: Line | None) -> Decimal | None:
    assert isinstance(line, Position)
    return line.units
