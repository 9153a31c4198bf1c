"""The operator's moves on credentials: what is asked and what is answered."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from freshet.domain import call_errors
from freshet.domain.call_errors import ProviderAnswer
from freshet.operations.credentials import CredentialOperations
from freshet.operations.operator import Operator
from freshet.services.move_credentials import MOST_USERS, MoveCredentialsDependencies
from tests.builders import CONNECTION_ID, USER
from tests.fakes import FakeVault
from tests.unit.rotation_stage import NAME, OLD, RotationStage

ROTATE: dict[str, Any] = {
    "operation": "rotate_credential",
    "user_id": USER,
    "connection_id": CONNECTION_ID,
}
MOVE: dict[str, Any] = {"operation": "move_credentials", "user_ids": [USER]}
LOST = call_errors.AnswerLost(ProviderAnswer(provider="snaptrade", operation="reset_secret"))


def _run(
    event: dict[str, Any], stage: RotationStage, *, into: FakeVault | None = None
) -> dict[str, Any]:
    moving = None
    if into is not None:
        moving = MoveCredentialsDependencies(
            old=stage.vault, new=into, lease=stage.lease, clock=stage.stage.clock
        )
    answer = Operator(CredentialOperations(moving, stage.rotating).operations()).run(event)
    assert "invented" not in json.dumps(answer)
    return answer


def test_each_user_has_a_line_when_credentials_move() -> None:
    stage, into = RotationStage(), FakeVault()
    answer = _run(MOVE | {"user_ids": [USER, "user-2"]}, stage, into=into)
    assert answer == {
        "users": [
            {"user_id": USER, "status": "moved", "reason": None},
            {"user_id": "user-2", "status": "nothing_to_move", "reason": None},
        ]
    }
    assert into.find(USER, NAME) == OLD


def test_nothing_moves_when_the_deployment_keeps_credentials_where_they_are() -> None:
    stage = RotationStage()
    assert _run(MOVE, stage)["error"]["code"] == "nowhere_to_move"
    assert stage.vault.find(USER, NAME) == OLD


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (MOVE | {"user_ids": []}, "user_ids"),
        (MOVE | {"user_ids": ["x"] * (MOST_USERS + 1)}, "user_ids"),
        (MOVE | {"user_ids": [""]}, "user_ids.0"),
        (MOVE | {"surprise": 1}, "surprise"),
        (ROTATE | {"connection_id": ""}, "connection_id"),
        (ROTATE | {"credential": "invented"}, "credential"),
    ],
)
def test_field_is_named_when_it_is_wrong(event: dict[str, Any], field: str) -> None:
    answer = _run(event, RotationStage(), into=FakeVault())
    assert answer["error"]["code"] == "invalid_field"
    assert answer["error"]["detail"].startswith(f"{field}: ")


def test_rotation_is_answered_with_its_end() -> None:
    answer = _run(ROTATE, RotationStage())
    assert answer == {"connection_id": CONNECTION_ID, "status": "rotated"}


def _void(stage: RotationStage) -> None:
    stage.provider.failures = [(LOST, True)]


def _silent(stage: RotationStage) -> None:
    stage.provider.failures = [(LOST, False), (LOST, False)]


def _unreachable(stage: RotationStage) -> None:
    answer = ProviderAnswer(provider="snaptrade", operation="reset_secret")
    stage.provider.failures = [(call_errors.NotReached(answer), False)]


def _empty(stage: RotationStage) -> None:
    stage.vault.forget_user(USER)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (_void, "credential_lost"),
        (_silent, "rotation_unknown"),
        (_unreachable, "provider_not_reached"),
        (_empty, "credential_missing"),
    ],
)
def test_answer_says_what_to_do_when_a_rotation_fails(
    trouble: Callable[[RotationStage], None], code: str
) -> None:
    stage = RotationStage()
    trouble(stage)
    answer = _run(ROTATE, stage)["error"]
    assert answer["code"] == code
    assert answer["detail"]


def test_event_may_be_sent_again_when_somebody_else_writes_the_user() -> None:
    stage = RotationStage()
    with stage.lease.of_another().hold(USER):
        assert _run(ROTATE, stage)["error"]["code"] == "unavailable"
    assert _run(ROTATE, stage)["status"] == "rotated"


def test_connection_is_not_found_when_it_is_not_there() -> None:
    answer = _run(ROTATE | {"user_id": "user-2"}, RotationStage())
    assert answer["error"]["code"] == "not_found"
