"""Services and API go by what a provider offers: a third one works under whichever key it has."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import credential_name
from freshet.domain.errors import CredentialMissing
from freshet.domain.provider import Provider
from tests.builders import USER
from tests.unit.third_provider import ThirdProvider

each_key = pytest.mark.parametrize("key", Provider)


@each_key
def test_user_links_and_repairs_in_the_providers_own_way(key: Provider) -> None:
    third = ThirdProvider(key)
    session = third.call("POST", "/v1/link-sessions", {"provider": key})
    assert session.status == 201
    assert session.body["url"] == f"https://third.example/{session.body['state']}"
    assert session.body["link_token"] is None
    assert third.desk.given_back == [USER]
    connection_id = third.link("there-1")
    again = third.call("POST", "/v1/link-sessions", {"connection_id": connection_id})
    assert (again.status, again.body["provider"]) == (201, key)
    done = third.call("GET", f"/v1/link-sessions/{session.body['id']}")
    assert (done.body["status"], done.body["connection_id"]) == ("completed", connection_id)


@each_key
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "provider_connection_id"),
        ({"link_session_id": "lnk_" + "a" * 24}, "provider_connection_id"),
        ({"provider_connection_id": "there-1", "public_token": "another's"}, "public_token"),
    ],
)
def test_body_is_held_to_the_providers_own_forms(
    key: Provider, body: dict[str, Any], field: str
) -> None:
    third = ThirdProvider(key)
    answer = third.call("POST", "/v1/connections", {"provider": key, **body})
    assert (answer.status, answer.body["detail"].partition(":")[0]) == (422, field)


@each_key
def test_each_connection_has_a_secret_of_its_own(key: Provider) -> None:
    third = ThirdProvider(key)
    first, second = third.link("there-1"), third.link("there-2")
    names = [credential_name(key, each) for each in ("there-1", "there-2")]
    secrets = {third.vault.find(USER, each).secret.reveal() for each in names}
    assert secrets == {"secret-of-there-1", "secret-of-there-2"}
    assert third.call("DELETE", f"/v1/connections/{first}").status == 202
    third.drain()
    assert third.desk.at["there-1"].is_removed
    with pytest.raises(CredentialMissing):
        third.vault.find(USER, names[0])
    assert third.vault.find(USER, names[1]).secret.reveal() == "secret-of-there-2"
    assert [each.id for each in third.connections.of_user(USER)] == [second]


@each_key
def test_nothing_of_a_user_is_deleted_beside_connections(key: Provider) -> None:
    third = ThirdProvider(key)
    third.link("there-1")
    assert third.call("DELETE", "/v1/users/me").status == 202
    for _ in range(10):
        third.turn(minutes=10)
    assert third.connections.of_user(USER) == []
    assert third.provider_users.deleted == set()


@each_key
def test_refresh_is_bought_in_place_and_ends_by_a_read_without_any_webhook(key: Provider) -> None:
    third = ThirdProvider(key)
    connection_id = third.link("there-1")
    provider = third.desk.at["there-1"]
    answer = third.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert (answer.status, answer.body["status"], provider.billed) == (202, "accepted", 1)
    assert answer.body["cost"] == {"amount": "0.20", "currency": "USD"}
    place = f"/v1/refreshes/{answer.body['id']}"
    assert third.reads.commands == []
    third.turn(minutes=1, seconds=1)
    assert third.call("GET", place).body["is_terminal"] is False
    provider.as_of = third.clock()
    third.turn(minutes=3)
    assert third.call("GET", place).body["status"] == "complete"
    assert provider.billed == 1


@each_key
def test_limits_and_prices_are_the_providers_own(key: Provider) -> None:
    third = ThirdProvider(key)
    connection_id = third.link("there-1")
    third.call("POST", f"/v1/connections/{connection_id}/refresh")
    third.desk.at["there-1"].as_of = third.clock()
    third.turn(minutes=5)
    refused = third.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert (refused.status, refused.body["code"]) == (429, "refresh_too_soon")
    gap = third.integration.traits.limits.gap_between_purchases
    assert timedelta(seconds=refused.body["retry_after"]) == gap - timedelta(minutes=5)
    rude = {"cadence": {"read_every": "PT6H"}}
    assert third.call("PATCH", f"/v1/connections/{connection_id}", rude).status == 422
    (listed,) = third.call("GET", "/v1/providers").body["items"]
    assert (listed["name"], listed["refresh"]["answers_in_place"]) == (key, True)
    assert listed["refresh"]["cost"]["amount"] == "0.20"


@each_key
@pytest.mark.parametrize(("opted_in", "status"), [(False, 422), (True, 202)])
def test_transactions_are_read_only_where_the_deployment_opted_in(
    key: Provider, opted_in: bool, status: int
) -> None:
    third = ThirdProvider(key, reads_transactions=opted_in)
    connection_id = third.link("there-1")
    third.later(hours=1)
    answer = third.call("POST", f"/v1/connections/{connection_id}/transactions/sync")
    assert answer.status == status
    assert third.desk.at["there-1"].syncs == 0  # a plain read stands in for it


@each_key
def test_holdings_are_shown_in_our_shape_and_in_the_providers_own(key: Provider) -> None:
    third = ThirdProvider(key)
    third.link("there-1")
    (account,) = third.accounts.of_user(USER)
    (held,) = third.call("GET", "/v1/holdings").body["items"]
    assert held["account_id"] == account.id
    assert third.call("GET", "/v1/holdings", shape=key).body == [{"id": account.id}]
    assert third.call("GET", "/v1/holdings", shape="another").status == 422


@each_key
def test_connection_is_registered_with_the_providers_own_credential(key: Provider) -> None:
    third = ThirdProvider(key)
    third.desk.link("there-1")
    event = {
        "operation": "register_connection",
        "user_id": USER,
        "provider": key,
        "provider_connection_id": "there-1",
        "credential": {"pass_phrase": "secret-of-there-1"},
    }
    connection_id = third.operate(event)["connection_id"]
    third.drain()
    assert third.connections.get(USER, connection_id).link.status is ConnectionStatus.ACTIVE
    wrong = third.operate(event | {"credential": {"user_secret": "secret-of-there-1"}})
    assert "credential.pass_phrase" in wrong["error"]["detail"]


@each_key
def test_schedule_reads_with_the_providers_own_number_of_calls(key: Provider) -> None:
    third = ThirdProvider(key)
    third.link("there-1")
    provider = third.desk.at["there-1"]
    reads = provider.reads
    third.turn(days=1, minutes=1)
    assert provider.reads > reads
    assert provider.expected[0][0] == third.integration.traits.calls_per_read_run
