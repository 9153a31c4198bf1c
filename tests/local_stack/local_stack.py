"""One deployed Freshet on this machine, from start to wiped."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
from botocore.config import Config

from tests.environment import KEYS, REGION
from tests.local_stack import deployment, gateway, permissions
from tests.local_stack.emulator import Emulator
from tests.local_stack.function_host import FunctionHost
from tests.local_stack.room import demand_room

# Where the stack says which secret holds a provider's keys.
SECRETS = {"snaptrade": "SnapTradeSecretArn", "plaid": "PlaidSecretArn"}


def _silent(_: str) -> None:
    pass


class LocalStack:
    """A context manager: inside it the system runs, after it nothing is left.

    Several may run side by side. Without a port any free one is taken. With `enforce_iam` the
    emulator holds functions to the permissions that the template grants them.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        port: int | None = None,
        *,
        enforce_iam: bool = False,
        progress: Callable[[str], None] = _silent,
    ) -> None:
        self._parameters = parameters
        self._port = port
        self._enforce_iam = enforce_iam
        self._progress = progress
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._emulator: Emulator | None = None
        self._host: FunctionHost | None = None
        self._template = Path()
        self._clients: dict[str, Any] = {}
        self.outputs: Mapping[str, str] = {}
        self.api_url = ""

    def __enter__(self) -> Self:
        demand_room()
        self._folder = tempfile.TemporaryDirectory(
            prefix="freshet-stack-", ignore_cleanup_errors=True
        )
        try:
            self._start(Path(self._folder.name))
        except BaseException:  # also Ctrl-C: what has started must stop
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    @property
    def build_folder(self) -> Path:
        """Where `sam build` left layers and functions."""
        return self._template.parent

    @property
    def log(self) -> Path:
        """What the local AWS says of itself and of the functions it runs."""
        assert self._folder, "the stack is not running"
        return Path(self._folder.name) / "emulator.log"

    @property
    def host(self) -> FunctionHost:
        """Where the functions run."""
        assert self._host, "the stack is not running"
        return self._host

    @property
    def endpoint_url(self) -> str:
        """Where AWS's own APIs answer."""
        assert self._emulator, "the stack is not running"
        return self._emulator.url

    def client(self, service: str) -> Any:
        """A boto3 client of the local AWS, with all permissions; one per service."""
        if service not in self._clients:
            session = boto3.Session(
                aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
                region_name=REGION,
            )
            config = Config(retries={"total_max_attempts": 2}, proxies={}, max_pool_connections=50)
            make: Any = session.client  # its type knows services only by literal name
            self._clients[service] = make(service, endpoint_url=self.endpoint_url, config=config)
        return self._clients[service]

    def set_provider_secret(self, provider: str, document: dict[str, str]) -> None:
        """Fill in one provider's keys, as the deploying company would."""
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs[SECRETS[provider]], SecretString=json.dumps(document)
        )

    def change(self, parameters: Mapping[str, str]) -> None:
        """Change the stack's parameters; whatever is stored stays."""
        deployment.change({**self._parameters, **parameters}, self.client("cloudformation"))
        self._finish()

    def deploy_again(self) -> None:
        """Deploy a stack that was deleted, under the same name and with the first parameters."""
        assert self._folder, "the stack is not running"
        self._deploy(Path(self._folder.name))

    def set_variable(self, output: str, name: str, value: str) -> None:
        """Change one environment variable of the function that an output names."""
        functions, function = self.client("lambda"), self.outputs[output]
        known = functions.get_function_configuration(FunctionName=function)["Environment"]
        variables = known["Variables"] | {name: value}
        functions.update_function_configuration(
            FunctionName=function, Environment={"Variables": variables}
        )
        self.host.adopt(function)

    def set_snaptrade_secret(self, client_id: str, consumer_key: str) -> None:
        """Fill in SnapTrade's keys."""
        document = {"client_id": client_id, "consumer_key": consumer_key}
        self.set_provider_secret("snaptrade", document)

    def _start(self, folder: Path) -> None:
        self._progress("Starting a local AWS")
        self._emulator = Emulator(folder, port=self._port, enforce_iam=self._enforce_iam)
        self._progress("Building layers and functions (sam build): some 30 s, once for each change")
        self._template = deployment.build(folder)
        self._emulator.wait_until_ready()
        self.client("s3").create_bucket(Bucket=deployment.BUCKET)
        self._host = FunctionHost(
            folder,
            self.build_folder / "unpacked",
            self.client,
            self.endpoint_url,
            enforce_iam=self._enforce_iam,
        )
        self._host.__enter__()
        self._progress("Deploying template.yaml (sam deploy): about 10 s")
        self._deploy(folder)

    def _deploy(self, folder: Path) -> None:
        deployment.deploy(
            self._template, self._parameters, endpoint=self.endpoint_url, folder=folder
        )
        self._finish()
        api_id = gateway.complete(self.client, deployment.STACK_NAME)
        # Encoded, as a shell and the readers of .env files replace what begins with a dollar.
        self.api_url = f"{self.endpoint_url}/_aws/execute-api/{api_id}/%24default"

    def _finish(self) -> None:
        self.outputs = self._read_outputs()
        permissions.grant_batches(self.client("iam"), deployment.STACK_NAME)
        self.host.adopt_all()

    def _read_outputs(self) -> dict[str, str]:
        described = self.client("cloudformation").describe_stacks(StackName=deployment.STACK_NAME)
        return {
            each["OutputKey"]: each["OutputValue"] for each in described["Stacks"][0]["Outputs"]
        }

    def _stop(self) -> None:
        if self._host:
            self._host.__exit__(None, None, None)
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        if self._emulator:
            self._emulator.stop()
        if self._folder:
            self._folder.cleanup()
