"""A user who links an institution once more, and what all that the user sees comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.functional.linking import arrive, connections, open_session
from tests.functional.moving_time import MovingClock
from tests.functional.world import USER, World

HOLDER = "jo"
_TURNS = 6


@dataclass(slots=True)
class Relinking:
    """A world, the time that passes in it, and ways to link at either provider."""

    world: World
    clock: MovingClock

    def link(
        self,
        provider: str,
        *,
        user_id: str = USER,
        holder: str | None = HOLDER,
        portfolio: Sequence[str] = ("everyday",),
    ) -> str:
        """Link through the provider's own pages; gives our id of the connection, not yet read."""
        session = open_session(self.world, provider=provider, user_id=user_id)
        visit: dict[str, Any] = {"portfolio": list(portfolio), "holder": holder}
        if provider == "plaid":
            link = self.world.plaid.control.complete_link
            found = {"public_token": link(session["link_token"], **visit)}
        else:
            # Another login each time: the same one would lead to the same connection.
            visit["login"] = session["id"]
            made = self.world.simulator.control.use_portal(session["url"], **visit)
            found = {"provider_connection_id": made.connection_id}
        answer = arrive(self.world, user_id=user_id, provider=provider, **found)
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def settle(self, turns: int = _TURNS) -> None:
        """Let minutes pass, with the planner's turns in them."""
        self.world.work()
        for _ in range(turns):
            self.clock.advance(minutes=5)
            self.world.plan()
            self.world.work()

    def accounts(self, *, user_id: str = USER) -> dict[str, str]:
        """Say which connection each of a user's open accounts is of."""
        shown = self.portfolio(user_id=user_id)["accounts"]
        return {each["id"]: each["connection_id"] for each in shown if each["status"] == "open"}

    def portfolio(self, *, user_id: str = USER) -> dict[str, Any]:
        """Show what a user owns."""
        return dict(self.world.call("GET", "/v1/portfolio", user_id=user_id).body)

    def linked(self, *, user_id: str = USER) -> list[str]:
        """List a user's connections."""
        return [each["id"] for each in connections(self.world, user_id=user_id)]

    def upstream(self, provider: str) -> int:
        """Count the connections that the provider has, and bills."""
        if provider == "plaid":
            return len(self.world.plaid.control.state()["items"])
        return len(self.world.simulator.control.state()["connections"])

    def receipt(self, connection_id: str) -> dict[str, Any]:
        """Ask for the removal once more, which gives the receipt of the first."""
        path = f"/v1/connections/{connection_id}"
        return dict(self.world.call("DELETE", path, scope="freshet/link").body)

    def taken(self, queue: str, connection_id: str) -> str:
        """Take the command for a connection out of its queue for good."""
        url = self.world.queues[queue]
        answer = self.world.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        found = answer.get("Messages", [])
        for each in found:
            self.world.sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        (body, *_) = (each["Body"] for each in found if connection_id in each["Body"])
        return str(body)

    def break_login(self, provider: str) -> None:
        """Let the only connection at a provider need its user, who hears of it by webhook."""
        world = self.world
        if provider == "plaid":
            (item,) = world.plaid.control.state()["items"]
            world.plaid.control.break_login(item["item_id"])
            assert world.deliver_plaid(world.plaid_webhook("ITEM", "ERROR")) == 200
        else:
            (connection,) = world.simulator.control.state()["connections"]
            world.simulator.control.disable(connection["connection_id"])
            (broken,) = world.webhooks("CONNECTION_BROKEN", 1)
            assert world.deliver(broken) == 200
