"""What the layer keeps of botocore's data: all that is called, and nothing that is not."""

import ast
import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.regions import EndpointResolver

from tests.local_stack.processes import ROOT

FOLDER = ROOT / "layers" / "dependencies"
CALLED: dict[str, list[str]] = json.loads((FOLDER / "aws_operations.json").read_text())
PACKAGES = Path(botocore.__file__).parents[1]
WHOLE = ("_retry.json", "partitions.json", "sdk-default-configuration.json")
# Called by botocore itself: for a bucket that is in another region.
BY_BOTOCORE = {("s3", "HeadBucket")}


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of the layer, its data trimmed as the Makefile trims it."""
    packages = tmp_path_factory.mktemp("layer")
    for name in ("botocore", "jmespath", "dateutil", "urllib3", "certifi"):
        shutil.copytree(PACKAGES / name, packages / name, ignore=_other_services)
    shutil.copy(PACKAGES / "six.py", packages)
    subprocess.run([sys.executable, str(FOLDER / "trim.py"), str(packages)], check=True)
    return packages


def _other_services(folder: str, names: list[str]) -> list[str]:
    # Copies of what goes anyway would take most of the time; some are left to be removed.
    if Path(folder) != PACKAGES / "botocore" / "data":
        return []
    return [each for each in names if each.isalnum() and each not in {*CALLED, "sts", "ec2"}]


def _loader(packages: Path) -> Loader:
    return Loader([str(packages / "botocore" / "data")], include_default_search_paths=False)


@cache
def _model(packages: Path, service: str) -> ServiceModel:
    # Read here: botocore's own loader gives what moto has changed in the same process.
    newest = max((packages / "botocore" / "data" / service).iterdir())
    packed = newest / "service-2.json.gz"
    text = (
        gzip.decompress(packed.read_bytes())
        if packed.exists()
        else (newest / "service-2.json").read_bytes()
    )
    return ServiceModel(json.loads(text), service)


def test_hashes_are_checked_before_anything_is_trimmed() -> None:
    recipe = (FOLDER / "Makefile").read_text()
    assert 0 < recipe.index("--require-hashes") < recipe.index("trim.py")
    assert recipe.index("trim.py") < recipe.index("compileall")


def test_data_of_other_services_goes_and_that_of_defaults_stays(trimmed: Path) -> None:
    data = trimmed / "botocore" / "data"
    assert {each.name for each in data.iterdir() if each.is_dir()} == set(CALLED)
    for name in WHOLE:
        assert (data / name).read_bytes() == (PACKAGES / "botocore" / "data" / name).read_bytes()


@pytest.mark.parametrize("service", CALLED)
def test_operations_that_are_called_keep_every_shape(trimmed: Path, service: str) -> None:
    small, whole = _model(trimmed, service), _model(PACKAGES, service)
    assert sorted(small.operation_names) == CALLED[service]
    assert small.metadata == whole.metadata
    for name in small.operation_names:
        ours, theirs = small.operation_model(name), whole.operation_model(name)
        assert _described(ours.input_shape) == _described(theirs.input_shape)
        assert _described(ours.output_shape) == _described(theirs.output_shape)
        assert [_described(each) for each in ours.error_shapes] == [
            _described(each) for each in theirs.error_shapes
        ]


def _described(shape: Any, inside: tuple[str, ...] = ()) -> Any:
    if shape is None or shape.name in inside:
        return None if shape is None else shape.name
    inside = (*inside, shape.name)
    parts: dict[str, Any] = {}
    if shape.type_name == "structure":
        parts = {name: _described(each, inside) for name, each in shape.members.items()}
    elif shape.type_name == "list":
        parts = {"member": _described(shape.member, inside)}
    elif shape.type_name == "map":
        parts = {"key": _described(shape.key, inside), "value": _described(shape.value, inside)}
    return shape.name, shape.type_name, shape.serialization, shape.metadata, parts


def test_requests_are_the_same_in_five_regions(trimmed: Path) -> None:
    ours, theirs = requests_of(trimmed), requests_of(PACKAGES)
    assert len(ours) == 5 * sum(map(len, CALLED.values()))
    assert ours == theirs
    assert "amazonaws.com.cn" in ours["cn-north-1 dynamodb GetItem"][1]


def requests_of(packages: Path) -> dict[str, Any]:
    """Let a process that knows these packages alone write every request."""
    script = ROOT / "tests" / "template" / "aws_requests.py"
    operations = str(FOLDER / "aws_operations.json")
    written = subprocess.check_output(
        [sys.executable, "-I", "-S", "-B", str(script), operations, str(packages)], env={}
    )
    requests: dict[str, Any] = json.loads(written)
    return requests


def test_every_region_of_every_partition_has_its_endpoint(trimmed: Path) -> None:
    small, whole = (
        EndpointResolver(_loader(each).load_data("endpoints")) for each in (trimmed, PACKAGES)
    )
    assert small.get_available_partitions() == whole.get_available_partitions()
    for partition in whole.get_available_partitions():
        for service in CALLED:
            prefix = _model(PACKAGES, service).endpoint_prefix
            regions = [
                *whole.get_available_endpoints(prefix, partition, allow_non_regional=True),
                "xx-unheard-of-1",
            ]
            for region in regions:
                assert small.construct_endpoint(prefix, region) == whole.construct_endpoint(
                    prefix, region
                )


def test_every_call_is_listed_and_every_listed_operation_is_called() -> None:
    listed = {(service, each) for service, names in CALLED.items() for each in names}
    names = {_method(operation) for _, operation in listed - BY_BOTOCORE}
    assert set(_called(_every_method())) == names


def _every_method() -> set[str]:
    return {
        _method(operation)
        for service in CALLED
        for operation in _model(PACKAGES, service).operation_names
    }


def _method(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def _called(methods: set[str]) -> Iterator[str]:
    """Name what is called of a client, also by a paginator's name."""
    for path in (ROOT / "layers" / "core" / "freshet" / "adapters").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Attribute(value=receiver, attr=name) if name in methods:
                    if ast.unparse(receiver).endswith(("client", "key_service")):
                        yield name
                case ast.Call(ast.Attribute(attr="get_paginator"), [ast.Constant(str(name))]):
                    yield name


def test_no_client_is_made_of_a_service_that_is_not_listed() -> None:
    made = set()
    for path in (ROOT / "layers" / "core" / "freshet").rglob("*.py"):
        made |= set(re.findall(r'\b(?:client|aws)\("([a-z0-9-]+)"\)', path.read_text()))
    assert made == set(CALLED)
