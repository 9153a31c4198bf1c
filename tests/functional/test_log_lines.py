"""What a function leaves in its log: one line for each read, with what an operator needs of it."""

from tests.functional.world import World
from tests.log_lines import written_log


def test_read_writes_one_line_when_everything_is_well(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday", "empty"])
    with written_log() as log:
        world.work()
    [line] = log.lines
    assert line["seconds"] >= 0
    assert {name: line[name] for name in line.keys() - {"timestamp", "cold_start", "seconds"}} == {
        "level": "INFO",
        "message": "Connection read",
        "service": "test",
        "function_request_id": "request-1",
        "connection_id": connection_id,
        "read_reason": "first_load",
        "provider": "snaptrade",
        "scope": "everything",
        "calls": 8,
        "accounts_stored": 2,
        "is_webhook_missed": False,
    }


def test_read_names_each_failed_call_in_its_one_line(world: World) -> None:
    world.link(portfolio=["everyday", "everyday"])
    world.simulator.control.add_fault("positions", "status", status=500, times=2)
    with written_log() as log:
        world.work()
    line = log.lines[0]
    assert line["message"] == "Connection read"
    assert [each["operation"] for each in line["troubles"]] == ["positions", "positions"]
    for trouble in line["troubles"]:
        assert trouble["http_status"] == 500
        assert trouble["reason"] == "provider_failed"
        assert trouble["request_id"]
    assert len({each["request_id"] for each in line["troubles"]}) == 2
