"""The opaque ids we give out: `con_…`, `acc_…`, `ref_…` and others, stable as the thing."""

import base64
import hashlib
import re
from collections.abc import Callable

MAX_USER_ID_CHARACTERS = 255
"""OpenID Connect allows no longer subject; four bytes each leave room in a key of DynamoDB's."""

_BODY_LENGTH = 24
CONNECTION_PATTERN = rf"^con_[a-z2-7]{{{_BODY_LENGTH}}}$"
ACCOUNT_PATTERN = rf"^acc_[a-z2-7]{{{_BODY_LENGTH}}}$"
INSTRUMENT_PATTERN = rf"^ins_[a-z2-7]{{{_BODY_LENGTH}}}$"
POSITION_PATTERN = rf"^pos_[a-z2-7]{{{_BODY_LENGTH}}}$"
LINK_SESSION_PATTERN = rf"^lnk_[a-z2-7]{{{_BODY_LENGTH}}}$"
ERASURE_PATTERN = rf"^era_[a-z2-7]{{{_BODY_LENGTH}}}$"
REFRESH_PATTERN = rf"^ref_[a-z2-7]{{{2 * _BODY_LENGTH}}}$"
_CONNECTION = re.compile(CONNECTION_PATTERN)
_ACCOUNT = re.compile(ACCOUNT_PATTERN)
_LINK_SESSION = re.compile(LINK_SESSION_PATTERN)
_ERASURE = re.compile(ERASURE_PATTERN)
_REFRESH = re.compile(REFRESH_PATTERN)

RandomBytes = Callable[[int], bytes]


def new_connection_id(random_bytes: RandomBytes) -> str:
    """Draw a connection id."""
    return "con_" + _text(random_bytes(15))


def new_link_session_id(random_bytes: RandomBytes) -> str:
    """Draw a link session's id."""
    return "lnk_" + _text(random_bytes(15))


def new_provider_user_id(random_bytes: RandomBytes) -> str:
    """Draw the id under which a provider registers a user: it says nothing of a person."""
    return "freshet-" + _text(random_bytes(20))


def new_state(random_bytes: RandomBytes) -> str:
    """Draw what only the tab that opened a link session knows."""
    return _text(random_bytes(20))


def alias_of(user_id: str) -> str:
    """Derive a name for a user that says nothing of a person, always the same one."""
    return _digest("user", user_id)


def account_id_for(connection_id: str, provider_account_id: str) -> str:
    """Derive an account's id, so that two readers who discover it at once agree on it."""
    return "acc_" + _digest("account", connection_id, provider_account_id)


def instrument_id_for(identity: tuple[str, str | None]) -> str:
    """Derive an instrument's id from what its provider tells it apart by."""
    return "ins_" + _digest("instrument", *(part or "" for part in identity))


def position_id_for(account_id: str, instrument_id: str, ordinal: int) -> str:
    """Derive a position's id; lines of one instrument in an account are told apart by a number."""
    return "pos_" + _digest("position", account_id, instrument_id, str(ordinal))


def new_refresh_id(connection_id: str, random_bytes: RandomBytes) -> str:
    """Draw a refresh id; it contains the connection's id, as refreshes are kept beside it."""
    return "ref_" + connection_id.removeprefix("con_") + _text(random_bytes(15))


def refresh_id_for(connection_id: str, *reason: str) -> str:
    """Derive a refresh id from what asked for it, so that asking twice is one refresh."""
    return "ref_" + connection_id.removeprefix("con_") + _digest("refresh", connection_id, *reason)


def erasure_id_for(connection_id: str) -> str:
    """Derive the id of a connection's erasure: asking for it again joins the first."""
    return "era_" + _digest("erasure", connection_id)


def new_erasure_id(random_bytes: RandomBytes) -> str:
    """Draw the id of a user's erasure; users may come back and leave again."""
    return "era_" + _text(random_bytes(15))


def connection_id_of(refresh_id: str) -> str | None:
    """Say which connection a refresh belongs to, or None for an id that we never gave out."""
    if not _REFRESH.fullmatch(refresh_id):
        return None
    return "con_" + refresh_id.removeprefix("ref_")[:_BODY_LENGTH]


def is_user_id(text: str) -> bool:
    """Tell whether a text can be a user's id: not blank, not too long, and whole characters."""
    is_whole = not any("\ud800" <= character <= "\udfff" for character in text)
    return bool(text.strip()) and len(text) <= MAX_USER_ID_CHARACTERS and is_whole


def is_connection_id(text: str) -> bool:
    """Tell whether a text could be a connection id of ours."""
    return bool(_CONNECTION.fullmatch(text))


def is_link_session_id(text: str) -> bool:
    """Tell whether a text could be a link session's id of ours."""
    return bool(_LINK_SESSION.fullmatch(text))


def is_erasure_id(text: str) -> bool:
    """Tell whether a text could be an erasure id of ours."""
    return bool(_ERASURE.fullmatch(text))


def is_account_id(text: str) -> bool:
    """Tell whether a text could be an account id of ours."""
    return bool(_ACCOUNT.fullmatch(text))


def _text(body: bytes) -> str:
    return base64.b32encode(body).decode().lower()


def _digest(*parts: str) -> str:
    # The length before each part keeps ("ab", "c") apart from ("a", "bc").
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return _text(hashlib.sha256(framed.encode()).digest()[:15])
