"""Messages come back as they went, and carry ids only."""

import json

import pytest

from freshet.domain.commands import ReadCommand, ReadReason, RemovalCommand
from freshet.domain.provider import Provider
from freshet.domain.refresh import Trigger
from freshet.messages import (
    parse_delivery,
    parse_read_command,
    parse_refresh_command,
    render_delivery,
    render_read_command,
    render_refresh_command,
)
from tests.builders import CONNECTION_ID, a_delivery, a_refresh_command


@pytest.mark.parametrize("reason", ReadReason)
def test_read_command_comes_back_when_it_travelled(reason: ReadReason) -> None:
    command = ReadCommand(user_id="üser-1", connection_id=CONNECTION_ID, reason=reason)
    assert parse_read_command(render_read_command(command)) == command


@pytest.mark.parametrize("trigger", Trigger)
def test_refresh_command_comes_back_when_it_travelled(trigger: Trigger) -> None:
    command = a_refresh_command(trigger=trigger)
    assert parse_refresh_command(render_refresh_command(command)) == command


def test_removal_command_comes_back_when_it_travelled() -> None:
    command = RemovalCommand(user_id="üser-1", erasure_id="era_1")
    assert parse_refresh_command(render_refresh_command(command)) == command
    assert json.loads(render_refresh_command(command)).keys() == {"user_id", "erasure_id"}


@pytest.mark.parametrize("text", ["", '{"a": 1}', "".join(map(chr, range(256))), "\U0001f4c8"])
def test_webhooks_text_is_untouched_when_it_travelled(text: str) -> None:
    delivery = a_delivery(provider=Provider.PLAID, headers={"plaid-verification": "t"}, text=text)
    assert parse_delivery(render_delivery(delivery)) == delivery


def test_commands_hold_ids_and_reasons_only_when_rendered() -> None:
    command = ReadCommand(user_id="u", connection_id="c", reason=ReadReason.DUE)
    assert json.loads(render_read_command(command)).keys() == {"user_id", "connection_id", "reason"}
    assert json.loads(render_refresh_command(a_refresh_command())).keys() == {
        *("user_id", "connection_id", "refresh_id", "trigger", "actor"),
    }
