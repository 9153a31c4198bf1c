"""Slashes, HEAD and verbs that are not there."""

import pytest

from freshet.http.addressing import as_routed, is_head, verbs_at
from freshet.http.resources import operations_with
from freshet.registry import offers
from tests.builders import CONNECTION_ID

OPERATIONS = operations_with(offers())


def _event(verb: str, path: str) -> dict[str, object]:
    return {"rawPath": path, "requestContext": {"http": {"method": verb}, "domainName": "x"}}


@pytest.mark.parametrize(
    ("path", "verbs"),
    [
        ("/v1/connections", {"GET", "HEAD", "POST"}),
        (f"/v1/connections/{CONNECTION_ID}", {"GET", "HEAD", "PATCH", "DELETE"}),
        (f"/v1/connections/{CONNECTION_ID}/refresh", {"POST"}),
        ("/v1/users/me", {"DELETE"}),
        ("/v1/connections/a/b/c", set()),
        ("/v1/connections/a%2Fb", {"GET", "HEAD", "PATCH", "DELETE"}),
        ("/v1", set()),
        ("/v1xconnections", set()),
    ],
)
def test_a_path_has_the_verbs_of_its_operations(path: str, verbs: set[str]) -> None:
    assert verbs_at(path, OPERATIONS) == verbs


@pytest.mark.parametrize(
    ("written", "routed"),
    [("/v1/usage/", "/v1/usage"), ("/v1/usage", "/v1/usage"), ("/", "/"), ("/a//", "/a/")],
)
def test_one_slash_at_the_end_makes_no_difference(written: str, routed: str) -> None:
    assert as_routed(_event("GET", written))["rawPath"] == routed


def test_head_is_routed_as_get_and_the_event_stays_as_it_was() -> None:
    event = _event("HEAD", "/v1/usage")
    routed = as_routed(event)
    assert routed["requestContext"] == {"http": {"method": "GET"}, "domainName": "x"}
    assert is_head(event)
    assert not is_head(routed)
