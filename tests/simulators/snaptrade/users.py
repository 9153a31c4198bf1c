"""How users come, change their secret and go."""

from tests.simulators.common.timers import Timers
from tests.simulators.snaptrade.events import user_event
from tests.simulators.snaptrade.models import User
from tests.simulators.snaptrade.population import Population
from tests.simulators.snaptrade.refusals import NotFound, UserExists
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import World


class Users:
    """Registers and removes, and announces each change by webhook."""

    def __init__(
        self, *, world: World, timers: Timers, webhooks: WebhookSender, population: Population
    ) -> None:
        self._world = world
        self._timers = timers
        self._webhooks = webhooks
        self._population = population

    def register(self, user_id: str) -> User:
        """Create a user; its secret is never shown again by the provider."""
        world = self._world
        with world.changing():
            if world.find_user(user_id) is not None:
                raise UserExists
            user = world.users[user_id] = User(user_id, _new_secret(world))
            self._webhooks.send(user_event(world, "USER_REGISTERED", user_id=user_id))
        return user

    def reset_secret(self, user_id: str, user_secret: str) -> User:
        """Give the user another secret; the old one is refused from now on."""
        world = self._world
        with world.changing():
            user = world.user(user_id, user_secret)
            user.secret = _new_secret(world)
        return user

    def delete(self, user_id: str) -> None:
        """Queue a user for deletion."""
        if self._world.find_user(user_id) is None:
            raise NotFound
        delay_seconds = self._world.knobs.deletion_delay_seconds
        self._timers.after(delay_seconds, lambda: self._remove(user_id))

    def _remove(self, user_id: str) -> None:
        world = self._world
        with world.changing():
            for connection in world.connections_of(user_id):
                self._population.forget(connection)
            if world.users.pop(user_id, None) is not None:
                self._webhooks.send(user_event(world, "USER_DELETED", user_id=user_id))


def _new_secret(world: World) -> str:
    return world.giving_out(world.ids.new_id())
