"""How often users have asked, in memory."""

from collections import Counter
from datetime import datetime

from freshet.domain.errors import TooManyRequests
from freshet.domain.user_rate_limits import LIMITS, UserRateLimit


class FakeUserRequests:
    """The port UserRequests in memory."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, UserRateLimit, datetime]] = Counter()

    def take(self, user_id: str, limit: UserRateLimit, *, now: datetime) -> None:
        rate = LIMITS[limit]
        stretch = user_id, limit, rate.begin_of(now)
        if self.taken[stretch] >= rate.most:
            raise TooManyRequests(rate.begin_of(now) + rate.stretch)
        self.taken[stretch] += 1
