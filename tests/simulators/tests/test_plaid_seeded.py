"""Many declared Items of the Plaid simulator, which exist once somebody touches them."""

from collections.abc import Iterator

import pytest

from tests.simulators.plaid import ControlRefused, Declared, PlaidSettings, PlaidSimulator
from tests.simulators.plaid.control_views import MAX_SHOWN
from tests.simulators.plaid.declared import DeclarationRefused
from tests.simulators.plaid.seeded_ids import SeededTexts, SeededUuids
from tests.simulators.plaid.stage import Stage, running_stage

MANY = 100_000
HOLDINGS, ITEM = "/investments/holdings/get", "/item/get"


@pytest.fixture
def stage() -> Iterator[Stage]:
    declared = Declared(
        items=MANY, portfolios=("starter", "trader"), institutions=("ins_acme", "ins_down")
    )
    with running_stage(declared=declared) as running:
        yield running


def test_declared_items_exist_only_once_they_are_touched(stage: Stage) -> None:
    indices = (0, 1, 41_337, MANY - 1)
    known = [stage.control.seeded(index) for index in indices]
    existing = stage.simulator.world.items
    assert set(existing) == {stage.item.item_id}
    for item in known:
        assert stage.read(ITEM, item)["item"]["item_id"] == item.item_id
    assert set(existing) == {stage.item.item_id, *(item.item_id for item in known)}
    state = stage.control.state()
    counted = (state["existing"], state["declared"], state["untouched"])
    assert counted == (5, MANY, MANY - 4)
    assert len(state["items"]) == 5


def test_declared_item_is_found_by_its_id_its_token_and_its_account(stage: Stage) -> None:
    by_id, by_token, by_account = (stage.control.seeded(index) for index in (10, 11, 12))
    assert stage.control.item(by_id.item_id)["access_token"] == by_id.access_token
    assert len(stage.holdings(by_token)) == 4
    stage.control.replace_holdings(by_account.account_ids[0], holdings=[])
    assert stage.holdings(by_account) == []
    for item in (by_id, by_token, by_account):
        accounts = stage.read("/accounts/get", item)["accounts"]
        assert [each["account_id"] for each in accounts] == item.account_ids


def test_declared_items_take_turns_in_portfolios_and_institutions(stage: Stage) -> None:
    even, odd = stage.control.seeded(500), stage.control.seeded(501)
    assert (len(even.account_ids), len(odd.account_ids)) == (2, 1)
    assert stage.refresh(even).status == 200
    assert stage.refresh(odd).outcome() == (400, "INSTITUTION_DOWN")


def test_declared_items_are_the_same_when_the_seed_is() -> None:
    seen = []
    for seed, order in ((7, (3, 4)), (7, (4, 3)), (8, (3, 4))):
        settings = PlaidSettings(seed=seed, declared=Declared(items=9))
        with PlaidSimulator(settings) as simulator:
            for index in order:
                simulator.control.item(simulator.control.seeded(index).item_id)
            seen.append([simulator.control.seeded(index) for index in range(9)])
    assert seen[0] == seen[1]
    assert not {item.access_token for item in seen[0]} & {item.access_token for item in seen[2]}


def test_declared_item_does_not_come_back_when_it_was_removed(stage: Stage) -> None:
    item = stage.control.seeded(5)
    assert stage.call("/item/remove", item).status == 200
    assert stage.call(ITEM, item).outcome() == (400, "ITEM_NOT_FOUND")
    for attempt in (
        lambda: stage.control.seeded(5),
        lambda: stage.control.item(item.item_id),
        lambda: stage.control.churn_account(item.account_ids[0]),
    ):
        with pytest.raises(ControlRefused):
            attempt()


def test_first_token_of_a_declared_item_is_dead_when_it_was_rotated(stage: Stage) -> None:
    item = stage.control.seeded(6)
    token = stage.read("/item/access_token/invalidate", item)["new_access_token"]
    assert stage.call(ITEM, item).outcome() == (400, "INVALID_ACCESS_TOKEN")
    assert stage.control.seeded(6).access_token == token
    assert stage.call(ITEM, access_token=token).status == 200


@pytest.mark.parametrize("index", [MANY, 10**30])
def test_item_beyond_the_declared_ones_is_not_there(stage: Stage, index: int) -> None:
    with pytest.raises(ControlRefused):
        stage.control.seeded(index)


def test_declared_items_are_owed_for_though_nobody_touched_them(stage: Stage) -> None:
    month = stage.control.owed("2026-11").lines["investments"]
    assert month[0] == MANY + 1
    stage.read(ITEM, stage.control.seeded(77))
    assert stage.control.owed("2026-11").lines["investments"] == month
    assert stage.control.owed("2026-10").total == 0


def test_listener_reaches_declared_items_touched_later(stage: Stage) -> None:
    item = stage.control.seeded(8)
    stage.refresh(item)
    told = stage.listener.next("HOLDINGS", "DEFAULT_UPDATE").document
    assert told["item_id"] == item.item_id


def test_state_stays_bounded_when_many_items_are_touched(stage: Stage) -> None:
    world = stage.simulator.world
    with world.changing():
        for index in range(MAX_SHOWN + 5):
            world.item(world.declared_ids.item_id(index))
    state = stage.control.state()
    assert (len(state["items"]), state["existing"]) == (MAX_SHOWN, MAX_SHOWN + 6)


def test_ids_lead_back_to_their_index_and_foreign_ones_nowhere() -> None:
    texts, uuids = SeededTexts(3, "item"), SeededUuids(3, "token")
    indices = [0, 1, 2, 99_999, 2**47]
    assert [texts.index(texts.text(index)) for index in indices] == indices
    assert [uuids.index(uuids.text(index)) for index in indices] == indices
    assert len({texts.text(index) for index in range(2000)}) == 2000
    other = SeededTexts(4, "item")
    foreign = [other.text(5), "", "x", "!" * 37, "Z" * 37, texts.text(5).swapcase()]
    assert [texts.index(text) for text in foreign] == [None] * 6
    assert uuids.index(SeededUuids(4, "token").text(5)) is None


@pytest.mark.parametrize(
    "nonsense",
    [{"items": -1}, {"portfolios": ()}, {"institutions": ()}, {"products": ()}],
)
def test_declaration_is_refused_when_it_makes_no_sense(nonsense: dict[str, object]) -> None:
    with pytest.raises(DeclarationRefused):
        Declared(**nonsense)  # type: ignore[arg-type]
