"""From Secrets Manager to KMS on the deployed stack: another parameter, and an operator's event.

The last module of all: the stack goes on with credentials in the table.
"""

from tests.e2e.frontend import Frontend
from tests.e2e.lives import (
    credentials_in_table,
    has_secret,
    linked_at_plaid,
    linked_at_snaptrade,
    removed,
)
from tests.local_stack.deployed import Deployed
from tests.patience import eventually


def _buy(user: Frontend, connection_id: str) -> None:
    """Have the credential used: a purchase, and the read that ends it."""
    answer = user.api.post(f"/v1/connections/{connection_id}/refresh")
    assert answer.status == 202, answer.body
    eventually(
        lambda: user.api.get(answer.headers["Location"]).body,
        until=lambda refresh: refresh["status"] == "complete",
    )


def test_users_notice_nothing_when_their_credentials_move(running: Deployed) -> None:
    user = Frontend(running, "lotte")
    at_snaptrade, at_plaid = linked_at_snaptrade(user), linked_at_plaid(user)
    running.change(CredentialStore="kms")
    assert has_secret(user)
    _buy(user, at_snaptrade["id"])
    event = {"operation": "move_credentials", "user_ids": [user.user_id]}
    for status in ("moved", "nothing_to_move"):
        (line,) = running.operate(event)["users"]
        assert line["status"] == status
    assert not has_secret(user)
    assert credentials_in_table(user) == 2
    for connection in (at_snaptrade, at_plaid):
        rotated = running.operate(
            {
                "operation": "rotate_credential",
                "user_id": user.user_id,
                "connection_id": connection["id"],
            }
        )
        assert rotated["status"] == "rotated"
    _buy(user, at_plaid["id"])
    receipt = user.api.call("DELETE", "/v1/users/me").body
    removed(user, receipt)
    assert credentials_in_table(user) == 0
