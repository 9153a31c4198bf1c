"""Who is calling, from claims."""

from typing import Any

import pytest

from freshet.domain.errors import ActingForNobody, ActingNotAllowed, MissingScope
from freshet.http.caller import Caller, NotACaller, Scope, TokenPolicy, caller_from_claims

POLICY = TokenPolicy("sub", frozenset({"freshet/read", "freshet/refresh"}))
MACHINE: dict[str, Any] = {"sub": "machine-1", "scope": "freshet/act-as freshet/read"}


def _caller(*, named_user: str | None = None, **claims: Any) -> Caller:
    return caller_from_claims({"sub": "user-1", **claims}, POLICY, named_user=named_user)


def test_caller_has_the_tokens_scopes_when_it_carries_ours() -> None:
    caller = _caller(scope="openid freshet/read")
    assert (caller.user_id, caller.actor) == ("user-1", "user-1")
    assert caller.scopes == {"freshet/read"}
    with pytest.raises(MissingScope) as refused:
        caller.demand(Scope.REFRESH)
    assert refused.value.scope == "freshet/refresh"


@pytest.mark.parametrize("claims", [{}, {"scope": ""}, {"scope": "openid profile"}])
def test_caller_has_the_default_scopes_when_the_token_has_none_of_ours(claims: Any) -> None:
    caller = _caller(**claims)
    caller.demand(Scope.REFRESH)
    for scope in (Scope.OPERATE, Scope.ACT_AS):
        with pytest.raises(MissingScope):
            caller.demand(scope)


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"sub": ""}, {"sub": None}, {"sub": 7}])
def test_token_is_no_ticket_when_it_names_no_user_or_is_an_id_token(claims: Any) -> None:
    with pytest.raises(NotACaller):
        _caller(**claims)


def test_id_token_is_no_ticket_when_it_acts_for_somebody() -> None:
    with pytest.raises(NotACaller):
        _caller(named_user="user-2", token_use="id", **MACHINE)


def test_user_is_the_claim_of_the_deployments_choice_when_it_has_one() -> None:
    policy = TokenPolicy("custom:user", frozenset())
    caller = caller_from_claims({"sub": "x", "custom:user": "u-9"}, policy, named_user=None)
    assert caller.user_id == "u-9"


@pytest.mark.parametrize(
    ("claims", "actor"), [({}, "machine-1"), ({"client_id": "client-7"}, "client-7")]
)
def test_machine_touches_the_named_users_things_when_it_may_act_for_users(
    claims: dict[str, str], actor: str
) -> None:
    caller = _caller(named_user="user-2", **(MACHINE | claims))
    assert (caller.user_id, caller.actor) == ("user-2", actor)
    caller.demand(Scope.READ)


def test_machine_has_its_own_scopes_only_when_it_acts_for_a_user() -> None:
    with pytest.raises(MissingScope):
        _caller(named_user="user-2", **MACHINE).demand(Scope.REFRESH)


@pytest.mark.parametrize("named_user", [None, ""])
def test_machine_is_asked_for_the_user_when_it_names_nobody(named_user: str | None) -> None:
    with pytest.raises(ActingForNobody):
        _caller(named_user=named_user, **MACHINE)


@pytest.mark.parametrize("named_user", ["user-2", "user-1", ""])
@pytest.mark.parametrize("scope", ["", "openid", "freshet/read", "freshet/act-as-x act-as"])
def test_users_token_touches_nobody_elses_things_when_it_names_a_user(
    named_user: str, scope: str
) -> None:
    with pytest.raises(ActingNotAllowed):
        _caller(named_user=named_user, scope=scope)
