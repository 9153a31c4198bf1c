"""What a process may inherit from the developer's shell."""

import os
import subprocess
import sys

from tests.environment import KEYS, MADE_HERE, clean, cleaned
from tests.local_stack.processes import ROOT

SHELL = {
    "HOME": "/home/ana",
    "AWS_PROFILE": "company",
    "AWS_ENDPOINT_URL_SQS": "https://sqs.example",
    "AWS_RETRY_MODE": "odd",
    "PYTHONHOME": "/elsewhere",
    "http_proxy": "http://proxy.example:3128",
    "NO_PROXY": "intranet.example",
    "PIP_INDEX_URL": "https://mirror.example/simple",
}


def test_nothing_of_aws_and_of_python_is_inherited() -> None:
    kept = cleaned(SHELL)
    assert {name for name in kept if name.startswith(("AWS_", "PYTHON"))} == {
        *KEYS,
        "AWS_DEFAULT_REGION",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_EC2_METADATA_DISABLED",
    }


def test_no_proxy_stands_before_this_machine_and_the_others_stay() -> None:
    kept = cleaned(SHELL)
    assert kept["http_proxy"] == SHELL["http_proxy"]
    assert kept["PIP_INDEX_URL"] == SHELL["PIP_INDEX_URL"]
    expected = "intranet.example,127.0.0.1,localhost,::1"
    assert kept["no_proxy"] == kept["NO_PROXY"] == expected


def test_what_was_made_here_is_left_as_it_is() -> None:
    made = {**MADE_HERE, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    clean(made)
    assert made == {**MADE_HERE, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}


def test_whatever_is_run_has_such_an_environment() -> None:
    code = "import tests.environment, os; print(sorted(n for n in os.environ if 'SQS' in n))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], **SHELL} | {"PYTHONHOME": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
