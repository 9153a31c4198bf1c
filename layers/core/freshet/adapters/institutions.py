"""An institution that a caller names and the provider does not know."""

from collections.abc import Iterator
from contextlib import contextmanager

from freshet.domain.call_errors import ProviderRejectedUs
from freshet.domain.errors import InvalidField


@contextmanager
def known_institution(named: str | None, *, refused_as: str) -> Iterator[None]:
    """Raise InvalidField where the provider refuses the institution, and not our keys."""
    try:
        yield
    except ProviderRejectedUs as refusal:
        if named is None or refusal.answer.code != refused_as:
            raise
        raise InvalidField("institution", "is not known to the provider") from refusal
