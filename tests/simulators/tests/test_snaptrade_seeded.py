"""The large population of the SnapTrade simulator: there by its seed, made when touched."""

import gc
import http.client
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.common.seeded_ids import SeededIds, SeededKey
from tests.simulators.snaptrade import ControlRefused, SimulatorSettings, SnapTradeSimulator
from tests.simulators.snaptrade.models import Account, Connection
from tests.simulators.snaptrade.signed_client import SignedClient
from tests.simulators.snaptrade.stage import FAST
from tests.simulators.snaptrade.standalone import settings_from_environment

SIZE = 100_000


def simulator_of(size: int, seed: int = 1) -> SnapTradeSimulator:
    settings = SimulatorSettings(seed=seed, knobs=FAST, seeded_connections=size)
    return SnapTradeSimulator(settings)


@pytest.fixture
def simulator() -> Iterator[SnapTradeSimulator]:
    with simulator_of(SIZE) as running:
        yield running


def read(simulator: SnapTradeSimulator, method: str, path: str, index: int) -> Any:
    settings = simulator.settings
    client = SignedClient(
        simulator.url,
        client_id=settings.client_id,
        consumer_key=settings.consumer_key,
        clock=settings.clock,
    )
    who = simulator.control.seeded(index)
    answer = client.call(method, path, {"userId": who.user_id, "userSecret": who.user_secret})
    assert answer.status == http.client.OK, answer.text
    return answer.document()


@pytest.mark.parametrize("kind", [1, 2, 255])
@pytest.mark.parametrize("index", [0, 1, 99_999, 2**40 - 1])
@pytest.mark.parametrize("ordinal", [0, 65_535])
def test_id_leads_back_to_its_key(kind: int, index: int, ordinal: int) -> None:
    ids, key = SeededIds(7), SeededKey(kind, index, ordinal)
    assert ids.decode(ids.encode(key)) == key
    assert SeededIds(8).decode(ids.encode(key)) is None
    assert ids.decode(ids.encode(key).upper()) is None


def test_ids_differ_when_their_keys_do() -> None:
    ids = SeededIds(1)
    keys = [SeededKey(kind, index) for kind in (1, 2) for index in range(5_000)]
    assert len({ids.encode(key) for key in keys}) == len(keys)


def test_only_what_was_touched_exists_when_the_population_is_large() -> None:
    gc.collect()
    tracemalloc.start()
    try:
        with simulator_of(SIZE) as simulator:
            for index in (0, 5, SIZE - 1):
                (connection,) = read(simulator, "GET", "/authorizations", index)
                assert connection["id"] == simulator.control.seeded(index).connection_id
            state = simulator.control.state()
            gc.collect()
            alive = [item for item in gc.get_objects() if isinstance(item, Connection | Account)]
            world = simulator.world
            current_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Worlds of other tests may linger; a hundredth of this population would show.
    assert len(alive) < SIZE / 100
    assert (len(world.users), len(world.connections)) == (3, 3)
    assert (len(state["users"]), len(state["connections"])) == (3, 3)
    assert state["seeded_connections"] == SIZE
    assert current_bytes < 10_000_000


def test_account_is_made_when_only_its_id_is_used(simulator: SnapTradeSimulator) -> None:
    who = simulator.control.seeded(70_000)
    assert simulator.world.accounts == {}
    path = f"/accounts/{who.account_ids[0]}/positions/all"
    assert read(simulator, "GET", path, 70_000)["results"]
    assert set(simulator.world.accounts) == set(who.account_ids)


def test_strangers_are_refused_when_they_guess(simulator: SnapTradeSimulator) -> None:
    one, other = simulator.control.seeded(1), simulator.control.seeded(2)
    path = f"/authorizations/{other.connection_id}"
    with pytest.raises(AssertionError, match="1011"):
        read(simulator, "GET", path, 1)
    assert one.user_secret != other.user_secret
    for index in (-1, SIZE):
        with pytest.raises(ControlRefused):
            simulator.control.seeded(index)


def test_population_is_the_same_when_the_seed_is() -> None:
    answers = []
    for seed in (3, 3, 4):
        with simulator_of(50, seed) as simulator:
            who = simulator.control.seeded(41)
            path = f"/accounts/{who.account_ids[0]}/positions/all"
            answers.append((who, read(simulator, "GET", path, 41)["results"]))
    assert answers[0] == answers[1]
    assert answers[0][0].connection_id != answers[2][0].connection_id


def test_deleted_connection_does_not_come_back(simulator: SnapTradeSimulator) -> None:
    who = simulator.control.seeded(9)
    read(simulator, "DELETE", f"/connection/{who.connection_id}", 9)
    log = simulator.webhooks
    assert log.wait_until(
        lambda: any(d.subject["event_type"] == "CONNECTION_DELETED" for d in log.deliveries())
    )
    assert read(simulator, "GET", "/authorizations", 9) == []


def test_refresh_is_told_when_the_connection_was_untouched(simulator: SnapTradeSimulator) -> None:
    who = simulator.control.seeded(12)
    read(simulator, "POST", f"/authorizations/{who.connection_id}/refresh", 12)
    assert simulator.control.bill().count == 1
    log = simulator.webhooks
    assert log.wait_until(
        lambda: {d.subject["account_id"] for d in log.deliveries()} >= set(who.account_ids)
    )


def test_all_users_are_listed_when_few_were_touched(simulator: SnapTradeSimulator) -> None:
    simulator.control.add_user("somebody")
    listed = read(simulator, "GET", "/snapTrade/listUsers", 3)
    assert len(listed) == len(set(listed)) == SIZE + 1
    with pytest.raises(ControlRefused, match="already exists"):
        simulator.control.add_user("seeded-user-77")


def test_population_is_as_large_as_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNAPTRADE_SEEDED_CONNECTIONS", "12")
    assert settings_from_environment().seeded_connections == 12
