"""Stored forms: today's code reads and writes the golden rows, and older forms can be read, too."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec import NODEFAULT
from msgspec.structs import fields

from freshet.adapters.dynamodb import refresh_items
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item
from freshet.domain.refresh import Refresh, Trigger
from tests.clients import DynamoDB
from tests.integration.golden_rows import FOLDER, GOLDEN, Golden, Row, legible
from tests.integration.golden_values import ACCOUNT, CONNECTION, EVENT, REFRESH
from tests.integration.stores import dynamo_stores

# Not stored: it says what one read found out.
_NOT_STORED = {"is_reloaded"}

each_kind = pytest.mark.parametrize("golden", GOLDEN, ids=lambda each: each.name)


def _put(client: DynamoDB, golden: Golden, **changes: Mapping[str, str]) -> Row:
    row = {**golden.kept(), **changes}
    client.put_item(TableName=golden.table, Item=row)
    return row


@each_kind
def test_golden_row_reads_back_to_its_value(dynamodb: DynamoDB, golden: Golden) -> None:
    _put(dynamodb, golden)
    assert golden.read(dynamo_stores(dynamodb)) == golden.value


@each_kind
def test_what_is_written_today_is_the_golden_row(dynamodb: DynamoDB, golden: Golden) -> None:
    assert legible(golden.written(dynamodb)) == legible(golden.kept()), (
        "A stored form has changed. If it should, give it a new format number once there is a "
        "release, and write the files anew: python -m tests.integration.golden_rows"
    )


@each_kind
def test_row_is_refused_with_its_kind_and_number_when_its_format_is_of_the_future(
    dynamodb: DynamoDB, golden: Golden
) -> None:
    _put(dynamodb, golden, format={"N": "99"})
    if golden.name == "change":  # one of a list that is shown: a gap
        assert golden.read(dynamo_stores(dynamodb)) == []
        return
    with pytest.raises(ValueError, match=r"unknown format 99: this code reads 1 to 1"):
        golden.read(dynamo_stores(dynamodb))


def test_there_is_a_golden_row_of_each_kind_and_no_other_file() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {each.path.name for each in GOLDEN}


@pytest.mark.parametrize(
    "value",
    [
        CONNECTION,
        CONNECTION.link,
        CONNECTION.slots.holdings,
        CONNECTION.slots.transactions,
        CONNECTION.purchases,
        CONNECTION.outbox,
        CONNECTION.migration,
        ACCOUNT,
        ACCOUNT.report,
        REFRESH,
        EVENT,
    ],
)
def test_golden_value_leaves_no_field_at_its_default(value: Any) -> None:
    left = {
        each.name
        for each in fields(value)
        if getattr(value, each.name) == _default_of(each) and each.name not in _NOT_STORED
    }
    assert left == set()


def _default_of(field: Any) -> object:
    return field.default_factory() if field.default_factory is not NODEFAULT else field.default


def test_older_row_is_read_with_defaults_and_written_in_the_newest_format(
    dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only this test knows the older format: it had no trigger, as every refresh was a user's."""

    def from_the_older(item: Item) -> Refresh:
        return refresh_from_format_2({**item, "trigger": Trigger.USER})

    refresh_from_format_2 = refresh_items._FORM.reader_of({"format": 1})
    form = StoredForm("a refresh", from_the_older, refresh_from_format_2)
    monkeypatch.setattr(refresh_items, "_FORM", form)
    [golden] = [each for each in GOLDEN if each.name == "refresh"]
    older = {name: value for name, value in golden.kept().items() if name != "trigger"}
    dynamodb.put_item(TableName="connections", Item=older)
    refreshes = dynamo_stores(dynamodb).refreshes
    found = refreshes.get(REFRESH.user_id, REFRESH.id)
    assert found == REFRESH
    refreshes.save(found)
    key = {name: older[name] for name in ("PK", "SK")}
    newer = dynamodb.get_item(TableName="connections", Key=key)["Item"]
    assert (newer["format"], newer["trigger"]) == ({"N": "2"}, {"S": "user"})
    assert refreshes.get(REFRESH.user_id, REFRESH.id).trigger is Trigger.USER


def test_form_takes_the_reader_of_the_rows_number() -> None:
    form = StoredForm("a thing", "first", "second")
    assert (form.newest, form.reader_of({"format": 1}), form.reader_of({"format": 2})) == (
        2,
        "first",
        "second",
    )
    for number in (0, 3):
        with pytest.raises(ValueError, match=f"a thing of unknown format {number}"):
            form.reader_of({"format": number})
