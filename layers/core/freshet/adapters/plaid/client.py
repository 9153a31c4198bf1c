"""What is read for an Item at Plaid, as models."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from freshet.adapters.foreign_json import validated
from freshet.adapters.plaid import endpoints, models
from freshet.adapters.plaid.wire import Document, PlaidWire
from freshet.adapters.transport import Endpoint
from freshet.domain.credential import Credential
from freshet.ports import Clock

_TRANSACTIONS = TypeAdapter(list[models.Transaction])
_PAGE = 500  # the most that Plaid gives


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaidClient:
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    wire: PlaidWire
    clock: Clock

    def item(self, item: Credential) -> models.ItemAnswer:
        """Read how an Item is: 200 also for a broken one, whose `error` says why."""
        document = self._read(endpoints.ITEM, item)
        return validated(models.ItemAnswer.model_validate, document.content, document.told)

    def accounts(self, item: Credential) -> models.AccountsAnswer:
        """Read an Item's accounts and what Plaid remembers of their balances: free."""
        document = self._read(endpoints.ACCOUNTS, item)
        return validated(models.AccountsAnswer.model_validate, document.content, document.told)

    def holdings(self, item: Credential) -> tuple[models.HoldingsAnswer, dict[str, Any]]:
        """Read the holdings of all accounts at once, parsed and as plain JSON."""
        document = self._read(endpoints.HOLDINGS, item)
        read = validated(models.HoldingsAnswer.model_validate, document.content, document.told)
        return read, document.content

    def transactions(
        self, item: Credential, account_id: str, *, since: date, until: date
    ) -> models.TransactionsRead:
        """Read an account's investment transactions, page by page, newest first.

        The first call ever starts a subscription: only where the deployment has opted in.
        """
        # By id: a row that comes in between two pages shifts the rest, and one is seen twice.
        rows: dict[str, dict[str, Any]] = {}
        tickers: dict[str, str | None] = {}
        window = {"start_date": since.isoformat(), "end_date": until.isoformat()}
        offset = 0
        while True:
            options = {"account_ids": [account_id], "count": _PAGE, "offset": offset}
            document = self._read(endpoints.TRANSACTIONS, item, **window, options=options)
            told = document.told
            page = validated(models.TransactionsPage.model_validate, document.content, told)
            read = validated(_TRANSACTIONS.validate_python, page.investment_transactions, told)
            for model, row in zip(read, page.investment_transactions, strict=True):
                rows[model.investment_transaction_id] = row
            tickers |= {each.security_id: each.ticker_symbol for each in page.securities}
            offset += len(read)
            if not read or offset >= page.total_investment_transactions:
                models_read = _TRANSACTIONS.validate_python(list(rows.values()))
                pairs = tuple(zip(models_read, rows.values(), strict=True))
                return models.TransactionsRead(pairs, tickers)

    def _read(self, endpoint: Endpoint, item: Credential, **fields: Any) -> Document:
        body = {"access_token": item.secret.reveal(), **fields}
        return self.wire.read(endpoint, body, item=item.subject)
