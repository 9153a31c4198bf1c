"""What to try while the demo is up, and staying up for a frontend to talk to."""

import threading

from rich.console import Console

from tests.console import Console as Page
from tests.demo.cast import ROLES
from tests.demo.past import Model, link_with_past
from tests.demo.scene import View
from tests.local_stack.deployed import Deployed

_TOKEN_SECONDS = 12 * 3600
_HARBOR = {"slug": "HARBOR", "name": "Harbor Investments"}
NEWCOMER = "dana"
"""Somebody who has linked nothing yet."""


def things_to_try(running: Deployed, views: list[View], console: Console) -> None:
    """Print some requests, ready for a shell."""
    view = next(each for each in views if each.investments)
    url, account = running.stack.api_url, view.investments[0]["id"]
    bearer = '-H "Authorization: Bearer $TOKEN"'
    lines = (
        f"curl -s {bearer} '{url}/v1/connections'",
        f"curl -s {bearer} '{url}/v1/portfolio'",
        f"curl -s {bearer} '{url}/v1/accounts/{account}/holdings'",
        f"curl -s {bearer} '{url}/v1/accounts/{account}/changes'",
        f"curl -s {bearer} -X POST '{url}/v1/connections/{view.connection['id']}/refresh'",
    )
    console.print("\nTo try while it is up (`make dev` stays up and prints a TOKEN):")
    for line in lines:
        console.print(f"  {line}", highlight=False, soft_wrap=True, markup=False)
    console.print()


def set_up(running: Deployed, page: Page) -> None:
    """Open the page to everybody who plays and to a newcomer, with weeks behind one account."""
    link_with_past(running, _model(running, "ana"), institution=_HARBOR)
    users = dict.fromkeys(role.user_id for role in ROLES)
    page.open(running, [*users, NEWCOMER])


def stay(running: Deployed, page: Page, console: Console) -> None:
    """Print what a frontend needs, then wait for Ctrl-C."""
    token = running.issuer.issue_token("ana", expires_in_seconds=_TOKEN_SECONDS)
    lines = (
        f"FRESHET_API_URL={running.stack.api_url}",
        f"FRESHET_TOKEN={token}",
        f"AWS_ENDPOINT_URL={running.stack.endpoint_url}",
    )
    console.print("\nUp until Ctrl-C. For a frontend's .env (ana's token, good for 12 hours):\n")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    console.print("\nFor the requests above: export TOKEN=<the token>", markup=False)
    console.print(f"\nThe console: {page.url}\n", highlight=False, soft_wrap=True)
    threading.Event().wait()


def _model(running: Deployed, user_id: str) -> Model:
    portfolio = running.api(user_id).get("/v1/portfolio").body
    account = next(each for each in portfolio["accounts"] if each["name"] == "Everyday Individual")
    return Model(user_id, account["id"])
