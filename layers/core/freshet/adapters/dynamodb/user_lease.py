"""The lease on a user's credentials: one row of ConnectionsTable for each user who is written."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from botocore.exceptions import BotoCoreError, ClientError

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.errors import SecretUnavailable, UserBusy
from freshet.domain.instants import to_text
from freshet.observability import logger
from freshet.ports import Clock

LEASE = timedelta(seconds=60)
"""Longer than the longest write of a vault: two calls of AWS, three tries of seven seconds each."""

# Together five seconds: a writer is usually done in a tenth of one, and behind the API a user
# waits for the answer.
PAUSES = tuple(timedelta(milliseconds=each) for each in (50, 100, 200, 400, 800, 1400, 2000))
_ROW_KEPT = timedelta(days=1)
_HOLDER_BYTES = 16


class DynamoUserLease:
    """The port UserLease: a conditional put with an expiry, taken over when it has expired."""

    def __init__(
        self,
        table: Table,
        *,
        clock: Clock,
        wait: Callable[[timedelta], None],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Bind to ConnectionsTable; share one with everything that works under the same lease."""
        self._table = table
        self._clock = clock
        self._wait = wait
        self._random_bytes = random_bytes
        self._mine = threading.local()

    @contextmanager
    def hold(self, user_id: str) -> Iterator[None]:
        """Be the only one inside the block; raises UserBusy, SecretUnavailable on entering."""
        # By thread: the records of a batch are worked at the same time.
        held: dict[str, str] = self._mine.__dict__
        if user_id in held:
            self._take(user_id, held[user_id])
            yield
            return
        holder = self._random_bytes(_HOLDER_BYTES).hex()
        self._take(user_id, holder)
        held[user_id] = holder
        try:
            yield
        finally:
            del held[user_id]
            self._release(user_id, holder)

    def _take(self, user_id: str, holder: str) -> None:
        for pause in PAUSES:
            with suppress(ConditionFailed):
                return self._put(user_id, holder)
            self._wait(pause)
        try:
            return self._put(user_id, holder)
        except ConditionFailed as error:
            raise UserBusy("another writer holds the user's lease") from error

    def _put(self, user_id: str, holder: str) -> None:
        now = self._clock()
        row = {
            **keys.user_lease(user_id),
            "held_by": holder,
            "held_until": to_text(now + LEASE),
            "expires_at": int((now + _ROW_KEPT).timestamp()),
        }
        try:
            self._table.put(
                row,
                condition="attribute_not_exists(held_by) OR held_by = :me OR held_until <= :now",
                values={":me": holder, ":now": to_text(now)},
            )
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("the user's lease could not be had") from error

    def _release(self, user_id: str, holder: str) -> None:
        try:
            self._table.update(
                keys.user_lease(user_id),
                "REMOVE held_by, held_until",
                {":me": holder},
                condition="held_by = :me",
            )
        except (ConditionFailed, ClientError, BotoCoreError) as error:
            # What was to be done is done, and the lease ends by itself.
            logger.warning("User's lease not released", reason=type(error).__name__)
