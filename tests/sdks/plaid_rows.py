"""Plaid's operations: how the SDK asks for each, and how we do."""

from datetime import timedelta
from typing import Any

from plaid import models as sdk

from freshet.adapters.plaid.models import TransactionsRead
from tests.sdks.agreement import Part
from tests.sdks.plaid_desk import PlaidDesk
from tests.sdks.plaid_linking_rows import LINKING
from tests.sdks.rows import Row, Several
from tests.simulators.common.exact_json import loads

_PAGE = 500
_NOBODY = "http://127.0.0.1:9/plaid"


def _our_holdings(desk: PlaidDesk) -> Any:
    """Give what is read, and the rows as their texts have them."""
    read, texts = desk.client.holdings(desk.item)
    return read, Part({name: [loads(row) for row in rows] for name, rows in texts.items()})


def _transactions(desk: PlaidDesk) -> Any:
    until = desk.now.date()

    def ask(account_id: str) -> Any:
        options = sdk.InvestmentsTransactionsGetRequestOptions(
            account_ids=[account_id], count=_PAGE, offset=0
        )
        request = sdk.InvestmentsTransactionsGetRequest(
            access_token=desk.token,
            start_date=until - timedelta(days=90),
            end_date=until,
            options=options,
        )
        return desk.sdk.investments_transactions_get(request)

    return desk.for_each_account(ask)


def _our_transactions(desk: PlaidDesk) -> Any:
    until = desk.now.date()
    since = until - timedelta(days=90)
    return desk.for_each_account(
        lambda account_id: desk.client.transactions(desk.item, account_id, since=since, until=until)
    )


def _read_transactions(read: TransactionsRead) -> Part:
    securities = [
        Part(security_id=each, ticker_symbol=ticker) for each, ticker in read.tickers.items()
    ]
    return Part(investment_transactions=list(read.rows), securities=securities)


def _institutions(desk: PlaidDesk) -> Several:
    """Ask for one in each state of health."""
    options = sdk.InstitutionsGetByIdRequestOptions(include_status=True)
    return Several(
        desk.sdk.institutions_get_by_id(
            sdk.InstitutionsGetByIdRequest(
                institution_id=each, country_codes=[sdk.CountryCode("US")], options=options
            )
        )
        for each in ("ins_acme", "ins_slow", "ins_down")
    )


def _webhook_key(desk: PlaidDesk) -> str:
    return desk.simulator.world.signing_key.kid


READS: tuple[Row[PlaidDesk], ...] = (
    Row(
        name="PlaidClient.item",
        sdk=lambda desk, _: desk.sdk.item_get(sdk.ItemGetRequest(access_token=desk.token)),
        ours=lambda desk, _: desk.client.item(desk.item),
    ),
    Row(
        name="PlaidClient.accounts",
        sdk=lambda desk, _: desk.sdk.accounts_get(sdk.AccountsGetRequest(access_token=desk.token)),
        ours=lambda desk, _: desk.client.accounts(desk.item),
    ),
    Row(
        name="PlaidClient.holdings",
        sdk=lambda desk, _: desk.sdk.investments_holdings_get(
            sdk.InvestmentsHoldingsGetRequest(access_token=desk.token)
        ),
        ours=lambda desk, _: _our_holdings(desk),
    ),
    Row(
        name="PlaidClient.transactions",
        sdk=lambda desk, _: _transactions(desk),
        ours=lambda desk, _: _our_transactions(desk),
        given=_read_transactions,
    ),
    Row(
        name="PlaidBuyer.refresh",
        sdk=lambda desk, _: desk.sdk.investments_refresh(
            sdk.InvestmentsRefreshRequest(access_token=desk.token)
        ),
        ours=lambda desk, _: desk.buyer().refresh(),
    ),
    Row(
        name="KeyLookUp.__call__",
        prepare=_webhook_key,
        sdk=lambda desk, key_id: desk.sdk.webhook_verification_key_get(
            sdk.WebhookVerificationKeyGetRequest(key_id=key_id)
        ),
        ours=lambda desk, key_id: desk.look_up(key_id),
        part=("key",),
    ),
)

# Not ours to call, but the simulator serves them as Plaid's sandbox does.
SDK_ONLY: tuple[Row[PlaidDesk], ...] = (
    Row(
        name="plaid: institutions_get_by_id",
        sdk=lambda desk, _: _institutions(desk),
    ),
    Row(
        name="plaid: sandbox_public_token_create",
        sdk=lambda desk, _: desk.sdk.sandbox_public_token_create(
            sdk.SandboxPublicTokenCreateRequest(
                institution_id="ins_acme", initial_products=[sdk.Products("investments")]
            )
        ),
    ),
    Row(
        name="plaid: sandbox_item_fire_webhook",
        prepare=lambda desk: desk.simulator.control.listen(_NOBODY),
        sdk=lambda desk, _: desk.sdk.sandbox_item_fire_webhook(
            sdk.SandboxItemFireWebhookRequest(
                access_token=desk.token,
                webhook_type=sdk.WebhookType("HOLDINGS"),
                webhook_code="DEFAULT_UPDATE",
            )
        ),
    ),
    Row(
        name="plaid: sandbox_item_reset_login",
        sdk=lambda desk, _: desk.sdk.sandbox_item_reset_login(
            sdk.SandboxItemResetLoginRequest(access_token=desk.token)
        ),
    ),
)

ROWS = (*READS, *LINKING, *SDK_ONLY)
