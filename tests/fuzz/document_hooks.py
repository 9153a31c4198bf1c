"""What schemathesis cannot know: which ids there are, and what makes sense together.

Only values that the document allows are replaced, so what is wrong on purpose stays wrong.
"""

import json
import os
import re
from collections.abc import MutableMapping
from typing import Any

import schemathesis

from freshet.http.paging import CURSOR
from tests.e2e.matrix import UNKNOWN

_THINGS: dict[str, str] = json.loads(os.environ["FRESHET_THINGS"])
_SHAPES = {name: re.compile(_id[:4] + "[a-z2-7]+") for name, _id in UNKNOWN.items()}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_A_PAST_DAY = "2026-01-01"
_CURSOR = re.compile(CURSOR.schema["pattern"])


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Give a request ids of things that are there, and let it make sense."""
    if case.method != "DELETE":
        _use_things(case.path_parameters)
    if isinstance(case.body, dict):
        _use_things(case.body)
    if isinstance(case.query, dict):
        _use_things(case.query)
        _make_sense(case.query)
    if isinstance(case.headers, MutableMapping) and case.headers.get("Freshet-User"):
        # The matrix knows who may act for whom; here, everybody acts for themselves.
        del case.headers["Freshet-User"]


def _use_things(parameters: Any) -> None:
    for name, thing in _THINGS.items():
        value = (parameters or {}).get(name)
        if isinstance(value, str) and _SHAPES[name].fullmatch(value):
            parameters[name] = thing


def _make_sense(query: dict[str, Any]) -> None:
    cursor = query.get("cursor")
    if isinstance(cursor, str) and _CURSOR.fullmatch(cursor):
        del query["cursor"]  # only we can make one
    for name in ("from", "to"):
        if _DAY.fullmatch(str(query.get(name))) and not "1900" < query[name] < "2200":
            query[name] = _A_PAST_DAY  # only words say which years there are
    days = [str(query.get(name)) for name in ("from", "to")]
    if all(_DAY.fullmatch(day) for day in days) and days[0] >= days[1]:
        del query["to"]
    if isinstance(query.get("as_of"), str) and _DAY.match(query["as_of"]):
        query["as_of"] = _A_PAST_DAY
    if query.get("shape") == "snaptrade":
        query.pop("limit", None)
