"""What SnapTrade's simulator serves beyond our clients' needs: the SDK alone asks."""

from typing import Any

from tests.sdks.rows import Row
from tests.sdks.snaptrade_desk import SnapTradeDesk
from tests.simulators.snaptrade.knobs import FEATURES


def _allow_all(desk: SnapTradeDesk) -> None:
    desk.simulator.control.turn(features=FEATURES)


def _of_account(sdk_name: str, *, is_deprecated: bool = False) -> Row[SnapTradeDesk]:
    def sdk(desk: SnapTradeDesk, _: Any) -> Any:
        ask = getattr(desk.sdk.account_information, sdk_name)
        return desk.for_each_account(lambda each: ask(account_id=each, **desk.sdk_user))

    return Row(
        name=f"snaptrade: {sdk_name}", sdk=sdk, prepare=_allow_all, is_deprecated=is_deprecated
    )


def _of_user(sdk_name: str, *, is_deprecated: bool = False) -> Row[SnapTradeDesk]:
    def sdk(desk: SnapTradeDesk, _: Any) -> Any:
        return getattr(desk.sdk.account_information, sdk_name)(**desk.sdk_user)

    return Row(name=f"snaptrade: {sdk_name}", sdk=sdk, is_deprecated=is_deprecated)


SDK_ONLY: tuple[Row[SnapTradeDesk], ...] = (
    Row(name="snaptrade: check", sdk=lambda desk, _: desk.sdk.api_status.check()),
    Row(
        name="snaptrade: get_partner_info",
        sdk=lambda desk, _: desk.sdk.reference_data.get_partner_info(),
    ),
    Row(
        name="snaptrade: list_institutions",
        sdk=lambda desk, _: desk.sdk.reference_data.list_institutions(),
    ),
    Row(
        name="snaptrade: get_symbols",
        sdk=lambda desk, _: desk.sdk.reference_data.get_symbols(substring="NRTH"),
    ),
    Row(
        name="snaptrade: disable_brokerage_authorization",
        sdk=lambda desk, _: desk.sdk.connections.disable_brokerage_authorization(
            authorization_id=desk.connection_id, **desk.sdk_user
        ),
    ),
    _of_user("list_all_user_accounts"),
    _of_user("list_user_accounts", is_deprecated=True),
    _of_account("get_user_account_details", is_deprecated=True),
    _of_account("update_user_account"),
    _of_account("get_account_balances_v2"),
    _of_account("get_user_account_orders"),
    _of_account("get_user_account_recent_orders"),
    _of_account("get_user_account_return_rates"),
)
