"""A frontend of one's own beside the console: the browser client, served from a usual origin."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.local_stack.frontends import PORTS
from tests.simulators.common.server import Answer, LoopbackServer
from tests.simulators.common.wire import Reply, Request

_PAGE = b'<!doctype html><output></output><script type="module" src="/page.mjs"></script>'


class NoUsualPort(Exception):
    """All the usual ports are taken."""


@contextmanager
def served(scripts: Path, settings: Mapping[str, object]) -> Iterator[str]:
    """Serve a page with the scripts on the first of the usual ports that is free."""

    def answer(request: Request) -> Reply:
        if request.path == "/settings.json":
            return Reply(200, json.dumps(settings).encode())
        script = scripts / request.path.removeprefix("/")
        if request.path != "/" and script.is_file():
            return Reply(200, script.read_bytes(), "text/javascript")
        return Reply(200, _PAGE, "text/html")

    server = _on_a_usual_port(answer)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _on_a_usual_port(answer: Answer) -> LoopbackServer:
    for port in PORTS:
        with suppress(OSError):
            return LoopbackServer(port=port, answer=answer)
    raise NoUsualPort
