"""One delivery, the keys and the time it meets, and the verdict it deserves."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("webhooks.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    """A row of `webhooks.json`; `now` is in epoch seconds, header names are as they were sent."""

    name: str
    provider: str
    headers: Mapping[str, str]
    body: bytes
    keys: Mapping[str, Any]
    now: int
    verdict: str
    reason: str | None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Vector":
        """Read a row."""
        values = dict(document)
        return cls(body=b64decode(values.pop("body_base64"), validate=True), **values)

    def to_document(self) -> dict[str, Any]:
        """Write a row."""
        return {
            "name": self.name,
            "provider": self.provider,
            "headers": dict(self.headers),
            "body_base64": b64encode(self.body).decode(),
            "keys": dict(self.keys),
            "now": self.now,
            "verdict": self.verdict,
            "reason": self.reason,
        }


def load() -> list[Vector]:
    """Read the file."""
    return [Vector.from_document(document) for document in json.loads(PATH.read_text())]


def render(vectors: Sequence[Vector]) -> str:
    """Write what the file holds."""
    documents = [vector.to_document() for vector in vectors]
    return json.dumps(documents, indent=1) + "\n"
