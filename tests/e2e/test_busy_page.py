"""One page that asks for everything at once: each request is answered, if need be in its turn."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.local_stack.deployed import Deployed
from tests.local_stack.function_host import processes_per_function

USER = "busy"


@pytest.mark.parametrize("requests", [20, 100])
def test_all_are_answered_when_a_page_asks_at_once(running: Deployed, requests: int) -> None:
    api = running.api(USER)
    with ThreadPoolExecutor(requests) as pool:
        answers = Counter(
            answer.status
            for answer in pool.map(lambda _: api.get("/v1/connections"), range(requests))
        )
    assert answers == {200: requests}
    assert running.processes("ApiFunctionName") <= processes_per_function()
