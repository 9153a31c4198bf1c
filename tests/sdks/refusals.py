"""One row for each refusal: how it comes about, and what it must be to an SDK and to us."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from freshet.domain.call_errors import ProviderError
from tests.sdks.rows import nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow[Desk]:
    """A request that is refused; `sdk` and `ours` take a desk and what `prepare` gave."""

    name: str
    status: int
    code: str | None
    kind: type[ProviderError]
    sdk: Callable[[Desk, Any], Any]
    ours: Callable[[Desk, Any], Any]
    prepare: Callable[[Desk], Any] = nothing
