"""Plaid's operations: one request each, but for pages, and answers as models."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from freshet.adapters.plaid import models
from freshet.adapters.plaid.wire import PlaidWire, told
from freshet.adapters.transport import Timeouts
from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.credential import Credential
from freshet.ports import Clock, Quota

_READ = Timeouts(connect=3.0, read=20.0)
# Synchronous with the institution: at times 30 s or more, no upper bound is published.
_REFRESH = Timeouts(connect=3.0, read=90.0)
_TRANSACTIONS = TypeAdapter(list[models.Transaction])
_PAGE = 500  # the most that Plaid gives


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaidClient:
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    wire: PlaidWire
    reads: Quota
    refreshes: Quota
    clock: Clock

    def item(self, item: Credential) -> models.ItemAnswer:
        """Read `/item/get`: 200 also for a broken Item, whose `error` says why."""
        document, answer = self._read("item", "/item/get", item)
        return _validated(models.ItemAnswer.model_validate, document, answer)

    def holdings(self, item: Credential) -> tuple[models.HoldingsAnswer, dict[str, Any]]:
        """Read `/investments/holdings/get`: all accounts at once, parsed and as plain JSON."""
        document, answer = self._read("holdings", "/investments/holdings/get", item)
        return _validated(models.HoldingsAnswer.model_validate, document, answer), document

    def transactions(
        self, item: Credential, account_id: str, *, since: date, until: date
    ) -> models.TransactionsRead:
        """Read `/investments/transactions/get`, page by page, newest first.

        The first call ever starts a subscription: only where the deployment has opted in.
        """
        # By id: a row that comes in between two pages shifts the rest, and one is seen twice.
        rows: dict[str, dict[str, Any]] = {}
        tickers: dict[str, str | None] = {}
        offset = 0
        while True:
            options = {"account_ids": [account_id], "count": _PAGE, "offset": offset}
            document, answer = self._read(
                "transactions",
                "/investments/transactions/get",
                item,
                start_date=since.isoformat(),
                end_date=until.isoformat(),
                options=options,
            )
            page = _validated(models.TransactionsPage.model_validate, document, answer)
            read = _validated(_TRANSACTIONS.validate_python, page.investment_transactions, answer)
            for model, row in zip(read, page.investment_transactions, strict=True):
                rows[model.investment_transaction_id] = row
            tickers |= {each.security_id: each.ticker_symbol for each in page.securities}
            offset += len(read)
            if not read or offset >= page.total_investment_transactions:
                models_read = _TRANSACTIONS.validate_python(list(rows.values()))
                pairs = tuple(zip(models_read, rows.values(), strict=True))
                return models.TransactionsRead(pairs, tickers)

    def refresh(self, item: Credential) -> ProviderAnswer:
        """Buy `/investments/refresh`: billed when it answers 200, never repeated."""
        self.refreshes.take(1)
        body = {"access_token": item.secret.reveal()}
        answer = self.wire.post(
            "refresh", "/investments/refresh", body, timeouts=_REFRESH, is_billable=True
        )
        return told("refresh", answer)

    def _read(
        self, operation: str, path: str, item: Credential, **fields: Any
    ) -> tuple[Any, ProviderAnswer]:
        self.reads.take(1)
        body = {"access_token": item.secret.reveal(), **fields}
        return self.wire.read(operation, path, body, timeouts=_READ)


def _validated[Model](
    validate: Callable[[Any], Model], document: Any, answer: ProviderAnswer
) -> Model:
    try:
        return validate(document)
    except ValidationError:
        # Not chained: a validation error's text quotes the document.
        raise UnreadableAnswer(answer) from None
