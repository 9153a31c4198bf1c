"""An import: one result for each line, bad lines named, good ones kept, again without harm."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from freshet.domain.call_errors import ProviderDown
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.provider import Provider
from freshet.operations.importing import Importer
from freshet.ports import FoundConnection
from freshet.registry import TRAITS, credential_form_of
from freshet.services.import_connections import ImportDependencies
from freshet.services.register_connection import RegisterConnectionDependencies
from tests.builders import NOON, USER
from tests.fakes import FakeDiscovery, FakeObjects
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage

SECRET = "invented-secret"
LINE: dict[str, Any] = {
    "provider": "snaptrade",
    "user_id": "user-7",
    "credential": {"user_id": "snaptrade-user-7", "user_secret": SECRET},
}
ITEM: dict[str, Any] = {
    "provider": "plaid",
    "user_id": "user-7",
    "credential": {"access_token": "invented-token"},
}


def _found(name: str, credential: Credential) -> FoundConnection:
    return FoundConnection(provider_connection_id=name, credential=credential, is_disabled=False)


class Import:
    """A stage on which two connections at SnapTrade and an Item wait to be taken in."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.snaptrade = FakeDiscovery()
        self.plaid = FakeDiscovery()
        self.is_plaid_configured = True
        user = Credential("snaptrade-user-7", Secret(SECRET))
        item = Credential("item-7", Secret("invented-token"))
        self.snaptrade.by_secret[SECRET] = [_found("a-1", user), _found("a-2", user)]
        self.plaid.by_secret["invented-token"] = [_found("item-7", item)]
        self.objects = FakeObjects()
        self._bytes = iter(range(1, 100))

    def run(self, *lines: Any, **event: Any) -> dict[str, Any]:
        stage = self.stage
        registering = RegisterConnectionDependencies(
            owners=stage.connections,
            inbox=stage.inbox,
            connections=stage.connections,
            vault=stage.vault,
            reads=stage.reads,
            traits=TRAITS,
            random_bytes=lambda length: bytes([next(self._bytes)]) * length,
            clock=stage.clock,
        )
        discoveries = {Provider.SNAPTRADE: self.snaptrade}
        if self.is_plaid_configured:
            discoveries[Provider.PLAID] = self.plaid
        importer = Importer(
            deps=ImportDependencies(registering=registering, discoveries=discoveries),
            credential_forms=credential_form_of,
            objects=self.objects,
            clock=stage.clock,
        )
        given = {"lines": list(lines)} if lines else {}
        return importer.run({"operation": "import_connections", **given, **event})

    def known(self, user_id: str = "user-7") -> list[str]:
        return [
            each.link.provider_connection_id for each in self.stage.connections.of_user(user_id)
        ]


def test_everything_that_a_credential_opens_is_registered_and_read() -> None:
    world = Import()
    answer = world.run(LINE, ITEM)
    assert answer["next_line"] is None
    assert [(each["line"], each["status"]) for each in answer["results"]] == [
        (0, "imported"),
        (1, "imported"),
    ]
    assert sorted(world.known()) == ["a-1", "a-2", "item-7"]
    assert len(world.stage.reads.commands) == 3
    connections = world.stage.connections.of_user("user-7")
    for each in connections:
        credential = world.stage.vault.find("user-7", each.link.credential_name)
        assert credential.secret.reveal() in (SECRET, "invented-token")


def test_nothing_doubles_when_a_line_comes_again() -> None:
    world = Import()
    first = world.run(LINE)
    assert world.run(LINE)["results"] == first["results"]
    assert len(world.known()) == 2


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("no json", "line: is no JSON"),
        ("[1]", "provider: is not a known provider"),
        ("[" * 100_000, "line: is no JSON"),
        ('{"provider":' * 100_000, "line: is no JSON"),
        ("1" * 5_000, "line: is no JSON"),
        ("\ud83d", "line: is no JSON"),
        (LINE | {"provider": ["snaptrade"]}, "provider: is not a known provider"),
        (LINE | {"provider": {}}, "provider: is not a known provider"),
        (LINE | {"user_id": "user-\ud83d"}, "user_id: "),
        (LINE | {"user_id": "x" * 100_000}, "user_id: "),
        (LINE | {"credential": {"user_id": "\ud83d", "user_secret": SECRET}}, "credential.user_id"),
        (LINE | {"credential": []}, "credential: "),
        (LINE | {"read_every": "P99999999999999999999D"}, "read_every: "),
        (LINE | {"read_every": 1e308}, "read_every: "),
        (LINE | {"provider": "other"}, "provider: is not a known provider"),
        (LINE | {"user_id": ""}, "user_id: "),
        (LINE | {"more": 1}, "more: "),
        (LINE | {"credential": {"access_token": SECRET}}, "credential.user_id: "),
        (LINE | {"read_every": "PT1M"}, "read_every: "),
    ],
)
def test_bad_line_is_named_and_the_good_ones_kept(line: Any, detail: str) -> None:
    world = Import()
    answer = world.run(line, LINE)
    bad, good = answer["results"]
    assert bad["error"]["code"] == "invalid_field"
    assert bad["error"]["detail"].startswith(detail)
    assert good["status"] == "imported"
    assert SECRET not in json.dumps(answer)


def test_refused_line_says_what_the_provider_said() -> None:
    world = Import()
    world.snaptrade.by_secret["refused"] = ProviderDown(NOON + timedelta(minutes=5))
    refused = LINE | {"credential": {"user_id": "x", "user_secret": "refused"}}
    bad, good = world.run(refused, ITEM)["results"]
    assert bad["error"]["code"] == "provider_refused"
    assert good["status"] == "imported"


def test_connection_of_another_user_stays_with_that_user() -> None:
    world = Import()
    world.run(LINE)
    (result,) = world.run(LINE | {"user_id": "user-8"})["results"]
    assert result["error"]["code"] == "already_owned"
    assert world.known("user-8") == []


def test_time_ends_before_the_lines_do_and_the_next_is_named() -> None:
    world = Import()
    lines = [LINE, ITEM, LINE]
    usual = world.snaptrade.connections

    def slowly(credential: Credential) -> Sequence[FoundConnection]:
        world.stage.clock.now += timedelta(seconds=41)
        return usual(credential)

    InPlaceOf(usual).put(slowly)
    first = world.run(*lines)
    assert (len(first["results"]), first["next_line"]) == (1, 1)
    rest = world.run(*lines, start_line=first["next_line"])
    assert [each["line"] for each in rest["results"]] == [1, 2]


def test_object_is_worked_to_its_end_when_invoked_as_it_says() -> None:
    world = Import()
    texts = [json.dumps(LINE), "broken", json.dumps(ITEM)]
    world.objects.texts["bucket-1", "users.jsonl"] = texts
    results: list[dict[str, Any]] = []
    start: int | None = 0
    while start is not None:
        answer = world.run(bucket="bucket-1", key="users.jsonl", start_line=start)
        results += answer["results"]
        start = answer["next_line"]
    assert [each["status"] for each in results] == ["imported", "failed", "imported"]
    with pytest.raises(NotFound):
        world.run(bucket="bucket-1", key="missing")


def test_event_is_refused_by_name_when_it_says_nothing_to_import() -> None:
    with pytest.raises(InvalidField, match="lines"):
        Import().run()
    with pytest.raises(ValidationError):
        Import().run(LINE, start_line=-1)


def test_line_is_refused_when_its_provider_is_not_configured() -> None:
    world = Import()
    world.is_plaid_configured = False
    (result,) = world.run(ITEM)["results"]
    assert result["error"]["code"] == "provider_not_configured"
    assert USER not in json.dumps(result)
