"""What `make dev` prints, as a shell and the usual readers of .env files understand it."""

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import jwt

from tests.demo.staying import things_to_try, variables_of
from tests.local_stack.deployed import Deployed
from tests.local_stack.issuer import Issuer

URL = "http://127.0.0.1:4510/_aws/execute-api/abc/%24default"
# What dotenv, dotenv-expand and a shell replace or cut.
_SPECIAL = re.compile(r"[\s$#'\"`\\&;|<>()]")


def _lines() -> list[str]:
    with Issuer() as issuer:
        running = SimpleNamespace(stack=SimpleNamespace(api_url=URL), issuer=issuer)
        return variables_of(cast(Deployed, running))


def test_lines_mean_the_same_to_a_shell_and_to_readers_of_env_files(tmp_path: Path) -> None:
    lines = _lines()
    assert not [line for line in lines if _SPECIAL.search(line)]
    (tmp_path / "dev.env").write_text("\n".join(lines) + "\n")
    command = f'. "{tmp_path}/dev.env"; echo "$FRESHET_API_URL"'
    told = ["/bin/sh", "-c", command]
    sourced = subprocess.run(told, capture_output=True, text=True, check=True)
    assert sourced.stdout.strip() == URL


def test_each_user_has_a_token_and_only_the_operator_may_operate() -> None:
    tokens = dict(line.split("=", 1) for line in _lines()[1:])
    claims = {
        name.removeprefix("FRESHET_TOKEN_"): jwt.decode(each, options={"verify_signature": False})
        for name, each in tokens.items()
    }
    assert {name: each["sub"] for name, each in claims.items()} == {
        name: name.lower() for name in ("ANA", "BEN", "CLEO", "DANA", "OPERATOR")
    }
    assert [name for name, each in claims.items() if "freshet/operate" in each["scope"]] == [
        "OPERATOR"
    ]


def test_commands_use_the_names_that_were_printed() -> None:
    names = {line.partition("=")[0] for line in _lines()}
    used = set(re.findall(r"\$(\w+)", "\n".join(things_to_try("con_1"))))
    assert used
    assert used <= names
