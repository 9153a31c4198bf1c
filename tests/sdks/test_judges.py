"""Would the judges notice? Each is shown something wrong."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from freshet.adapters.foreign_json import Instant, LenientModel, Number
from tests.sdks.agreement import Told, differences, known_names
from tests.sdks.exchanges import Exchange
from tests.sdks.specifications import Specification


class _Line(LenientModel):
    units: Number = None
    at: Instant = None


_TOLD = Told(
    members={"units": Told(0.1), "at": Told("2026-11-20T15:00:00Z")},
    names=frozenset({"units", "at"}),
)
_SAID = {"units": Decimal("0.1"), "at": "2026-11-20T15:00:00Z"}
_READ = {"units": "0.1", "at": "2026-11-20T15:00:00Z"}


def _places(read: dict[str, Any], told: Told = _TOLD) -> list[str]:
    return [where for where, _ in differences(_Line.model_validate(read), told, _SAID)]


def test_nothing_is_told_when_all_agree() -> None:
    assert _places(_READ) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"units": "0.10000000000000001"}, "$.units"),
        ({"units": None}, "$.units"),
        ({"at": datetime(2026, 11, 20, 16, 0, tzinfo=UTC).isoformat()}, "$.at"),
    ],
)
def test_place_is_told_when_we_read_something_else(change: dict[str, Any], where: str) -> None:
    assert where in _places({**_READ, **change})


def test_place_is_told_when_the_sdk_reads_something_else() -> None:
    told = Told(members={**_TOLD.members, "units": Told(0.2)}, names=_TOLD.names)
    assert _places(_READ, told) == ["$.units"]


def test_name_is_missing_when_the_sdk_does_not_know_it() -> None:
    found: dict[Any, set[str]] = {}
    known_names([_Line()], Told(items=[Told(names=frozenset({"units"}))]), found)
    assert found == {_Line: {"units"}}


_DOCUMENT = {
    "paths": {
        "/things/{id}": {
            "post": {
                "parameters": [
                    {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer"}},
                    {"in": "query", "name": "day", "required": True, "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}
                        }
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {"kind": {"enum": ["a"], "type": "string", "nullable": True}},
                "required": ["kind"],
            }
        }
    },
}


def _exchange(**changes: Any) -> Exchange:
    usual: dict[str, Any] = {
        "method": "POST",
        "path": "/things/1",
        "query": {"day": "today"},
        "headers": {},
        "content": b"{}",
        "status": 200,
        "answer": b'{"kind": null}',
        "answer_headers": {},
    }
    return Exchange(**{**usual, **changes})


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"path": "/nothing"}, "POST /nothing"),
        ({"query": {}}, "POST /things/{id} query.day"),
        ({"query": {"day": "today", "limit": "few"}}, "POST /things/{id} query.limit $"),
        ({"query": {"day": "today", "colour": "red"}}, "POST /things/{id} query.colour"),
        ({"content": b""}, "POST /things/{id} body"),
        ({"content": b"[]"}, "POST /things/{id} body $"),
        ({"status": 201}, "POST /things/{id} 201"),
        ({"answer": b'{"kind": "b"}'}, "POST /things/{id} 200 $.kind"),
        ({"answer": b"{}"}, "POST /things/{id} 200 $"),
    ],
)
def test_finding_is_told_when_an_exchange_is_not_as_specified(
    changes: dict[str, Any], where: str
) -> None:
    findings = list(Specification(_DOCUMENT).findings(_exchange(**changes)))
    assert [place for place, _ in findings] == [where]


def test_nothing_is_found_when_an_exchange_is_as_specified() -> None:
    assert list(Specification(_DOCUMENT).findings(_exchange())) == []
