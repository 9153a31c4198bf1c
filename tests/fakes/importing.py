"""What providers and S3 say to an import, in memory."""

from collections.abc import Mapping, Sequence

from freshet.domain.credential import Credential
from freshet.domain.errors import NotFound
from freshet.ports import FoundConnection


class FakeDiscovery:
    """The port Discovery: connections by the secret that opens them."""

    def __init__(self) -> None:
        self.by_secret: dict[str, list[FoundConnection] | Exception] = {}

    def connections(self, credential: Credential) -> Sequence[FoundConnection]:
        found = self.by_secret.get(credential.secret.reveal(), [])
        if isinstance(found, Exception):
            raise found
        return found


class FakeObjects:
    """The port TextObjects, which gives two lines at a time."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str], list[str]] = {}

    def lines(self, place: Mapping[str, str], *, start: int) -> Sequence[str]:
        try:
            found = self.texts[place["bucket"], place["key"]]
        except KeyError as error:
            raise NotFound(place["key"]) from error
        return found[start : start + 2]
