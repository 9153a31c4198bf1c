"""Where the functions run: an HTTP server that the emulator passes their invocations on to.

By itself the emulator starts a process for each invocation in flight, however many there are, and
unpacks and imports everything for each. Its setting MINISTACK_LAMBDA_PROXY_URL, a variable of the
function, sends the invocation here instead.
"""

import hashlib
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.environment import KEYS
from tests.local_stack.function_code import Unpacked
from tests.local_stack.function_logs import FunctionLogs
from tests.local_stack.function_pool import FunctionPool, FunctionSettings, PoolClosed
from tests.local_stack.processes import ENVIRONMENTS
from tests.local_stack.stopping import CannotGoOn
from tests.simulators.common.exact_json import dumps, loads
from tests.simulators.common.server import LoopbackServer
from tests.simulators.common.wire import Reply, Request, json_reply

LIMIT_VARIABLE = "FRESHET_PROCESSES_PER_FUNCTION"
_PROXY = "MINISTACK_LAMBDA_PROXY_URL"
_PATIENT_SECONDS = 900  # the most that there is; the timeout of the function itself is kept here
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC"}


def processes_per_function() -> int:
    """How many processes of one function may work at once: the setting, or twice the cores."""
    given = os.environ.get(LIMIT_VARIABLE) or str(max(4, 2 * (os.cpu_count() or 1)))
    if not given.isdecimal() or int(given) == 0:
        raise CannotGoOn(f"{LIMIT_VARIABLE} must be a number of processes, at least 1")
    return int(given)


class FunctionHost:
    """A context manager: inside it the functions that it was given run."""

    def __init__(
        self, folder: Path, code: Path, client: Any, endpoint_url: str, *, enforce_iam: bool
    ) -> None:
        self._folder = folder
        self._client = client
        self._endpoint_url = endpoint_url
        self._enforce_iam = enforce_iam
        self._limit = processes_per_function()
        self._code = Unpacked(code)
        self._pools: dict[str, FunctionPool] = {}
        self._timeouts: dict[str, float] = {}
        self._server = LoopbackServer(port=0, answer=self._answer)
        self.logs = FunctionLogs(client("logs"))

    def __enter__(self) -> Self:
        self._server.start()
        self.logs.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.logs.stop()
        self._server.stop()
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.stop()

    def adopt_all(self) -> None:
        """Run all deployed functions here from now on."""
        functions = self._client("lambda")
        for page in functions.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                self.adopt(function["FunctionName"])

    def adopt(self, name: str) -> None:
        """Run a function here as it is configured now; what it is doing, it may end."""
        functions = self._client("lambda")
        function = functions.get_function(FunctionName=name)
        settings = self._settings(function)
        old, self._pools[name] = self._pools.get(name), FunctionPool(settings, self._limit)
        variables = function["Configuration"]["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=name,
            Timeout=_PATIENT_SECONDS,
            Environment={"Variables": variables | {_PROXY: f"{self._server.url}/{name}"}},
        )
        if old:
            threading.Thread(target=old.close, daemon=True).start()

    def kill(self, name: str) -> int:
        """Kill the processes of a function that work at this moment; gives how many there were."""
        return self._pools[name].kill()

    def processes(self, name: str) -> int:
        """Count the processes of a function, warm ones included."""
        return self._pools[name].processes()

    def invocations(self, name: str) -> int:
        """Count how often a function was invoked, by its triggers and by us."""
        return self._pools[name].invocations

    def folders(self, name: str) -> tuple[Path, ...]:
        """Where a function's code and its layers are, in the order in which they are searched."""
        return self._pools[name].settings.folders

    def _answer(self, request: Request) -> Reply:
        name = request.path.removeprefix("/")
        while pool := self._pools.get(name):
            try:
                return self._answered(pool, request)
            except PoolClosed:
                continue  # it waited while the function was configured anew
        return Reply(503, b"")

    def _answered(self, pool: FunctionPool, request: Request) -> Reply:
        request_id = request.headers["x-amzn-lambda-request-id"]
        outcome = pool.invoke(loads(request.body), request_id)
        self.logs.add(pool.settings.log_group, outcome.log)
        if outcome.error is not None:
            return json_reply(outcome.error, 500)
        return Reply(200, dumps(outcome.result).encode())

    def _settings(self, function: Mapping[str, Any]) -> FunctionSettings:
        configuration = function["Configuration"]
        name = configuration["FunctionName"]
        if _PROXY not in configuration["Environment"]["Variables"]:  # deployed, not adopted yet
            self._timeouts[name] = configuration["Timeout"]
        layers = [
            self._client("lambda").get_layer_version_by_arn(Arn=layer["Arn"])["Content"]
            for layer in configuration.get("Layers", [])
        ]
        # Where two layers have the same file, AWS shows that of the later one.
        folders = [self._code.of_layer(content) for content in reversed(layers)]
        folders.insert(0, self._code.of_function(function))
        return FunctionSettings(
            name=name,
            handler=configuration["Handler"],
            folders=tuple(folders),
            variables=self._variables(configuration),
            timeout_seconds=self._timeouts[name],
            log_group=configuration["LoggingConfig"]["LogGroup"],
            output=self._folder / "imports.log",
            modules=_modules_file(folders),
        )

    def _variables(self, configuration: Mapping[str, Any]) -> dict[str, str]:
        region = self._client("lambda").meta.region_name
        lambdas_own = {
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
            "AWS_LAMBDA_FUNCTION_VERSION": configuration["Version"],
            "AWS_LAMBDA_LOG_GROUP_NAME": configuration["LoggingConfig"]["LogGroup"],
            "AWS_LAMBDA_LOG_STREAM_NAME": FunctionLogs.STREAM,
            "_LAMBDA_FUNCTION_ARN": configuration["FunctionArn"],
            "AWS_ENDPOINT_URL": self._endpoint_url,
        }
        given = configuration["Environment"]["Variables"]
        keys = dict(self._keys(configuration["Role"]))
        return {**_ENVIRONMENT, **lambdas_own, **keys, "TMPDIR": str(self._folder), **given}

    def _keys(self, role: str) -> Mapping[str, str]:
        if not self._enforce_iam:
            return KEYS
        assumed = self._client("sts").assume_role(RoleArn=role, RoleSessionName="function")
        credentials = assumed["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        }


def _modules_file(folders: Sequence[Path]) -> Path:
    """The folders are named after their contents; other contents import other modules."""
    known = ENVIRONMENTS / "function-modules"
    known.mkdir(exist_ok=True)
    contents = "".join(part for folder in folders for part in folder.parts[-2:])
    return known / hashlib.sha256(contents.encode()).hexdigest()
