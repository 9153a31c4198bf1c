"""The demo's second act: what the product is worth in trouble, each promise looked at."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.demo.killing import kill_in_mid_purchase, outcome
from tests.demo.sheet import Sheet
from tests.demo.stage import Victim, victims
from tests.demo.waiting import awaited
from tests.local_stack.deployed import Deployed

_USERS = ("dora", "emil", "fay", "gus", "hal")


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of trouble: what was done, what was observed, and whether it was as promised."""

    done: str
    observed: str
    holds: bool


def perform(running: Deployed, tell: Callable[[str], None]) -> list[Scene]:
    """Play all scenes; the killed worker first, as its refresh takes longest to end."""
    tell("Second act: linking five more connections, to make trouble for them")
    killed, pressed, repeated, forged, emptied = victims(running, _USERS)
    tell(f"Killing the worker that buys a refresh for {killed.user_id}")
    left, workers = kill_in_mid_purchase(killed)
    scenes = []
    for doing, play, victim in (
        ("presses refresh twice", _press_twice, pressed),
        ("is sent one webhook three times", _deliver_thrice, repeated),
        ("is sent a forged webhook", _forge, forged),
        ("is read while the provider answers nothing", _answer_empty, emptied),
    ):
        tell(f"{victim.user_id} {doing}")
        scenes.append(play(victim))
    tell(f"Waiting for what becomes of {killed.user_id}'s refresh")
    status = outcome(killed, left["id"])
    bills = killed.billed()
    died = Scene(
        "worker killed in mid-purchase",
        f"left {left['status']}, became {status}; bills: {bills}",
        workers > 0 and left["status"] == "calling" and status == "complete" and bills == 1,
    )
    return [scenes[0], scenes[1], died, *scenes[2:]]


def table_of(scenes: list[Scene]) -> Sheet:
    """Show the scenes."""
    sheet = Sheet("In trouble", ("done", "observed", "as promised"))
    for scene in scenes:
        sheet.add(scene.done, scene.observed, "[green]yes[/]" if scene.holds else "[red]NO[/]")
    return sheet


def _press_twice(victim: Victim) -> Scene:
    path = f"/v1/connections/{victim.connection_id}/refresh"
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: victim.api.post(path), range(2)))
    ids = {each.body.get("id") for each in answers}
    joined = sum(bool(each.body.get("joined")) for each in answers)
    (refresh,) = awaited(victim.refreshes, until=lambda found: found[0]["is_terminal"])
    bills = victim.billed()
    return Scene(
        "refresh pressed twice",
        f"{len(ids)} refresh, {joined} joined it, {refresh['status']}; bills: {bills}",
        (len(ids), joined, refresh["status"], bills) == (1, 1, "complete", 1),
    )


def _deliver_thrice(victim: Victim) -> Scene:
    before = victim.versions()
    answers = victim.make("thrice")
    awaited(victim.versions, until=lambda count: count > before)
    awaited(victim.is_quiet, until=bool)
    made = victim.versions() - before
    return Scene(
        "the same webhook three times",
        f"answered {_listed(answers)}; new versions: {made}",
        (answers, made) == ([200, 200, 200], 1),
    )


def _forge(victim: Victim) -> Scene:
    before = victim.shown()["status"]
    answers = victim.make("forge")
    awaited(victim.is_quiet, until=bool)
    after = victim.shown()["status"]
    return Scene(
        "a forged webhook: login broken",
        f"answered {_listed(answers)}; the connection is still {after}",
        (answers, before, after) == ([401], "active", "active"),
    )


def _answer_empty(victim: Victim) -> Scene:
    before = len(victim.holdings()["positions"])
    victim.make("empty")
    seen = awaited(
        victim.holdings, until=lambda each: each["freshness"]["reason"] == "empty_unconfirmed"
    )
    kept, reason = len(seen["positions"]), seen["freshness"]["reason"]
    return Scene(
        "an empty answer",
        f"{kept} of {before} positions kept; freshness says {reason}",
        kept == before > 0 and reason == "empty_unconfirmed",
    )


def _listed(answers: list[int | None]) -> str:
    return ", ".join(str(each) for each in answers)
