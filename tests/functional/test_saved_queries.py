"""The saved queries of Logs Insights ask for keys that our lines carry, and find what they say."""

import re

import pytest

from tests.functional.world import World
from tests.log_lines import written_log
from tests.template.reading import Template

ITS_OWN = {"@timestamp", "@message", "what"}
WORDS = {"fields", "filter", "sort", "limit", "like", "and", "or", "as", "asc", "coalesce"}


@pytest.fixture(scope="module")
def queries() -> dict[str, str]:
    found = Template.read().of_type("AWS::Logs::QueryDefinition")
    return {name: each["QueryString"] for name, each in found.items()}


def _keys_of(query: str) -> set[str]:
    code = re.sub(r'^#.*$|"[^"]*"|\b\d+\b', "", query, flags=re.MULTILINE)
    return set(re.findall(r"@?\b[a-z_]+", code)) - WORDS - ITS_OWN


def test_queries_ask_for_keys_of_our_lines(world: World, queries: dict[str, str]) -> None:
    with written_log() as log:
        _have_a_day(world)
    written = {name for line in log.lines for name in line}
    for name, query in queries.items():
        if name != "RequestsQuery":  # of the gateway's own lines
            assert _keys_of(query) - written == set(), name


def test_lines_about_a_connection_have_the_characters_of_its_id(world: World) -> None:
    with written_log() as log:
        connection_id = _have_a_day(world)
    marker = connection_id.removeprefix("con_")
    found = [line["message"] for line in log.lines if marker in str(line)]
    assert set(found) >= {
        "Connection read",
        "Refresh called",
        "Refresh finished",
        "Webhook processed",
    }


def test_webhook_is_found_by_its_id_and_its_read_by_its_connections(world: World) -> None:
    with written_log() as log:
        connection_id = _have_a_day(world)
    [processed] = [line for line in log.lines if line["message"] == "Webhook processed"]
    assert processed["event_id"]
    assert processed["connection_id"] == connection_id
    reads = [line for line in log.lines if line.get("read_reason") == "webhook"]
    assert {line["connection_id"] for line in reads} == {connection_id}
    assert any(line["message"] == "Webhook refused" for line in log.lines)


def _have_a_day(world: World) -> str:
    """Link, read, buy and hear a webhook; another connection's purchase is refused."""
    connection_id, original = world.link(portfolio=["everyday"])
    other_id, _ = world.link(portfolio=["everyday"], user_id="somebody-else")
    world.work()
    world.call("POST", f"/v1/connections/{connection_id}/refresh")
    world.work()
    world.simulator.control.send_webhook(original.connection_id, "CONNECTION_UPDATED")
    assert world.deliver(world.webhooks("CONNECTION_UPDATED", 1)[0]) == 200
    assert world.deliver_raw(b"{}", {"Signature": "AAAA"}) == 401
    world.work()
    world.simulator.control.add_fault("refresh", "status", status=402, code="1000")
    world.call("POST", f"/v1/connections/{other_id}/refresh", user_id="somebody-else")
    return connection_id
