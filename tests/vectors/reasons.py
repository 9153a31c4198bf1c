"""Every reason to refuse a delivery, as the source of the verifiers names it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ADAPTERS = Path(__file__).resolve().parents[2] / "layers" / "core" / "freshet" / "adapters"
_FAMILY = ("SignatureRejected", "MalformedWebhook")


@dataclass(frozen=True, slots=True)
class Reason:
    """A refusal: whose verifier makes it, in which module, as which error, with which code."""

    provider: str
    module: str
    error: str
    code: str


def all_reasons() -> list[Reason]:
    """Collect them in order, each once per module."""
    paths = [path for name in ("snaptrade", "plaid") for path in (ADAPTERS / name).glob("*.py")]
    found = {reason for path in paths for reason in _in_module(path)}
    return sorted(found, key=lambda each: (each.provider, each.module, each.code))


def code_of(call: ast.AST) -> str | None:
    """Give the code of `SignatureRejected("code")`, None for any other expression."""
    if not isinstance(call, ast.Call) or _name(call) not in _FAMILY:
        return None
    (argument,) = call.args
    return str(ast.literal_eval(argument))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _in_module(path: Path) -> Iterator[Reason]:
    for node in ast.walk(ast.parse(path.read_text())):
        code = code_of(node)
        if isinstance(node, ast.Call) and code is not None:
            module = f"freshet.adapters.{path.parent.name}.{path.stem}"
            yield Reason(path.parent.name, module, _name(node), code)
