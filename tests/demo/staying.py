"""`make dev`: the system up and staying up, for a frontend to talk to."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.console import Console as Page
from tests.demo.cast import ROLES
from tests.demo.past import Model, link_with_past
from tests.local_stack.deployed import Deployed
from tests.local_stack.issuer import DEFAULT_SCOPES
from tests.local_stack.processes import ENVIRONMENTS, ROOT

ENV_FILE = ENVIRONMENTS / "dev.env"
NEWCOMER = "dana"
"""Somebody who has linked nothing yet."""
OPERATOR = "operator"
_TOKEN_SECONDS = 12 * 3600
_HARBOR = {"slug": "HARBOR", "name": "Harbor Investments"}


def set_up(running: Deployed, page: Page) -> str:
    """Open the page to all users, with weeks behind one account of ana's; give its connection."""
    connection_id = link_with_past(running, _model(running, "ana"), institution=_HARBOR)
    page.open(running, _users())
    return connection_id


def stay(running: Deployed, page: Page, connection_id: str) -> None:
    """Print what a frontend needs, then wait to be told to stop."""
    variables = variables_of(running)
    with _kept(ENV_FILE, variables):
        say = _saying(running.stack.endpoint_url, page.url)
        print(say, *variables, "", *things_to_try(connection_id), "", sep="\n", flush=True)
        while True:
            signal.pause()


def variables_of(running: Deployed) -> list[str]:
    """Give lines that mean the same to a shell and to every reader of .env files."""
    tokens = {user: _token(running, user, DEFAULT_SCOPES) for user in _users()}
    tokens[OPERATOR] = _token(running, OPERATOR, (*DEFAULT_SCOPES, "freshet/operate"))
    return [
        f"FRESHET_API_URL={running.stack.api_url}",
        *(f"FRESHET_TOKEN_{user.upper()}={token}" for user, token in tokens.items()),
    ]


def things_to_try(connection_id: str) -> list[str]:
    """Give commands for a shell, each of which works when it is pasted; the last one buys."""
    ask = 'curl -s -H "Authorization: Bearer $FRESHET_TOKEN_ANA"'
    operate = ask.replace("_ANA", "_OPERATOR")
    path = f"/v1/connections/{connection_id}"
    return [
        "To try in another terminal:",
        f"  set -a; . {ENV_FILE.relative_to(ROOT)}; set +a",
        f'  {ask} "$FRESHET_API_URL/v1/portfolio"',
        f'  {ask} "$FRESHET_API_URL{path}/accounts"',
        f'  {operate} "$FRESHET_API_URL/v1/usage"',
        f'  {ask} -X POST "$FRESHET_API_URL{path}/refresh"',
    ]


def _saying(endpoint_url: str, page_url: str) -> str:
    return (
        f"\nUp until Ctrl-C. The console: {page_url}   AWS's own APIs: {endpoint_url}\n"
        f"For a frontend (also in {ENV_FILE.relative_to(ROOT)}; tokens are good for 12 hours;\n"
        "Vite shows a browser only what begins with VITE_, Next what begins with NEXT_PUBLIC_):\n"
    )


def _token(running: Deployed, user: str, scopes: Sequence[str]) -> str:
    return running.issuer.issue_token(user, scopes=scopes, expires_in_seconds=_TOKEN_SECONDS)


def _users() -> list[str]:
    return [*dict.fromkeys(role.user_id for role in ROLES), NEWCOMER]


@contextmanager
def _kept(file: Path, lines: Sequence[str]) -> Iterator[None]:
    """Keep the lines in a file that only its owner may read, for as long as they are true."""
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _model(running: Deployed, user_id: str) -> Model:
    portfolio = running.api(user_id).get("/v1/portfolio").body
    account = next(each for each in portfolio["accounts"] if each["name"] == "Everyday Individual")
    return Model(user_id, account["id"])
