"""One at a time for each user: a row of the user's own, taken over once its holder must be dead."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table
from freshet.domain.errors import ConcurrentChange, LeaseUnavailable
from freshet.domain.instants import to_text
from freshet.ports import Clock

LEASE = timedelta(seconds=30)  # longer than the api function's timeout: its holder is dead by then
_TRIES = 20
_PAUSE = timedelta(milliseconds=100)
_FORGOTTEN_AFTER = timedelta(days=1)


class DynamoUserLease:
    """The port UserLease."""

    def __init__(
        self,
        table: Table,
        *,
        clock: Clock,
        wait: Callable[[timedelta], None],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Bind to ConnectionsTable."""
        self._table = table
        self._clock = clock
        self._wait = wait
        self._random_bytes = random_bytes

    @contextmanager
    def held(self, user_id: str) -> Iterator[None]:
        """Hold the lease for a block, after a short wait for it; raises LeaseUnavailable."""
        holder = self._random_bytes(16).hex()
        self._take(user_id, holder)
        try:
            yield
        finally:
            # Another has it by now if we were too slow: that one's is not ours to give back.
            with suppress(ConcurrentChange):
                self._table.update(
                    keys.user_lease(user_id),
                    "REMOVE lease_holder, lease_until",
                    {":holder": holder},
                    condition="lease_holder = :holder",
                )

    def _take(self, user_id: str, holder: str) -> None:
        for _ in range(_TRIES):
            now = self._clock()
            with suppress(ConcurrentChange):
                self._table.update(
                    keys.user_lease(user_id),
                    "SET lease_holder = :holder, lease_until = :until, expires_at = :forgotten",
                    {
                        ":holder": holder,
                        ":until": to_text(now + LEASE),
                        ":now": to_text(now),
                        ":forgotten": int((now + _FORGOTTEN_AFTER).timestamp()),
                    },
                    condition="attribute_not_exists(lease_holder) OR lease_until <= :now",
                )
                return
            self._wait(_PAUSE)
        raise LeaseUnavailable("the user's lease is held")
