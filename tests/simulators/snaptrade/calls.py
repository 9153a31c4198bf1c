"""One admitted request, and the reading of its parameters and its body."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.simulators.common.exact_json import Document, loads
from tests.simulators.snaptrade.refusals import InvalidInput


@dataclass(frozen=True, slots=True)
class Call:
    """An admitted request; `user_id` is empty where the operation has no user."""

    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    user_id: str
    request_id: str
    # The address at which the client found the provider.
    origin: str = ""
    raw_query: str = ""

    def document(self) -> Document:
        """Return the body as an object, empty when there is none; raises InvalidInput."""
        document: Any = self._parsed() if self.body else {}
        if not isinstance(document, dict):
            raise InvalidInput
        return document

    def text(self, name: str) -> str:
        """Return a text of the body that must be there; raises InvalidInput."""
        value = self.document().get(name)
        if not isinstance(value, str) or not value:
            raise InvalidInput
        return value

    def day(self, name: str, default: str) -> str:
        """Return a date of the query; raises InvalidInput."""
        try:
            return date.fromisoformat(self.query.get(name, default)).isoformat()
        except ValueError as error:
            raise InvalidInput from error

    def whole(self, name: str, default: int) -> int:
        """Return a whole number of the query; raises InvalidInput."""
        text = self.query.get(name, str(default))
        if not text.isdecimal():
            raise InvalidInput
        return int(text)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Return a word of the query, the first by default; raises InvalidInput."""
        word = self.query.get(name, choices[0])
        if word not in choices:
            raise InvalidInput
        return word

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a yes or no of the query; raises InvalidInput."""
        text = self.query.get(name, str(default)).lower()
        if text not in {"true", "false"}:
            raise InvalidInput
        return text == "true"

    def _parsed(self) -> Any:
        try:
            return loads(self.body)
        except ValueError as error:
            raise InvalidInput from error
