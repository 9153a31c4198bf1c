"""What `make doctor` and `make explain` send, and where to."""

import pytest

from tests.operator_event import event_of, local_endpoint


def test_event_names_the_owner_as_the_operation_does() -> None:
    assert event_of("doctor", {}) == {"operation": "doctor"}
    named = {"id": "con_1", "user": "ana", "provider": "plaid"}
    assert event_of("explain", named) == {
        "operation": "explain",
        "id": "con_1",
        "user_id": "ana",
        "provider": "plaid",
    }


def test_local_aws_is_where_the_api_is() -> None:
    lines = "A=1\nFRESHET_API_URL=http://127.0.0.1:4510/_aws/execute-api/x/$default\n"
    assert local_endpoint(lines) == "http://127.0.0.1:4510"
    with pytest.raises(LookupError):
        local_endpoint("")
