"""Who is calling: the user, the actor and the scopes, from claims the gateway has verified."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from freshet.domain.errors import ActingForNobody, ActingNotAllowed, InvalidField, MissingScope
from freshet.domain.identifiers import is_user_id
from freshet.http.token_scopes import scopes_in


class Scope(StrEnum):
    """What a token may do."""

    READ = "freshet/read"
    REFRESH = "freshet/refresh"
    LINK = "freshet/link"
    OPERATE = "freshet/operate"
    ACT_AS = "freshet/act-as"


# Hashes of the tokens beside it (OpenID Connect Core, 3.3.2.11); an ID token alone has them.
_OF_ID_TOKENS = frozenset({"at_hash", "c_hash"})
# The client that a token was issued to: Cognito and RFC 9068, Auth0 and Entra ID, Entra ID's
# older tokens, Okta. The last one is there in every token.
_CLIENT_CLAIMS = ("client_id", "azp", "appid", "cid", "sub")
USER_HEADER = "freshet-user"


class TokenPolicy(Struct, frozen=True):
    """Which claim names the user, and the scopes of a token that does not speak of scopes."""

    user_id_claim: str
    default_scopes: frozenset[str]


class Caller(Struct, frozen=True):
    """The user whose things are touched, and who touches them."""

    user_id: str
    actor: str
    scopes: frozenset[str]

    def demand(self, scope: Scope) -> None:
        """Raise MissingScope unless the token has it."""
        if scope not in self.scopes:
            raise MissingScope(scope)


class NotACaller(Exception):
    """The token is genuine and still no ticket to this API: an ID token, or one without a user."""


class InvalidToken(Exception):
    """The token is genuine, but a claim is missing or cannot be used; the text names it."""


def caller_from_claims(
    claims: Mapping[str, Any], policy: TokenPolicy, *, named_user: str | None
) -> Caller:
    """Read the caller; `named_user` is the header by which a machine says for whom it acts.

    Raises NotACaller, InvalidToken, ActingForNobody, ActingNotAllowed, InvalidField.
    """
    if _is_id_token(claims):
        raise NotACaller("not an access token")
    if not _is_time(claims.get("exp")):
        # API Gateway looks at the time only where a token has one.
        raise InvalidToken("exp: the token does not say when it expires")
    own = scopes_in(claims)
    if own is not None and Scope.ACT_AS in own:
        if not named_user:
            raise ActingForNobody
        if not is_user_id(named_user):
            raise InvalidField(USER_HEADER, "is not a user's id of at most 255 characters")
        return Caller(user_id=named_user, actor=_client_of(claims), scopes=own)
    if named_user is not None:
        raise ActingNotAllowed
    user_id = claims.get(policy.user_id_claim)
    if not isinstance(user_id, str) or not user_id.strip():
        raise NotACaller(f"the token has no claim {policy.user_id_claim}")
    if not is_user_id(user_id):
        raise InvalidToken(f"{policy.user_id_claim}: is not a user's id of at most 255 characters")
    scopes = policy.default_scopes if own is None else own
    return Caller(user_id=user_id, actor=user_id, scopes=scopes)


def _is_id_token(claims: Mapping[str, Any]) -> bool:
    """Tell an ID token by what Cognito and Keycloak say of it, and by claims of its own.

    Keycloak writes `nonce` into access tokens as well, which have scopes.
    """
    is_named_so = claims.get("token_use", "access") != "access" or claims.get("typ") == "ID"
    is_login = "nonce" in claims and not {"scope", "scp"} & set(claims)
    return is_named_so or is_login or bool(_OF_ID_TOKENS & set(claims))


def _client_of(claims: Mapping[str, Any]) -> str:
    client = next((claims[name] for name in _CLIENT_CLAIMS if claims.get(name)), None)
    if not isinstance(client, str) or not is_user_id(client):
        raise InvalidToken("client_id, azp, appid, cid, sub: none names the client")
    return client


def _is_time(value: object) -> bool:
    """Tell whether a claim is a time in seconds; the gateway hands numbers over as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False
