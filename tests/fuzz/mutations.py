"""Ways to change a delivery: its bytes, its meaning, its signature, or the time it comes at."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from copy import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.vectors.vector import Vector

type Mutation = Callable[[Vector, Vector, Random], Vector]
"""Changes the first delivery; the second is another genuine one, to take parts from."""

# Two days from when any genuine delivery came, which is at most a day from when it was signed.
_OUT_OF_TIME = 2 * 24 * 3600 + 601
_ALPHABET = "ABCabcxyz019+/-_=., !\té☂\x00"
_LEAVES: Sequence[Any] = (None, True, False, 0, 1, -1, 1.0, 1e300, "", "x", [], {}, "2026-11-20")


def _flip_bit(body: bytes, random: Random) -> bytes:
    place = random.randrange(len(body) * 8)
    changed = bytearray(body)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def _insert(body: bytes, random: Random) -> bytes:
    place = random.randrange(len(body) + 1)
    return body[:place] + random.randbytes(random.randint(1, 4)) + body[place:]


def _delete(body: bytes, random: Random) -> bytes:
    place = random.randrange(len(body))
    return body[:place] + body[place + random.randint(1, 4) :]


def _truncate(body: bytes, random: Random) -> bytes:
    return body[: random.randrange(len(body))]


def _repeat(body: bytes, random: Random) -> bytes:
    start, end = sorted(random.sample(range(len(body) + 1), 2))
    return body[:end] + body[start:end] + body[end:]


def _of_bytes(change: Callable[[bytes, Random], bytes]) -> Mutation:
    def mutate(vector: Vector, other: Vector, random: Random) -> Vector:
        # An earlier change may have left nothing to change.
        return replace(vector, body=change(vector.body or b"{}", random))

    return mutate


def _of_document(change: Callable[[dict[str, Any], Random], None], **style: Any) -> Mutation:
    def mutate(vector: Vector, other: Vector, random: Random) -> Vector:
        try:
            document = json.loads(vector.body)
        except (ValueError, RecursionError):
            return vector
        if not isinstance(document, dict):
            return vector
        change(document, random)
        return replace(vector, body=json.dumps(document, **style).encode())

    return mutate


def _change_leaf(document: dict[str, Any], random: Random) -> None:
    if document:
        document[random.choice(list(document))] = random.choice(_LEAVES)


def _drop_field(document: dict[str, Any], random: Random) -> None:
    if document:
        del document[random.choice(list(document))]


def _add_field(document: dict[str, Any], random: Random) -> None:
    document[random.choice(["userId", "item_id", "more", ""])] = random.choice(_LEAVES)


def _move_time(document: dict[str, Any], random: Random) -> None:
    moved = datetime(2026, 11, 20, 15, tzinfo=UTC) + timedelta(seconds=random.randint(-900, 900))
    document["eventTimestamp"] = moved.isoformat()


def _shuffle(document: dict[str, Any], random: Random) -> None:
    items = list(document.items())
    random.shuffle(items)
    document.clear()
    document.update(items)


def _of_header(change: Callable[[str, str, Random], str]) -> Mutation:
    def mutate(vector: Vector, other: Vector, random: Random) -> Vector:
        headers = dict(vector.headers)
        name = next(iter(headers))
        theirs = next(iter(other.headers.values()))
        return replace(
            vector, headers=headers | {name: change(headers[name] or "x", theirs, random)}
        )

    return mutate


def _swap_characters(text: str, theirs: str, random: Random) -> str:
    one, two = (random.randrange(len(text)) for _ in range(2))
    characters = list(text)
    characters[one], characters[two] = characters[two], characters[one]
    return "".join(characters)


def _change_character(text: str, theirs: str, random: Random) -> str:
    place = random.randrange(len(text))
    return text[:place] + random.choice(_ALPHABET) + text[place + 1 :]


def _insert_character(text: str, theirs: str, random: Random) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(_ALPHABET) + text[place:]


def _cut(text: str, theirs: str, random: Random) -> str:
    return text[: random.randrange(len(text))]


def _cross(text: str, theirs: str, random: Random) -> str:
    separator = "." if text.count(".") == theirs.count(".") else ","
    parts = zip(text.split(separator), theirs.split(separator), strict=False)
    return separator.join(random.choice(pair) for pair in parts)


def _rewrite_part(text: str, theirs: str, random: Random) -> str:
    """Change what a token says of itself or of the body, and leave its signature as it was."""
    parts = text.split(".")
    place = random.randrange(len(parts))
    try:
        content = json.loads(urlsafe_b64decode(parts[place] + "=="))
    except (ValueError, RecursionError):
        return text + "."
    if not isinstance(content, dict):
        return text + "."
    changes = {"alg": "none", "iat": random.randint(1767142810, 1767229270), "kid": "x", "typ": ""}
    name = random.choice(list(changes))
    content[name] = changes[name]
    parts[place] = urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
    return ".".join(parts)


def _take_body(vector: Vector, other: Vector, random: Random) -> Vector:
    return replace(vector, body=other.body)


def _rename_header(vector: Vector, other: Vector, random: Random) -> Vector:
    ((name, value), *_) = vector.headers.items()
    return replace(vector, headers={random.choice([name.upper(), name.title(), "x"]): value})


def _move_arrival(vector: Vector, other: Vector, random: Random) -> Vector:
    move = random.choice((-1, 1)) * (_OUT_OF_TIME + random.randrange(10**6))
    # From the other's arrival: a second move may not undo the first.
    return replace(vector, now=other.now + move)


_BYTES = (_flip_bit, _insert, _delete, _truncate, _repeat)
_MEANINGS = (_change_leaf, _drop_field, _add_field, _move_time, _shuffle)
_SIGNATURES = (_swap_characters, _change_character, _insert_character, _cut, _cross, _rewrite_part)
MUTATIONS: Sequence[Mutation] = (
    *(_of_bytes(change) for change in _BYTES),
    *(_of_document(change) for change in _MEANINGS),
    *(_of_document(change, indent=2, sort_keys=True) for change in _MEANINGS),
    *(_of_header(change) for change in _SIGNATURES),
    _take_body,
    _rename_header,
    _move_arrival,
)


def mutated(vector: Vector, other: Vector, random: Random) -> Vector:
    """Change a delivery in one to three ways."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        vector = random.choice(MUTATIONS)(vector, other, random)
    return vector
