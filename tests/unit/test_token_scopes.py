"""Scopes as different issuers spell them: what is restricted is never widened."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.http.caller import TokenPolicy, caller_from_claims
from freshet.http.token_scopes import SCOPE_CLAIMS, scopes_in

USER_SCOPES = frozenset({"freshet/read", "freshet/refresh", "freshet/link"})
POLICY = TokenPolicy("sub", USER_SCOPES)

# (issuer, claim, scopes in it, the value as the function sees it)
TOKENS: list[tuple[str, str, set[str], Any]] = [
    ("Cognito, RFC 8693", "scope", {"freshet/read"}, "openid freshet/read"),
    ("an array behind an HTTP API", "scope", {"freshet/read"}, "[openid freshet/read]"),
    ("an array of one", "scope", {"freshet/read"}, "[freshet/read]"),
    ("a list as it is", "scope", {"freshet/read"}, ["openid", "freshet/read"]),
    ("Okta behind an HTTP API", "scp", {"freshet/read"}, "[openid freshet/read]"),
    ("Okta", "scp", {"freshet/read"}, ["freshet/read", "openid"]),
    ("Entra ID", "scp", {"freshet/read"}, "freshet/read User.Read"),
    ("Auth0 behind an HTTP API", "permissions", {"freshet/read"}, "[freshet/read]"),
    ("Auth0", "permissions", {"freshet/read"}, ["freshet/read"]),
    ("JSON text", "permissions", {"freshet/read"}, '["freshet/read", "other"]'),
    ("Entra ID, a machine", "roles", {"freshet/read"}, "[freshet/read]"),
    (
        "Entra ID, two roles",
        "roles",
        {"freshet/read", "freshet/link"},
        "[freshet/link freshet/read]",
    ),
    ("JSON text of one", "scp", {"freshet/read"}, '["freshet/read"]'),
]
NOTHING_GRANTED: list[Any] = [
    "",
    " ",
    "[]",
    "[ ]",
    [],
    None,
    "openid",
    "[openid]",
    {},
    7,
    True,
    [7],
]


def _scopes(**claims: Any) -> frozenset[str]:
    usual = {"sub": "user-1", "exp": "1795190400"}
    return caller_from_claims(usual | claims, POLICY, named_user=None).scopes


@pytest.mark.parametrize(("issuer", "claim", "granted", "value"), TOKENS)
def test_token_may_do_what_its_issuer_wrote_and_no_more(
    issuer: str, claim: str, granted: set[str], value: Any
) -> None:
    assert _scopes(**{claim: value}) == granted, issuer


@pytest.mark.parametrize(("claim", "value"), [*product(SCOPE_CLAIMS, NOTHING_GRANTED)])
def test_token_may_do_nothing_when_its_claim_grants_none_of_ours(claim: str, value: Any) -> None:
    assert _scopes(**{claim: value}) == set()


@pytest.mark.parametrize(("claim", "other"), [*product(SCOPE_CLAIMS, SCOPE_CLAIMS)])
def test_scope_is_found_beside_a_claim_that_names_others(claim: str, other: str) -> None:
    scopes = _scopes(**{claim: "openid", other: "[freshet/read]"})
    assert scopes == {"freshet/read"}


@pytest.mark.parametrize("asked_for", ["scope", "scp"])
@pytest.mark.parametrize("assigned", ["permissions", "roles"])
def test_app_that_asked_for_less_gets_no_more_than_that(asked_for: str, assigned: str) -> None:
    claims = {asked_for: "openid freshet/read", assigned: "[freshet/read freshet/link]"}
    assert _scopes(**claims) == {"freshet/read"}
    machine_role = {asked_for: "freshet/read", assigned: "[freshet/act-as freshet/operate]"}
    assert _scopes(**machine_role) == {"freshet/read"}


@pytest.mark.parametrize(
    "value",
    ["[crm,freshet/operate]", "crm,freshet/operate", ["crm freshet/operate"], "'freshet/operate'"],
)
def test_part_of_another_name_is_no_scope(value: Any) -> None:
    assert _scopes(roles=value) == set()


def test_nested_text_is_no_trouble() -> None:
    assert _scopes(roles="[" * 5000 + "]" * 5000) == set()


def test_defaults_are_for_tokens_that_do_not_speak_of_scopes() -> None:
    assert _scopes() == USER_SCOPES
    assert _scopes(groups="[freshet/operate]") == USER_SCOPES


@pytest.mark.parametrize("text", ["xfreshet/read", "freshet", "FRESHET/READ", "freshet/readx"])
def test_scope_is_the_whole_word(text: str) -> None:
    assert "freshet/read" not in _scopes(scope=text)


@given(
    claims=st.dictionaries(
        st.sampled_from([*SCOPE_CLAIMS, "aud", "groups"]),
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text() | st.integers())
        ),
    )
)
def test_no_claim_breaks_the_reading_and_none_invents_a_scope(claims: dict[str, Any]) -> None:
    found = scopes_in(claims)
    assert (found is None) == (not set(SCOPE_CLAIMS) & set(claims))
    assert all(scope in str(claims) for scope in found or ())
