"""Keeps of botocore's data what is called: the services and operations of `aws_operations.json`.

Run by the Makefile after pip has checked the hashes. All partitions and regions stay, and so do
the files of defaults and retries; prose goes.

Usage: trim.py PYTHON_FOLDER_OF_THE_LAYER
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CALLED: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("aws_operations.json").read_text()
)
_PROSE = {"documentation", "documentationUrl"}
_RULES = "endpoint-rule-set-1.json.gz"
_EXTRAS = "service-2.sdk-extras.json"


def main() -> None:
    """Trim a layer in place."""
    packages = Path(sys.argv[1])
    data = packages / "botocore" / "data"
    for service in sorted(path for path in data.iterdir() if path.is_dir()):
        if service.name in CALLED:
            _trim_service(service, CALLED[service.name])
        else:
            shutil.rmtree(service)
    missing = CALLED.keys() - {path.name for path in data.iterdir()}
    if missing:
        raise SystemExit(f"botocore has no data of {', '.join(sorted(missing))}")
    _trim_endpoints(data / "endpoints.json", data)


def _trim_service(service: Path, operations: list[str]) -> None:
    *older, newest = sorted(service.iterdir())
    for each in older:
        shutil.rmtree(each)
    model = trimmed(_read(newest / "service-2.json.gz"), operations)
    pages = newest / "paginators-1.json"
    paged = json.loads(pages.read_text())["pagination"] if pages.exists() else {}
    for path in newest.iterdir():
        if path.name not in (_RULES, _EXTRAS):
            path.unlink()
    # Not packed: the layer's zip packs them, and a start is spared the unpacking.
    _write(newest / "service-2.json", model)
    (newest / _RULES).with_suffix("").write_bytes(gzip.decompress((newest / _RULES).read_bytes()))
    (newest / _RULES).unlink()
    kept = {name: each for name, each in paged.items() if name in operations}
    _write(newest / "paginators-1.json", {"pagination": kept})


def trimmed(model: dict[str, Any], operations: list[str]) -> dict[str, Any]:
    """Give a service's model with these operations, and the shapes that they reach."""
    kept = {name: model["operations"][name] for name in operations}
    shapes: dict[str, Any] = {}
    wanted = list(_shapes_of(kept))
    while wanted:
        name = wanted.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            wanted += _shapes_of(shapes[name])
    # Only here: elsewhere botocore itself reads the prose.
    return {**model, "operations": _without_prose(kept), "shapes": _without_prose(shapes)}


def _shapes_of(part: Any) -> Iterator[str]:
    """Name every shape that a part of a model refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for each in part.values():
            yield from _shapes_of(each)
    elif isinstance(part, list):
        for each in part:
            yield from _shapes_of(each)


def _without_prose(part: Any) -> Any:
    if isinstance(part, dict):
        # A member may be called like what is left out; then it is a reference, and not a text.
        return {
            name: _without_prose(each)
            for name, each in part.items()
            if not (name in _PROSE and isinstance(each, str))
        }
    return [_without_prose(each) for each in part] if isinstance(part, list) else part


def _trim_endpoints(path: Path, data: Path) -> None:
    """Keep every partition with its regions and defaults, and the services that are called."""
    endpoints = json.loads(path.read_text())
    prefixes = set()
    for service in CALLED:
        (version,) = (data / service).iterdir()
        prefixes.add(
            json.loads((version / "service-2.json").read_text())["metadata"]["endpointPrefix"]
        )
    for partition in endpoints["partitions"]:
        services = partition["services"].items()
        partition["services"] = {name: each for name, each in services if name in prefixes}
    _write(path, endpoints)


def _read(path: Path) -> dict[str, Any]:
    model: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return model


def _write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(document, separators=(",", ":")))


if __name__ == "__main__":
    main()
