"""Stories told from the rows that real work has left."""

import json

from tests.functional.world import USER, World


def test_connection_refresh_and_webhook_have_their_stories(world: World) -> None:
    connection_id, connection = world.link()
    world.work()
    refresh = world.call("POST", f"/v1/connections/{connection_id}/refresh").body
    world.simulator.control.disable(connection.connection_id)
    delivery = world.listener.next("CONNECTION_BROKEN")
    assert world.deliver(delivery) == 200
    world.work()
    explain = {"operation": "explain", "user_id": USER}
    told = world.operate(explain | {"id": connection_id})["text"]
    assert connection.connection_id in told
    assert f"purchase {refresh['id']} for {USER}" in told
    assert "0.05 USD" in told
    bought = world.operate(explain | {"id": refresh["id"]})["text"]
    assert "The provider answered with HTTP 200." in bought
    event = {"operation": "explain", "provider": "snaptrade"}
    heard = world.operate(event | {"id": json.loads(delivery.body)["webhookId"]})["text"]
    assert f"It belongs to connection {connection_id}." in heard
    for secret in world.simulator.world.given_out:
        assert secret not in told + bought + heard
