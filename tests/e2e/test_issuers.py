"""Tokens as different issuers make them, through the deployed gateway."""

from typing import Any

import pytest

from tests.local_stack.deployed import Deployed

ENTRA_SCOPES = "freshet/read User.Read"
# What each issuer's token says of a user who may read and do nothing else.
READERS: dict[str, dict[str, Any]] = {
    "Cognito": {"scope": "openid freshet/read"},
    "Okta": {"scp": ["openid", "freshet/read"]},
    "Entra ID": {"scp": ENTRA_SCOPES},
    "Entra ID, two claims": {"scp": ENTRA_SCOPES, "roles": ["other"]},
    "Auth0": {"permissions": ["freshet/read"]},
    "Auth0, two claims": {"scope": "openid profile", "permissions": ["freshet/read"]},
    "a list in scope": {"scope": ["freshet/read"]},
}
GRANTING_NOTHING: dict[str, dict[str, Any]] = {
    "no claim": {},
    "an empty list": {"scp": []},
    "an empty text": {"scope": ""},
    "no permissions": {"permissions": []},
    "another role": {"roles": ["freshet"]},
}


def _token(claims: dict[str, Any]) -> dict[str, Any]:
    own = {"client_id", "token_use", "scope"} - set(claims)
    return {"leaving_out": sorted(own), "aud": "freshet-sandbox", **claims}


@pytest.mark.parametrize("issuer", READERS)
def test_reader_reads_and_may_do_nothing_else(running: Deployed, issuer: str) -> None:
    api = running.api("reader", **_token(READERS[issuer]))
    assert api.get("/v1/connections").status == 200
    for method, path in (("POST", "/v1/refreshes"), ("DELETE", "/v1/users/me")):
        refused = api.call(method, path)
        assert (refused.status, refused.body["code"]) == (403, "missing_scope"), path


@pytest.mark.parametrize("case", GRANTING_NOTHING)
def test_token_that_grants_nothing_may_do_nothing(running: Deployed, case: str) -> None:
    api = running.api("reader", **_token(GRANTING_NOTHING[case]))
    refused = api.get("/v1/connections")
    assert (refused.status, refused.body["code"]) == (403, "missing_scope")


def test_machine_acts_for_the_user_it_names(running: Deployed) -> None:
    connection_id = running.link("customer", portfolio=["everyday"])
    machine = running.api("machine", **_token({"roles": ["freshet/act-as", "freshet/read"]}))
    answer = machine.call("GET", "/v1/connections", headers={"Freshet-User": "customer"})
    assert [each["id"] for each in answer.body["items"]] == [connection_id]


def test_users_id_may_not_be_longer_than_a_key_takes(running: Deployed) -> None:
    assert running.api("x" * 255).get("/v1/connections").status == 200
    refused = running.api("x" * 2048).get("/v1/connections")
    assert (refused.status, refused.body["code"]) == (403, "invalid_token")
    assert refused.body["detail"].startswith("sub: ")


def test_token_without_an_end_is_let_in_nowhere(running: Deployed) -> None:
    answer = running.api("ida", leaving_out=["exp"]).get("/v1/connections")
    assert answer.status in {401, 403}  # the gateway's own word, or ours
