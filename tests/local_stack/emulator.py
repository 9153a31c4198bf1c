"""MiniStack, the local AWS: started on loopback, waited for, stopped, wiped."""

import os
import socket
import time
from pathlib import Path

import requests

from tests.environment import KEYS, REGION
from tests.local_stack.processes import ENVIRONMENTS, CommandFailed, Server
from tests.local_stack.stopping import CannotGoOn

ACCOUNT_ID = "000000000000"
READY_SECONDS = 30
POLL_SECONDS = 0.1


class Emulator:
    """One local AWS on a port of its own."""

    def __init__(self, folder: Path, *, port: int | None, enforce_iam: bool) -> None:
        """Start it. A given port must be free; without one, any free port is taken."""
        if port is not None and not _is_free(port):
            raise PortTaken(port)
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "emulator.log"
        # Nothing of ours is in this environment.
        scratch = folder / "emulator"
        scratch.mkdir()
        env = KEYS | {
            "PATH": os.defpath,
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "LANG": "C.UTF-8",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
            "AWS_DEFAULT_REGION": REGION,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": str(enforce_iam).lower(),
        }
        python = ENVIRONMENTS / "emulator" / "bin" / "python"
        self._server = Server([python, "-m", "ministack"], env=env, folder=folder, log=self._log)

    def wait_until_ready(self) -> None:
        """Return once it answers; raises CommandFailed when it does not in time."""
        deadline = time.monotonic() + READY_SECONDS
        while self._server.is_running and time.monotonic() < deadline:
            if self._answers():
                return
            time.sleep(POLL_SECONDS)
        raise CommandFailed("the local AWS", self._log)

    def stop(self) -> None:
        """End it with all the functions it runs, and wipe what it wrote."""
        self._server.stop()

    def _answers(self) -> bool:
        with requests.Session() as session:
            session.trust_env = False  # no proxy stands between us and ourselves
            try:
                return session.get(f"{self.url}/_ministack/health", timeout=1).ok
            except requests.RequestException:
                return False


class PortTaken(CannotGoOn):
    """Somebody else listens on the wanted port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} is taken: stop what listens there, or choose another one: "
            f"make dev port={port + 100}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
