"""Whatever happens in whatever order: the awake have a place in the index, the asleep do not."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from freshet.domain.call_errors import (
    AnswerLost,
    LoginRequired,
    NotReached,
    ProviderError,
    ProviderFailed,
    ProviderUnavailable,
    RateLimited,
    RefreshUnsupported,
)
from freshet.domain.connection import Connection
from freshet.domain.errors import RefreshRefused
from freshet.domain.refresh_request import RefreshRequest
from freshet.domain.webhooks import WebhookEffect
from freshet.services.change_connection import ConnectionChange, change_connection
from freshet.services.request_refresh import request_refresh
from tests.builders import CONNECTION_ID, USER, a_report, an_answer, an_event
from tests.depth import many
from tests.unit.stage import Stage

FAILURES: list[type[ProviderError]] = [
    AnswerLost,
    LoginRequired,
    NotReached,
    ProviderFailed,
    ProviderUnavailable,
    RateLimited,
    RefreshUnsupported,
]
Act = Callable[[Stage], object]


def _change(**wanted: Any) -> Act:
    change = ConnectionChange(user_id=USER, connection_id=CONNECTION_ID, **wanted)
    return lambda stage: change_connection(
        change, connections=stage.connections, traits=stage.traits, clock=stage.clock
    )


def _press(stage: Stage) -> None:
    request = RefreshRequest(user_id=USER, connection_id=CONNECTION_ID, actor=USER)
    with suppress(RefreshRefused):
        request_refresh(request, deps=stage.requesting)


def _hear(effect: WebhookEffect) -> Act:
    def act(stage: Stage) -> None:
        stage.hear(an_event(id=f"event-{next(_EVENTS)}", effect=effect))

    return act


def _fail_reads(kind: type[ProviderError]) -> Act:
    def act(stage: Stage) -> None:
        stage.provider.read_failures = {"connection": kind(an_answer())}

    return act


def _fail_refresh(kind: type[ProviderError]) -> Act:
    return lambda stage: stage.provider.refresh_failures.append(kind(an_answer()))


def _report(*, is_disabled: bool) -> Act:
    def act(stage: Stage) -> None:
        stage.provider.read_failures = {}
        stage.provider.report = a_report(is_disabled=is_disabled)

    return act


def _pass(**step: float) -> Act:
    return lambda stage: stage.later(**step)


def _plan_and_work(stage: Stage) -> None:
    stage.plan()
    stage.drain()


_EVENTS = count()
ACTS: dict[str, Act] = {
    "plan": Stage.plan,
    "work": Stage.drain,
    "plan and work": _plan_and_work,
    "press": _press,
    "lose messages": lambda stage: (stage.reads.drain(), stage.buys.drain()),
    "hear of an account": _hear(WebhookEffect.ACCOUNT_READ),
    "hear of the connection": _hear(WebhookEffect.CONNECTION_READ),
    "a minute": _pass(minutes=1),
    "four minutes": _pass(minutes=4),
    "a day": _pass(hours=25),
    "pause": _change(paused=True),
    "go on": _change(paused=False),
    "buy daily": _change(refresh_every=timedelta(hours=24)),
    "buy no more": _change(is_buying_ended=True),
    "disabled": _report(is_disabled=True),
    "mended": _report(is_disabled=False),
    **{f"reads fail: {kind.reason}": _fail_reads(kind) for kind in FAILURES},
    **{f"refresh fails: {kind.reason}": _fail_refresh(kind) for kind in FAILURES},
}


def _demand_right_place(connection: Connection) -> None:
    is_waited_for = connection.slots.holdings.refresh_id is not None or bool(connection.pending)
    is_looked_at = connection.link.next_look_at is not None and not connection.paused
    is_expected = connection.is_awake or is_waited_for or is_looked_at
    assert (connection.due_at is not None) is is_expected


@settings(max_examples=many(in_gate=40, deep=400))
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=25))
def test_place_in_the_index_is_right_when_anything_happens_in_any_order(names: list[str]) -> None:
    stage = Stage()
    for name in names:
        ACTS[name](stage)
        _demand_right_place(stage.connection)


@settings(max_examples=many(in_gate=40, deep=400))
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=25))
def test_everything_comes_to_rest_when_the_provider_is_well_again(names: list[str]) -> None:
    stage = Stage()
    for name in names:
        ACTS[name](stage)
    _report(is_disabled=False)(stage)
    stage.provider.refresh_failures = []
    _change(is_buying_ended=True)(stage)
    for _ in range(40):
        stage.later(minutes=30)
        stage.plan()
        stage.drain()
    connection = stage.connection
    _demand_right_place(connection)
    assert connection.slots.holdings.refresh_id is None
    assert not connection.pending
    assert connection.due_at is None or connection.due_at > stage.clock.now
