"""What is read for an Item at Plaid, as models."""

from datetime import date
from typing import Any

from msgspec import Struct
from pydantic import TypeAdapter

from freshet.adapters.foreign_json import validated
from freshet.adapters.json_rows import RowTexts
from freshet.adapters.pages import ProviderPage, read_pages
from freshet.adapters.plaid import endpoints, models
from freshet.adapters.plaid.http_client import Document, PlaidHttpClient
from freshet.adapters.transport import Endpoint
from freshet.domain.credential import Credential
from freshet.ports import Clock

_TRANSACTIONS = TypeAdapter(list[models.Transaction])
_PAGE = 500  # the most that Plaid gives


class PlaidClient(Struct, frozen=True, kw_only=True):
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    http_client: PlaidHttpClient
    clock: Clock

    def item(self, item: Credential) -> models.ItemAnswer:
        """Read how an Item is: 200 also for a broken one, whose `error` says why."""
        document = self._read(endpoints.ITEM, item)
        return validated(models.ItemAnswer.model_validate, document.content, document.told)

    def accounts(self, item: Credential) -> models.AccountsAnswer:
        """Read an Item's accounts and what Plaid remembers of their balances: free."""
        document = self._read(endpoints.ACCOUNTS, item)
        return validated(models.AccountsAnswer.model_validate, document.content, document.told)

    def holdings(self, item: Credential) -> tuple[models.HoldingsAnswer, RowTexts]:
        """Read the holdings of all accounts at once, and their rows as they came."""
        document = self._read(endpoints.HOLDINGS, item)
        read = validated(models.HoldingsAnswer.model_validate, document.content, document.told)
        return read, document.texts

    def transactions(
        self, item: Credential, account_id: str, *, since: date, until: date
    ) -> models.TransactionsRead:
        """Read an account's investment transactions, newest first; tell whether that is all.

        The first call ever starts a subscription: only where the deployment has opted in.
        """
        tickers: dict[str | None, str | None] = {}
        window = {"start_date": since.isoformat(), "end_date": until.isoformat()}

        def read(offset: int) -> ProviderPage[models.Listed]:
            options = {"account_ids": [account_id], "count": _PAGE, "offset": offset}
            document = self._read(endpoints.TRANSACTIONS, item, **window, options=options)
            told = document.told
            page = validated(models.TransactionsPage.model_validate, document.content, told)
            rows = page.investment_transactions
            found = validated(_TRANSACTIONS.validate_python, rows, told)
            tickers.update({each.security_id: each.ticker_symbol for each in page.securities})
            total = page.total_investment_transactions
            return ProviderPage(list(zip(found, rows, strict=True)), total)

        listed, is_whole = read_pages(read, name=lambda row: row[0].investment_transaction_id)
        return models.TransactionsRead(tuple(listed), tickers, is_whole)

    def _read(self, endpoint: Endpoint, item: Credential, **fields: Any) -> Document:
        body = {"access_token": item.secret.reveal(), **fields}
        return self.http_client.read(endpoint, body, item=item.subject)
