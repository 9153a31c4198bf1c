"""The handler that many would write first: the providers' own SDKs, boto3's resources, one table.

It does the reads of a visit to SnapTrade and stores what it was told, and nothing else.
"""

import json
import os
from typing import Any

import boto3
import plaid
from plaid.api import plaid_api
from snaptrade_client.auth import SnapTradeAuth
from snaptrade_client.client import SnapTrade

_TABLE = boto3.resource("dynamodb").Table(os.environ["SNAPSHOTS_TABLE"])
_SECRETS = boto3.client("secretsmanager")
_EVENTS = boto3.client("events")
_PLAID = plaid_api.PlaidApi(plaid.ApiClient(plaid.Configuration(host=os.environ["PLAID_BASE_URL"])))


def lambda_handler(event: dict[str, Any], _: object) -> dict[str, int]:
    """Read one user's accounts and keep what they hold."""
    secret = _SECRETS.get_secret_value(SecretId=os.environ["SNAPTRADE_SECRET_ARN"])
    auth = SnapTradeAuth.commercial_api_key(**json.loads(secret["SecretString"]))
    sdk = SnapTrade(auth=auth, host=os.environ["SNAPTRADE_BASE_URL"])
    user = {"user_id": event["user_id"], "user_secret": event["user_secret"]}
    sdk.connections.list_brokerage_authorizations(**user)
    accounts = sdk.account_information.list_user_accounts(**user).body
    for account in accounts:
        of_account = {**user, "account_id": str(account["id"])}
        read = [
            sdk.account_information.get_all_account_positions(**of_account),
            sdk.account_information.get_user_account_balance(**of_account),
            sdk.account_information.get_account_activities(**of_account),
        ]
        text = json.dumps([each.body for each in read], default=str)
        _TABLE.put_item(Item={"PK": "USER#sdk", "SK": of_account["account_id"], "text": text})
    entry: Any = {"Source": "bench", "DetailType": "HoldingsChanged", "Detail": "{}"}
    _EVENTS.put_events(Entries=[entry])
    return {"accounts": len(accounts)}
