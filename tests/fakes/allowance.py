"""The reads that the schedule has made for each user."""

from datetime import UTC, date, datetime


class FakeReadAllowance:
    """The port ReadAllowance in memory."""

    def __init__(self) -> None:
        self.taken: dict[tuple[str, date], int] = {}

    def take(self, user_id: str, *, most: int, now: datetime) -> bool:
        day = (user_id, now.astimezone(UTC).date())
        if self.taken.get(day, 0) >= most:
            return False
        self.taken[day] = self.taken.get(day, 0) + 1
        return True
