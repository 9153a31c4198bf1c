"""The operation under /v1/accounts about what happened in an account."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import NotFound
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.holdings import checked_account_id
from freshet.http.operation import Answer, Operation
from freshet.http.paging import FROM, PAGED, TO, cursor_for, dated_mark, day_range_of, limit_of
from freshet.http.shapes.accounts import TransactionShape, transaction_shape
from freshet.http.shapes.pages import Page, page
from freshet.services.show_transactions import account_transactions

LIST_TRANSACTIONS = Operation(
    id="listTransactions",
    verb="GET",
    path="/v1/accounts/{account_id}/transactions",
    scope=Scope.READ,
    summary="List what happened in an account",
    query=(FROM, TO, *PAGED),
    answers={200: Answer(Page[TransactionShape])},
    problems=(NotFound,),
)
OPERATIONS = (LIST_TRANSACTIONS,)


def add_transaction_routes(api: Api) -> None:
    """Register the function."""
    deps = api.deps

    @api.serves(LIST_TRANSACTIONS)
    def list_transactions(account_id: str) -> Response[str]:
        list_name = f"{checked_account_id(account_id)}/transactions/"
        after = dated_mark(api, prefix=list_name)
        found, mark = account_transactions(
            api.caller.user_id,
            account_id,
            days=day_range_of(api),
            limit=limit_of(api),
            after=None if after is None else after.removeprefix(list_name),
            deps=deps.showing,
        )
        items = [transaction_shape(each) for each in found]
        return json_response(
            200, page(items, cursor_for(None if mark is None else list_name + mark))
        )
