"""What SnapTrade refuses: how the SDK runs into it, and how we do."""

import warnings
from typing import Any

from freshet.domain import call_errors
from freshet.domain.credential import Credential, Secret
from tests.sdks.refusals import RefusalRow
from tests.sdks.snaptrade_desk import SnapTradeDesk

_NOBODY = "00000000-0000-4000-8000-000000000000"
_WRONG = "not-the-secret"
_LONG = 3600


def _positions(desk: SnapTradeDesk, _: Any) -> Any:
    account_id = desk.account_ids[0]
    ask = desk.sdk.account_information.get_all_account_positions
    return ask(account_id=account_id, **desk.sdk_user)


def _our_positions(desk: SnapTradeDesk, _: Any) -> Any:
    return desk.client.positions(desk.user, desk.account_ids[0])


def _refresh(desk: SnapTradeDesk, connection_id: str | None) -> Any:
    ask = desk.sdk.connections.refresh_brokerage_authorization
    return ask(authorization_id=connection_id or desk.connection_id, **desk.sdk_user)


def _our_refresh(desk: SnapTradeDesk, connection_id: str | None) -> Any:
    return desk.buyer(connection_id).refresh()


def _holdings(desk: SnapTradeDesk, account_id: str | None) -> Any:
    ask = desk.sdk.account_information.get_user_holdings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return ask(account_id=account_id or desk.account_ids[0], **desk.sdk_user)


def _our_holdings(desk: SnapTradeDesk, account_id: str | None) -> Any:
    return desk.client.legacy_holdings(desk.user, account_id or desk.account_ids[0])


def _disable(desk: SnapTradeDesk) -> None:
    desk.simulator.control.disable(desk.connection_id, announce=False)


def _live_connection(desk: SnapTradeDesk) -> str:
    control, user_id = desk.simulator.control, desk.user.subject
    return control.add_connection(user_id, mode="realtime", announce=False).connection_id


def _new_account(desk: SnapTradeDesk) -> str:
    control = desk.simulator.control
    control.turn(legacy_endpoints=True, initial_sync_delay_seconds=_LONG)
    return control.add_connection(desk.user.subject, announce=False).account_ids[0]


def _refresh_first(desk: SnapTradeDesk) -> None:
    _our_refresh(desk, None)


def _use_up(desk: SnapTradeDesk) -> None:
    # Told how long to wait, the SDK would wait and ask again.
    desk.simulator.control.turn(customer_limit=1, retry_after_header=False)
    desk.client.connections(desk.user)


def _fail(status: int, code: str) -> Any:
    def prepare(desk: SnapTradeDesk) -> None:
        desk.simulator.control.add_fault("positions", "status", status=status, code=code)

    return prepare


REFUSALS: tuple[RefusalRow[SnapTradeDesk], ...] = (
    RefusalRow(
        name="snaptrade: who asks is unknown",
        status=401,
        code="1083",
        kind=call_errors.CredentialRefused,
        sdk=lambda desk, _: desk.sdk.connections.list_brokerage_authorizations(
            user_id=desk.user.subject, user_secret=_WRONG
        ),
        ours=lambda desk, _: desk.client.connections(Credential(desk.user.subject, Secret(_WRONG))),
    ),
    RefusalRow(
        name="snaptrade: the connection is disabled",
        status=402,
        code="3003",
        kind=call_errors.LoginRequired,
        prepare=_disable,
        sdk=_refresh,
        ours=_our_refresh,
    ),
    RefusalRow(
        name="snaptrade: a live connection is not refreshed",
        status=403,
        code="1141",
        kind=call_errors.RefreshNotAllowed,
        prepare=_live_connection,
        sdk=_refresh,
        ours=_our_refresh,
    ),
    RefusalRow(
        name="snaptrade: there is no such connection",
        status=404,
        code="1011",
        kind=call_errors.MissingUpstream,
        prepare=lambda desk: _NOBODY,
        sdk=_refresh,
        ours=_our_refresh,
    ),
    RefusalRow(
        name="snaptrade: the endpoint is retired",
        status=410,
        code=None,
        kind=call_errors.EndpointRetired,
        sdk=_holdings,
        ours=_our_holdings,
    ),
    RefusalRow(
        name="snaptrade: the account is still loading",
        status=425,
        code="3012",
        kind=call_errors.ProviderUnavailable,
        prepare=_new_account,
        sdk=_holdings,
        ours=_our_holdings,
    ),
    RefusalRow(
        name="snaptrade: the minute is used up",
        status=429,
        code="0000",
        kind=call_errors.RateLimited,
        prepare=_use_up,
        sdk=_positions,
        ours=_our_positions,
    ),
    RefusalRow(
        name="snaptrade: it was refreshed a moment ago",
        status=429,
        code="throttled",
        kind=call_errors.ProviderThrottled,
        prepare=_refresh_first,
        sdk=_refresh,
        ours=_our_refresh,
    ),
    RefusalRow(
        name="snaptrade: something broke",
        status=500,
        code="1000",
        kind=call_errors.ProviderFailed,
        prepare=_fail(500, "1000"),
        sdk=_positions,
        ours=_our_positions,
    ),
    RefusalRow(
        name="snaptrade: the broker is down",
        status=503,
        code="3002",
        kind=call_errors.ProviderUnavailable,
        prepare=_fail(503, "3002"),
        sdk=_positions,
        ours=_our_positions,
    ),
)
