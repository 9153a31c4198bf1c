"""How much of SnapTrade's rolling limits is left, as its headers tell."""

import re
from datetime import timedelta

from freshet.adapters.transport import Answer

CUSTOMER, ACCOUNT = "X-RateLimit", "X-RateLimit-Account"


def is_used_up(answer: Answer, layer: str) -> bool:
    """Tell whether a limit has nothing left; without its header it says nothing."""
    return answer.headers.get(f"{layer}-Remaining") == "0"


_FEW_HOURS = timedelta(seconds=9999)
"""A longer wait is not meant for a key, which all users share."""


def wait_of(answer: Answer, *, most: timedelta = _FEW_HOURS) -> timedelta | None:
    """Say how long to wait: until the first limit that is used up starts anew, or as told."""
    exhausted = [layer for layer in (CUSTOMER, ACCOUNT) if is_used_up(answer, layer)]
    names = [*(f"{layer}-Reset" for layer in exhausted), "Retry-After"]
    texts = [answer.headers.get(name, "") for name in names]
    seconds = next((int(text) for text in texts if re.fullmatch(r"[0-9]{1,9}", text)), None)
    return None if seconds is None else min(timedelta(seconds=seconds), most)
