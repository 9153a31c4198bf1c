"""Layers unpacked once for all processes of the local AWS.

AWS mounts a layer; the emulator unpacks it anew for each process it starts, which for thousands
of files takes longer than the start itself. So what was uploaded is unpacked here, once per
content, and the functions find it on Python's own search path, after their own code as on AWS.
"""

import base64
import hashlib
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import requests

_TIMEOUT_SECONDS = 30


def share(functions: Any, folder: Path) -> None:
    """Replace each function's layers by shared copies of the same content."""
    unpacked: dict[str, Path] = {}
    for page in functions.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            arns = [layer["Arn"] for layer in function.get("Layers", [])]
            for arn in arns:
                if arn not in unpacked:
                    unpacked[arn] = _unpack(functions, arn, folder)
            if arns:
                _use(functions, function, [unpacked[arn] for arn in arns])


def _unpack(functions: Any, arn: str, folder: Path) -> Path:
    content = functions.get_layer_version_by_arn(Arn=arn)["Content"]
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between us and ourselves
        answer = session.get(content["Location"], timeout=_TIMEOUT_SECONDS)
    answer.raise_for_status()
    digest = hashlib.sha256(answer.content).digest()
    if base64.b64encode(digest).decode() != content["CodeSha256"]:
        raise LayerDamaged(arn)
    place = folder / digest.hex()
    if not place.exists():
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            archive.extractall(place)  # noqa: S202 what we have uploaded ourselves
    return place / "python"


def _use(functions: Any, function: Any, places: list[Path]) -> None:
    variables = function["Environment"]["Variables"]
    # Where two layers have the same file, AWS shows that of the later one.
    path = os.pathsep.join(str(place) for place in reversed(places))
    functions.update_function_configuration(
        FunctionName=function["FunctionName"],
        Layers=[],
        Environment={"Variables": variables | {"PYTHONPATH": path}},
    )


class LayerDamaged(Exception):
    """What the local AWS gives back is not what was uploaded."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"{arn} is not what was uploaded")
