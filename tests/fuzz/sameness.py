"""Is a changed delivery still the content that was signed, only written otherwise?"""

import json
from typing import Any

from tests.vectors.vector import Vector


def is_same_content(changed: Vector, original: Vector) -> bool:
    """Tell whether the signature of the original vouches for what the changed one says."""
    if changed.now != original.now:
        return False  # the mutations only ever move it out of bounds
    return _IS_SAME[original.provider](changed, original)


def _is_same_at_snaptrade(changed: Vector, original: Vector) -> bool:
    # Blanks and the order of keys are not signed: the parsed document is compared.
    return _header(changed, "signature") == _header(original, "signature") and (
        changed.body == original.body or _is_same_document(changed.body, original.body)
    )


def _is_same_at_plaid(changed: Vector, original: Vector) -> bool:
    # The body is signed byte for byte, and so is the token up to its last dot. A signature has
    # spellings: padding, and a twin of its second number.
    tokens = [_header(each, "plaid-verification") for each in (changed, original)]
    signed = {token.rpartition(".")[0] for token in tokens}
    return changed.body == original.body and len(signed) == 1


_IS_SAME = {"snaptrade": _is_same_at_snaptrade, "plaid": _is_same_at_plaid}


def _header(vector: Vector, name: str) -> str:
    return {key.lower(): value for key, value in vector.headers.items()}.get(name, "")


def _is_same_document(one: bytes, other: bytes) -> bool:
    try:
        return _is_equal(json.loads(one), json.loads(other))
    except (ValueError, RecursionError):
        return False


def _is_equal(one: Any, other: Any) -> bool:
    """Compare strictly: 1, 1.0 and true differ, and so do 0.0 and -0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_is_equal(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_is_equal, one, other))
    return repr(one) == repr(other)
