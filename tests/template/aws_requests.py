"""Writes the requests of every operation that is called, in five regions, and sends none.

Run with the standard library and the packages of one folder alone; prints JSON.
Usage: aws_requests.py OPERATIONS_FILE PACKAGES_FOLDER
"""

import datetime
import json
import re
import sys
from pathlib import Path
from typing import Any

REGIONS = ("us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-north-1")
_LEFT_OUT = {"EndpointId"}  # would need a signature that only another library writes
_SCALARS: dict[str, Any] = {
    "blob": b"bytes",
    "boolean": True,
    "double": 1.5,
    "integer": 1,
    "long": 1,
    "timestamp": datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC),
}


class NotSent(Exception):
    """Holds what would have been sent."""

    def __init__(self, request: Any) -> None:
        body = request.body if isinstance(request.body, bytes) else b""
        target = request.headers.get("X-Amz-Target")
        self.request = [
            request.method,
            request.url,
            target.decode() if isinstance(target, bytes) else target,
            body.decode(),
        ]


def main() -> None:
    """Print the requests by service, operation and region."""
    called: dict[str, list[str]] = json.loads(Path(sys.argv[1]).read_text())
    sys.path.insert(0, sys.argv[2])
    from botocore.session import Session

    session = Session()
    session.set_credentials("x", "x")
    requests = {}
    for region in REGIONS:
        for service, operations in called.items():
            client = session.create_client(service, region_name=region)
            client.meta.events.register_first("before-send", _keep)
            for operation in operations:
                requests[f"{region} {service} {operation}"] = _request(client, operation)
    print(json.dumps(requests))


def _keep(request: Any, **_: Any) -> None:
    raise NotSent(request)


def _request(client: Any, operation: str) -> Any:
    shape = client.meta.service_model.operation_model(operation).input_shape
    method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
    try:
        getattr(client, method)(**_sample(shape, ()))
    except NotSent as kept:
        return kept.request
    raise AssertionError(operation)


def _sample(shape: Any, inside: tuple[str, ...]) -> Any:
    """Fill in every member, those of a shape inside itself left out."""
    if shape.name in inside:
        return None
    inside = (*inside, shape.name)
    match shape.type_name:
        case "structure":
            members = {
                name: _sample(each, inside)
                for name, each in shape.members.items()
                if name not in _LEFT_OUT
            }
            filled = {name: each for name, each in members.items() if each is not None}
            # Of a union one member may be given.
            one = dict(list(filled.items())[:1])
            return one if getattr(shape, "is_tagged_union", False) else filled
        case "list":
            each = _sample(shape.member, inside)
            return None if each is None else [each]
        case "map":
            each = _sample(shape.value, inside)
            return None if each is None else {"key": each}
        case "string":
            return (shape.enum or ["text" * (1 + shape.metadata.get("min", 0) // 4)])[0]
        case scalar:
            return _SCALARS[scalar]


if __name__ == "__main__":
    main()
