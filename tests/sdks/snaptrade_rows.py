"""SnapTrade's operations: how the SDK asks for each, and how we do."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta
from typing import Any

from freshet.adapters.snaptrade.buyer import SnapTradeUsers
from freshet.adapters.snaptrade.http_client import Document
from freshet.adapters.snaptrade.legacy import LegacyHoldings
from freshet.domain.credential import Credential
from tests.sdks.agreement import Part
from tests.sdks.rows import Row, all_of_it
from tests.sdks.snaptrade_desk import SnapTradeDesk
from tests.sdks.snaptrade_sdk_rows import SDK_ONLY

_REDIRECT = "https://app.example/back"
_PAGE = 1000
_TICKER = "NRTH"


def _credential(user: Credential) -> Part:
    return Part(userId=user.subject, userSecret=user.secret.reveal())


def _read_legacy_holdings(document: Document) -> Any:
    return LegacyHoldings.model_validate(document.content), document.content


def _activities(desk: SnapTradeDesk) -> Any:
    since = desk.now.date() - timedelta(days=30)
    user = desk.sdk_user
    asked: dict[str, Any] = {"start_date": since, "offset": 0, "limit": _PAGE}
    ask = desk.sdk.account_information.get_account_activities
    return desk.for_each_account(lambda account_id: ask(account_id=account_id, **asked, **user))


def _our_activities(desk: SnapTradeDesk) -> Any:
    since = desk.now.date() - timedelta(days=30)
    return desk.for_each_account(
        lambda account_id: desk.client.activities(desk.user, account_id, since=since)[0]
    )


def _per_account(
    name: str, sdk_name: str, *, given: Callable[[Any], Any] = all_of_it
) -> Row[SnapTradeDesk]:
    """Give the row of an operation that takes an account and nothing else."""

    def sdk(desk: SnapTradeDesk, _: Any) -> Any:
        ask = getattr(desk.sdk.account_information, sdk_name)
        return desk.for_each_account(lambda each: ask(account_id=each, **desk.sdk_user))

    def ours(desk: SnapTradeDesk, _: Any) -> Any:
        ask = getattr(desk.client, name)
        return desk.for_each_account(lambda each: ask(desk.user, each))

    return Row(name=f"SnapTradeClient.{name}", sdk=sdk, ours=ours, given=given)


def _per_connection(
    name: str, sdk_name: str, id_name: str, *, part: tuple[str, ...] = ()
) -> Row[SnapTradeDesk]:
    """Give the row of an operation that takes a connection and nothing else."""

    def sdk(desk: SnapTradeDesk, _: Any) -> Any:
        ask = getattr(desk.sdk.connections, sdk_name)
        return ask(**{id_name: desk.connection_id}, **desk.sdk_user)

    def ours(desk: SnapTradeDesk, _: Any) -> Any:
        return getattr(desk.client, name)(desk.user, desk.connection_id)

    return Row(name=f"SnapTradeClient.{name}", sdk=sdk, ours=ours, part=part)


def _bought(name: str, sdk_name: str) -> Row[SnapTradeDesk]:
    """Give the row of what the buyer asks for."""
    row = _per_connection(name, sdk_name, "authorization_id")
    return replace(
        row,
        name=f"SnapTradeBuyer.{name}",
        ours=lambda desk, _: getattr(desk.buyer(), name)(),
    )


READS: tuple[Row[SnapTradeDesk], ...] = (
    Row(
        name="SnapTradeClient.connections",
        sdk=lambda desk, _: desk.sdk.connections.list_brokerage_authorizations(**desk.sdk_user),
        ours=lambda desk, _: desk.client.connections(desk.user),
    ),
    Row(
        name="SnapTradeClient.connection_in_list",
        sdk=lambda desk, _: desk.sdk.connections.list_brokerage_authorizations(**desk.sdk_user),
        ours=lambda desk, _: desk.client.connection_in_list(desk.user, desk.connection_id),
        given=lambda found: [found[0]],
    ),
    _per_connection("connection", "detail_brokerage_authorization", "authorization_id"),
    _per_connection("accounts", "list_brokerage_authorization_accounts", "authorization_id"),
    _per_connection(
        "connection_accounts", "list_connection_accounts", "connection_id", part=("results",)
    ),
    _bought("refresh", "refresh_brokerage_authorization"),
    _bought("sync_transactions", "sync_brokerage_authorization_transactions"),
    _per_account("positions", "get_all_account_positions"),
    _per_account("balances", "get_user_account_balance"),
    _per_account("account", "get_account_details"),
    replace(
        _per_account("legacy_holdings", "get_user_holdings", given=_read_legacy_holdings),
        prepare=lambda desk: desk.simulator.control.turn(legacy_endpoints=True),
        is_deprecated=True,
    ),
    Row(
        name="SnapTradeClient.activities",
        sdk=lambda desk, _: _activities(desk),
        ours=lambda desk, _: _our_activities(desk),
        part=("data",),
    ),
)

LINKING: tuple[Row[SnapTradeDesk], ...] = (
    Row(
        name="SnapTradeLinking.register_user",
        sdk=lambda desk, _: desk.sdk.authentication.register_snap_trade_user(user_id="user-2"),
        ours=lambda desk, _: desk.linking.register_user("user-2"),
        given=_credential,
    ),
    Row(
        name="SnapTradeLinking.list_users",
        sdk=lambda desk, _: desk.sdk.authentication.list_snap_trade_users(),
        ours=lambda desk, _: desk.linking.list_users(),
    ),
    Row(
        name="SnapTradeLinking.delete_user",
        sdk=lambda desk, _: desk.sdk.authentication.delete_snap_trade_user(user_id="user-1"),
        ours=lambda desk, _: desk.linking.delete_user("user-1"),
    ),
    Row(
        name="SnapTradeLinking.reset_secret",
        sdk=lambda desk, _: desk.sdk.authentication.reset_snap_trade_user_secret(**desk.sdk_user),
        ours=lambda desk, _: desk.linking.reset_secret(desk.user),
        given=_credential,
    ),
    Row(
        name="SnapTradeLinking.connection_ids",
        sdk=lambda desk, _: desk.sdk.connections.list_brokerage_authorizations(**desk.sdk_user),
        ours=lambda desk, _: desk.linking.connection_ids(desk.user),
        given=lambda ids: [Part(id=each) for each in ids],
    ),
    Row(
        name="SnapTradeLinking.portal",
        sdk=lambda desk, _: desk.sdk.authentication.login_snap_trade_user(
            custom_redirect=_REDIRECT,
            immediate_redirect=True,
            connection_type="read",
            connection_portal_version="v4",
            reconnect=desk.connection_id,
            **desk.sdk_user,
        ),
        ours=lambda desk, _: desk.linking.portal(
            desk.user, redirect_url=_REDIRECT, reconnect=desk.connection_id
        ),
        given=lambda link: Part(redirectURI=link.url.reveal(), sessionId=link.session_id),
    ),
    Row(
        name="SnapTradeLinking.remove_connection",
        sdk=lambda desk, _: desk.sdk.connections.delete_connection(
            connection_id=desk.connection_id, **desk.sdk_user
        ),
        ours=lambda desk, _: desk.linking.remove_connection(desk.user, desk.connection_id),
    ),
    Row(
        name="SnapTradeBuyer.remove",
        sdk=lambda desk, _: desk.sdk.connections.delete_connection(
            connection_id=desk.connection_id, **desk.sdk_user
        ),
        ours=lambda desk, _: desk.buyer().remove(),
    ),
    Row(
        name="SnapTradeUsers.delete",
        sdk=lambda desk, _: desk.sdk.authentication.delete_snap_trade_user(user_id="user-1"),
        ours=lambda desk, _: SnapTradeUsers(desk.http_client).delete("user-1"),
    ),
)

REFERENCE: tuple[Row[SnapTradeDesk], ...] = (
    Row(
        name="SnapTradeReference.brokerages",
        sdk=lambda desk, _: desk.sdk.reference_data.list_all_brokerages(),
        ours=lambda desk, _: desk.reference.brokerages(),
    ),
    Row(
        name="SnapTradeReference.exchanges",
        sdk=lambda desk, _: desk.sdk.reference_data.get_stock_exchanges(),
        ours=lambda desk, _: desk.reference.exchanges(),
    ),
    Row(
        name="SnapTradeReference.symbol",
        sdk=lambda desk, _: desk.sdk.reference_data.get_symbols_by_ticker(query=_TICKER),
        ours=lambda desk, _: desk.reference.symbol(_TICKER),
    ),
)

ROWS = (*READS, *LINKING, *REFERENCE, *SDK_ONLY)
