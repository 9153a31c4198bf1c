"""Who is calling, from claims."""

from typing import Any

import pytest

from freshet.domain.errors import ActingForNobody, ActingNotAllowed, InvalidField, MissingScope
from freshet.http.caller import (
    Caller,
    InvalidToken,
    NotACaller,
    Scope,
    TokenPolicy,
    caller_from_claims,
)

POLICY = TokenPolicy("sub", frozenset({"freshet/read", "freshet/refresh"}))
MACHINE: dict[str, Any] = {"sub": "machine-1", "scope": "freshet/act-as freshet/read"}
EXPIRY = "1795190400"
LONGEST = "é" * 255


def _caller(*, named_user: str | None = None, **claims: Any) -> Caller:
    usual = {"sub": "user-1", "exp": EXPIRY}
    return caller_from_claims(usual | claims, POLICY, named_user=named_user)


def test_caller_has_the_tokens_scopes_when_it_carries_ours() -> None:
    caller = _caller(scope="openid freshet/read")
    assert (caller.user_id, caller.actor) == ("user-1", "user-1")
    assert caller.scopes == {"freshet/read"}
    with pytest.raises(MissingScope) as refused:
        caller.demand(Scope.REFRESH)
    assert refused.value.scope == "freshet/refresh"


def test_caller_has_the_default_scopes_when_the_token_does_not_speak_of_scopes() -> None:
    caller = _caller()
    caller.demand(Scope.REFRESH)
    for scope in (Scope.OPERATE, Scope.ACT_AS):
        with pytest.raises(MissingScope):
            caller.demand(scope)


@pytest.mark.parametrize(
    "claims", [{"token_use": "id"}, {"typ": "ID"}, {"at_hash": "h"}, {"c_hash": "h"}]
)
@pytest.mark.parametrize("named_user", [None, "user-2"])
def test_token_is_no_ticket_when_it_is_an_id_token(
    claims: dict[str, str], named_user: str | None
) -> None:
    with pytest.raises(NotACaller):
        _caller(named_user=named_user, **(MACHINE | claims))


@pytest.mark.parametrize("claims", [{}, {"roles": "[freshet/read]"}, {"permissions": "[a]"}])
def test_nonce_is_of_an_id_token_where_there_is_no_scope(claims: dict[str, str]) -> None:
    with pytest.raises(NotACaller):
        _caller(nonce="n", **claims)


def test_nonce_is_let_be_where_there_are_scopes() -> None:
    assert _caller(nonce="n", typ="Bearer", scope="freshet/read").scopes == {"freshet/read"}


@pytest.mark.parametrize("subject", ["", " ", None, 7, ["user-1"]])
def test_token_is_no_ticket_when_it_names_no_user(subject: object) -> None:
    with pytest.raises(NotACaller):
        _caller(sub=subject)


@pytest.mark.parametrize("expiry", [None, "", "never", "nan", "inf", True, ["1795190400"], {}])
def test_token_is_invalid_when_it_does_not_say_when_it_expires(expiry: object) -> None:
    with pytest.raises(InvalidToken, match="exp"):
        _caller(exp=expiry)
    with pytest.raises(InvalidToken, match="exp"):
        _caller(named_user="user-2", exp=expiry, **MACHINE)


@pytest.mark.parametrize("expiry", ["1795190400", 1795190400, 1795190400.5, "1.7951904E9"])
def test_time_of_expiry_is_taken_as_gateways_write_it(expiry: object) -> None:
    assert _caller(exp=expiry).user_id == "user-1"


def test_expiry_is_missed_when_the_claim_is_not_there() -> None:
    with pytest.raises(InvalidToken):
        caller_from_claims({"sub": "user-1"}, POLICY, named_user=None)


@pytest.mark.parametrize("user_id", [LONGEST + "x", "x" * 2048, "half an emoji \ud83d"])
def test_token_is_invalid_when_the_users_id_cannot_be_kept(user_id: str) -> None:
    with pytest.raises(InvalidToken, match="sub"):
        _caller(sub=user_id)
    with pytest.raises(InvalidField, match="freshet-user"):
        _caller(named_user=user_id, **MACHINE)
    with pytest.raises(InvalidToken):
        _caller(named_user="user-2", client_id=user_id, **MACHINE)


def test_users_id_may_have_255_characters() -> None:
    assert _caller(sub=LONGEST).user_id == LONGEST
    assert _caller(named_user=LONGEST, **MACHINE).user_id == LONGEST


def test_user_is_the_claim_of_the_deployments_choice_when_it_has_one() -> None:
    policy = TokenPolicy("custom:user", frozenset())
    claims = {"sub": "x", "custom:user": "u-9", "exp": EXPIRY}
    assert caller_from_claims(claims, policy, named_user=None).user_id == "u-9"


@pytest.mark.parametrize(
    ("claims", "actor"),
    [
        ({}, "machine-1"),
        ({"client_id": "client-7"}, "client-7"),
        ({"azp": "client-8"}, "client-8"),
        ({"appid": "client-9"}, "client-9"),
        ({"cid": "client-10"}, "client-10"),
    ],
)
def test_machine_touches_the_named_users_things_when_it_may_act_for_users(
    claims: dict[str, str], actor: str
) -> None:
    caller = _caller(named_user="user-2", **(MACHINE | claims))
    assert (caller.user_id, caller.actor) == ("user-2", actor)
    caller.demand(Scope.READ)


def test_machine_needs_a_name_when_it_acts_for_users() -> None:
    with pytest.raises(InvalidToken):
        _caller(named_user="user-2", sub=None, scope="freshet/act-as")


def test_machine_has_its_own_scopes_only_when_it_acts_for_a_user() -> None:
    with pytest.raises(MissingScope):
        _caller(named_user="user-2", **MACHINE).demand(Scope.REFRESH)


@pytest.mark.parametrize("named_user", [None, ""])
def test_machine_is_asked_for_the_user_when_it_names_none(named_user: str | None) -> None:
    with pytest.raises(ActingForNobody):
        _caller(named_user=named_user, **MACHINE)


@pytest.mark.parametrize("named_user", ["user-2", "user-1", ""])
@pytest.mark.parametrize("scope", ["", "openid", "freshet/read", "freshet/act-as-x act-as"])
def test_users_token_touches_only_its_own_things_when_it_names_a_user(
    named_user: str, scope: str
) -> None:
    with pytest.raises(ActingNotAllowed):
        _caller(named_user=named_user, scope=scope)
