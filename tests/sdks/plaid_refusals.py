"""What Plaid refuses: how the SDK runs into it, and how we do."""

from collections.abc import Callable
from typing import Any

from plaid import models as sdk

from freshet.domain import call_errors
from freshet.domain.call_errors import ProviderError
from freshet.domain.credential import Credential, Secret
from tests.sdks.plaid_desk import PlaidDesk
from tests.sdks.refusals import RefusalRow

_UNKNOWN = "access-sandbox-00000000-0000-4000-8000-000000000000"


def _holdings(desk: PlaidDesk, item: Credential) -> Any:
    request = sdk.InvestmentsHoldingsGetRequest(access_token=item.secret.reveal())
    return desk.sdk.investments_holdings_get(request)


def _our_holdings(desk: PlaidDesk, item: Credential) -> Any:
    return desk.client.holdings(item)


def _refresh(desk: PlaidDesk, item: Credential) -> Any:
    request = sdk.InvestmentsRefreshRequest(access_token=item.secret.reveal())
    return desk.sdk.investments_refresh(request)


def _our_refresh(desk: PlaidDesk, item: Credential) -> Any:
    return desk.buyer(item).refresh()


def _reading(
    code: str,
    status: int,
    kind: type[ProviderError],
    prepare: Callable[[PlaidDesk], Credential],
) -> RefusalRow[PlaidDesk]:
    return RefusalRow(
        name=f"plaid: holdings, {code}",
        status=status,
        code=code,
        kind=kind,
        prepare=prepare,
        sdk=_holdings,
        ours=_our_holdings,
    )


def _buying(
    code: str,
    status: int,
    kind: type[ProviderError],
    prepare: Callable[[PlaidDesk], Credential],
) -> RefusalRow[PlaidDesk]:
    return RefusalRow(
        name=f"plaid: refresh, {code}",
        status=status,
        code=code,
        kind=kind,
        prepare=prepare,
        sdk=_refresh,
        ours=_our_refresh,
    )


def _item(desk: PlaidDesk, **options: Any) -> Credential:
    added = desk.simulator.control.add_item(**options)
    return Credential(added.item_id, Secret(added.access_token))


def _broken(desk: PlaidDesk) -> Credential:
    desk.simulator.control.break_login(desk.item.subject, announce=False)
    return desk.item


def _removed(desk: PlaidDesk) -> Credential:
    desk.linking.remove(desk.item)
    return desk.item


def _unknown(desk: PlaidDesk) -> Credential:
    return Credential(desk.item.subject, Secret(_UNKNOWN))


def _bought_already(desk: PlaidDesk) -> Credential:
    desk.buyer().refresh()
    return desk.item


def _failing(status: int, code: str) -> Callable[[PlaidDesk], Credential]:
    def prepare(desk: PlaidDesk) -> Credential:
        operation = "investments_holdings_get"
        desk.simulator.control.add_fault(operation, "status", status=status, code=code)
        return desk.item

    return prepare


_LIMIT = "INVESTMENT_HOLDINGS_GET_LIMIT"
REFUSALS: tuple[RefusalRow[PlaidDesk], ...] = (
    _reading("ITEM_LOGIN_REQUIRED", 400, call_errors.LoginRequired, _broken),
    _reading("ITEM_NOT_FOUND", 400, call_errors.MissingUpstream, _removed),
    _reading("INVALID_ACCESS_TOKEN", 400, call_errors.ProviderRejectedUs, _unknown),
    _reading(_LIMIT, 429, call_errors.SubjectLimited, _failing(429, _LIMIT)),
    _reading(
        "PRODUCT_NOT_READY",
        400,
        call_errors.ProviderUnavailable,
        _failing(400, "PRODUCT_NOT_READY"),
    ),
    _reading(
        "INTERNAL_SERVER_ERROR",
        500,
        call_errors.ProviderUnavailable,
        _failing(500, "INTERNAL_SERVER_ERROR"),
    ),
    _buying("RATE_LIMIT", 429, call_errors.SubjectLimited, _bought_already),
    _buying(
        "INSTITUTION_DOWN",
        400,
        call_errors.ProviderUnavailable,
        lambda desk: _item(desk, institution="ins_down"),
    ),
    _buying(
        "NO_INVESTMENT_ACCOUNTS",
        400,
        call_errors.RefreshUnsupported,
        lambda desk: _item(desk, portfolio="checking"),
    ),
)
