"""The console's own small server on loopback: the page, who may be played, and the trouble.

The page asks Freshet's public API for everything it shows; what comes from here is what a real
app has elsewhere (a login, Plaid's Link) and what no real app has: buttons that make trouble.
"""

from collections.abc import Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.console.pages import page_named
from tests.console.trouble import Trouble, TroubleUnknown
from tests.local_stack.deployed import Deployed
from tests.local_stack.emulator import PortTaken
from tests.simulators.common.client import ControlRefused
from tests.simulators.common.exact_json import loads
from tests.simulators.common.server import LOOPBACK, LoopbackServer
from tests.simulators.common.wire import (
    Refusal,
    Reply,
    Request,
    Route,
    find_route,
    json_reply,
)

TOKEN_SECONDS = 12 * 3600
LINKED_PATH = "/linked"


class NotFromHere(Refusal):
    """A request that another site made up, or that came by another name."""

    status, code, detail = 403, "not_from_here", "Only the console's own page may ask."


class NotReady(Refusal):
    """The stack behind the page does not run yet."""

    status, code, detail = 503, "not_ready", "The stack is still starting."


class Console:
    """Listens from the start, as a deployment must know its address; serves once opened."""

    def __init__(self, port: int = 0) -> None:
        try:
            self._server = LoopbackServer(port=port, answer=self._answer)
        except OSError as error:
            raise PortTaken(port) from error
        self._hosts = {f"{name}:{self._server.server_port}" for name in (LOOPBACK, "localhost")}
        self._running: Deployed | None = None
        self._users: Sequence[str] = ()
        self._routes = [
            Route("GET", "/session.json", "session", self._session),
            Route("POST", "/plaid/link", "link", self._finish_link),
            Route("POST", "/trouble/{name}", "trouble", self._make_trouble),
        ]

    @property
    def url(self) -> str:
        """Say where the page is."""
        return self._server.url

    @property
    def origins(self) -> list[str]:
        """Say by which names a browser may know the page: a deployment must let them in."""
        return [f"http://{host}" for host in sorted(self._hosts)]

    def open(self, running: Deployed, users: Sequence[str]) -> None:
        """Show this deployment to these users."""
        self._running, self._users = running, users

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Reply:
        try:
            self._demand_own(request)
            return self._routed(request)
        except (Refusal, ControlRefused, TroubleUnknown) as refusal:
            status = getattr(refusal, "status", HTTPStatus.UNPROCESSABLE_ENTITY)
            detail = getattr(refusal, "detail", str(refusal))
            return json_reply({"title": "The sandbox refuses", "detail": detail}, status)

    def _demand_own(self, request: Request) -> None:
        # Other sites in the same browser can reach loopback, too.
        host, origin = request.headers.get("host"), request.headers.get("origin")
        if host not in self._hosts or (origin and urlsplit(origin).netloc not in self._hosts):
            raise NotFromHere
        if request.method != "GET" and request.headers.get("content-type") != "application/json":
            raise NotFromHere

    def _routed(self, request: Request) -> Reply:
        if request.method == "GET" and request.path != "/session.json":
            path = "/" if request.path.startswith(f"{LINKED_PATH}/") else request.path
            running = self._running
            return page_named(path, api_url=running.stack.api_url if running else None)
        route, parameters = find_route(self._routes, method=request.method, path=request.path)
        return json_reply(route.handler(parameters, loads(request.body) if request.body else {}))

    def _session(self, path: dict[str, str], body: Any) -> object:
        running = self._deployed()
        return {
            "api_url": running.stack.api_url,
            "redirect_path": LINKED_PATH,
            "users": [
                {"id": user, "token": running.issuer.issue_token(
                    user, expires_in_seconds=TOKEN_SECONDS
                )}
                for user in self._users
            ],
        }  # fmt: skip

    def _finish_link(self, path: dict[str, str], body: Any) -> object:
        plaid = self._deployed().plaid
        choice = {name: body[name] for name in ("institution", "portfolio") if name in body}
        return {"public_token": plaid.complete_link(body["link_token"], **choice)}

    def _make_trouble(self, path: dict[str, str], body: Any) -> object:
        running = self._deployed()
        return Trouble(running.snaptrade, running.plaid).make(path["name"], body)

    def _deployed(self) -> Deployed:
        if self._running is None:
            raise NotReady
        return self._running
