"""The document that the deployed API serves, and the API judged by it."""

import json

from freshet.http.resources import operations_with
from freshet.registry import offers
from functions.api.document import DOCUMENT
from tests.depth import sample
from tests.fuzz.api import judge
from tests.local_stack.api_client import ApiClient
from tests.local_stack.deployed import Deployed

_OPERATIONS = sample([each.id for each in operations_with(offers())], 5)
_SEED = 20261120  # always the same requests: what fails here fails again


def test_the_document_and_its_page_are_for_everybody(running: Deployed) -> None:
    anybody = ApiClient(running.stack.api_url, token=None)
    assert anybody.get("/openapi.json").body == json.loads(DOCUMENT.read_text())
    page = anybody.get("/docs")
    assert (page.status, "SwaggerUIBundle" in page.body) == (200, True)


def test_no_request_that_the_document_suggests_is_answered_otherwise(running: Deployed) -> None:
    is_fine, report = judge(
        running, phases="examples,coverage", examples=1, seed=_SEED, operations=_OPERATIONS
    )
    assert is_fine, report
