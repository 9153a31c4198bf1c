"""Who is calling: the user, the actor and the scopes, from claims the gateway has verified."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from freshet.domain.errors import MissingScope


class Scope(StrEnum):
    """What a token may do."""

    READ = "freshet/read"
    REFRESH = "freshet/refresh"
    LINK = "freshet/link"
    OPERATE = "freshet/operate"
    ACT_AS = "freshet/act-as"


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


def caller_from_claims(claims: Mapping[str, Any], policy: TokenPolicy) -> Caller:
    """Read the caller; raises NotACaller."""
    if claims.get("token_use", "access") != "access":
        raise NotACaller("not an access token")
    user_id = claims.get(policy.user_id_claim)
    if not isinstance(user_id, str) or not user_id:
        raise NotACaller(f"the token has no claim {policy.user_id_claim}")
    own = {scope for scope in str(claims.get("scope", "")).split() if scope.startswith("freshet/")}
    return Caller(user_id=user_id, actor=user_id, scopes=frozenset(own or policy.default_scopes))
