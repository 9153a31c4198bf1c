"""The sample events in events/, each through the handler it is named after, as it stands."""

from typing import Any

import pytest

from functions.api import app as api
from functions.operate import app as operate
from functions.plan_refreshes import app as plan_refreshes
from functions.process_webhook import app as process_webhook
from functions.receive_webhook import app as receive_webhook
from functions.refresh_connection import app as refresh_connection
from functions.take_snapshots import app as take_snapshots
from tests.builders import CONNECTION_ID
from tests.functional.world import CONTEXT, EVENTS, World, sample_event

DONE: dict[str, Any] = {"batchItemFailures": []}
HANDLERS = {
    "api": api,
    "operator": operate,
    "plan_refreshes": plan_refreshes,
    "process_webhook": process_webhook,
    "receive_webhook": receive_webhook,
    "refresh_connection": refresh_connection,
    "take_snapshots": take_snapshots,
}
EVENT_ID, ITEM_ID = "5b1c1a52-4a0e-4a3b-9a55-2f6f1f3d8c11", "Zq7LmV2bXwTn4RkP9sYd"
ACCOUNT_ID = "acc_" + "a" * 24
REFRESH_ID = "ref_" + "a" * 48
NOT_KNOWN = {"code": "not_found"}
# What each answers where nothing is registered and the sample's signature is not ours.
OUTCOMES: dict[str, Any] = {
    "api_change_connection": {"statusCode": 404},
    "api_list_connections": {"statusCode": 200},
    "api_open_link_session": {"statusCode": 201},
    "api_refresh_connection": {"statusCode": 404},
    "api_refresh_everything": {"statusCode": 200},
    "api_show_link_session": {"statusCode": 404},
    "api_remove_connection": {"statusCode": 404},
    "api_show_snaptrade_holdings": {"statusCode": 200, "body": "[]"},
    "api_show_usage": {"statusCode": 200},
    "api_take_in_connection": {"statusCode": 422},
    "operator_confirm_verdict": {
        "error": NOT_KNOWN | {"detail": f"{CONNECTION_ID} is not known here"}
    },
    "operator_doctor": {"status": "broken"},
    "operator_explain": {"error": NOT_KNOWN | {"detail": f"{CONNECTION_ID} is not known here"}},
    "operator_import_connections": {"next_line": None},
    "operator_move_credentials": {
        "error": {"code": "nowhere_to_move", "detail": "deploy with CredentialStore=kms first"}
    },
    "operator_purge": {"moved": 0, "deleted": 0, "left": 0},
    "operator_redrive": {"moved": 0, "deleted": 0, "left": 0},
    "operator_register_connection": {"status": "initialising"},
    "operator_register_item": {"status": "initialising"},
    "operator_release_verdict": {
        "error": NOT_KNOWN | {"detail": f"{CONNECTION_ID} is not known here"}
    },
    "operator_replay_parked_webhooks": {"parked_events_worked": 0},
    "operator_replay_webhook": {"error": NOT_KNOWN | {"detail": f"{EVENT_ID} is not known here"}},
    "operator_replay_webhooks": {"error": NOT_KNOWN | {"detail": f"{ITEM_ID} is not known here"}},
    "operator_resume_purchases": {"purchases_stopped": False},
    "operator_settle_refresh": {"error": NOT_KNOWN | {"detail": f"{REFRESH_ID} is not known here"}},
    "operator_show_audit": {"findings": []},
    "operator_rotate_credential": {
        "error": NOT_KNOWN | {"detail": f"{CONNECTION_ID} is not known here"}
    },
    "operator_set_price_basis": {
        "error": NOT_KNOWN | {"detail": f"{ACCOUNT_ID} is not known here"}
    },
    "operator_stop_purchases": {"purchases_stopped": True},
    "plan_refreshes_turn": {"planned": 0},
    "process_webhook_plaid": DONE,
    "process_webhook_snaptrade": DONE,
    # Signed by a key that this provider never had.
    "receive_webhook_plaid": {"statusCode": 401},
    "receive_webhook_snaptrade": {"statusCode": 401},
    "refresh_connection_command": DONE,
    "take_snapshots_audit": {"findings": 0},
    "refresh_connection_removal": DONE,
    "take_snapshots_command": DONE,
}


def test_every_sample_has_an_outcome() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} == set(OUTCOMES)


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", OUTCOMES)
def test_a_sample_event_is_understood_by_its_function(world: World, name: str) -> None:
    handler = next(HANDLERS[prefix] for prefix in HANDLERS if name.startswith(prefix))
    answer = handler.lambda_handler(sample_event(name), CONTEXT)
    assert OUTCOMES[name].items() <= answer.items()
