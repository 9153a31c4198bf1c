"""Who is calling: the user, the actor and the scopes, from claims the gateway has verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from freshet.domain.errors import ActingForNobody, ActingNotAllowed, MissingScope


class Scope(StrEnum):
    """What a token may do."""

    READ = "freshet/read"
    REFRESH = "freshet/refresh"
    LINK = "freshet/link"
    OPERATE = "freshet/operate"
    ACT_AS = "freshet/act-as"


# Cognito says what a token is for; elsewhere, only an ID token carries one of these (OIDC core).
_OF_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash"})
USER_HEADER = "freshet-user"


@dataclass(frozen=True, slots=True)
class TokenPolicy:
    """Which claim names the user, and what a user's token may do that carries no scope of ours."""

    user_id_claim: str
    default_scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Caller:
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


def caller_from_claims(
    claims: Mapping[str, Any], policy: TokenPolicy, *, named_user: str | None
) -> Caller:
    """Read the caller; `named_user` is the header by which a machine says for whom it acts.

    Raises NotACaller, ActingForNobody, ActingNotAllowed.
    """
    if claims.get("token_use", "access") != "access" or _OF_ID_TOKENS & set(claims):
        raise NotACaller("not an access token")
    own = {scope for scope in str(claims.get("scope", "")).split() if scope.startswith("freshet/")}
    if Scope.ACT_AS in own:
        if not named_user:
            raise ActingForNobody
        actor = claims.get("client_id") or claims.get("sub")
        return Caller(user_id=named_user, actor=str(actor), scopes=frozenset(own))
    if named_user is not None:
        raise ActingNotAllowed
    user_id = claims.get(policy.user_id_claim)
    if not isinstance(user_id, str) or not user_id:
        raise NotACaller(f"the token has no claim {policy.user_id_claim}")
    return Caller(user_id=user_id, actor=user_id, scopes=frozenset(own or policy.default_scopes))
