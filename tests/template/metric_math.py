"""CloudWatch's metric math and the state of an alarm, worked out for recorded series.

It follows the page https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
in what our expressions use of it. What that page leaves open is a `Reading`; an alarm of ours must
come out the same in each of them.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

type Recorded = Sequence[float | None]
"""A metric's values, the newest last; None where nothing was sent, in all places for a metric that
never existed."""

type Series = dict[int, float]
type Value = Series | float
type Node = Any

ONLY = "metric"
"""The name of the one series of an alarm without an expression."""

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}
_BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take what the page leaves open."""

    missing_is_zero: bool
    """Arithmetic between two series takes a missing value for 0; else it drops the time."""
    fills_silence: bool
    """FILL also fills times at which no metric has a value; else only those at which one has."""


READINGS = tuple(Reading(zero, silence) for zero, silence in product((True, False), repeat=2))


def is_raised(alarm: Node, recorded: Mapping[str, Recorded], *, was_raised: bool = False) -> bool:
    """Tell whether an alarm is raised after these series, which all readings must agree on."""
    verdicts = {each: _is_raised(alarm, recorded, each, was_raised) for each in READINGS}
    assert len(set(verdicts.values())) == 1, verdicts
    return verdicts[READINGS[0]]


def evaluated(expression: str, recorded: Mapping[str, Recorded], reading: Reading) -> Value:
    """Work one expression out."""
    return _Math(recorded, reading).value(expression)


def _is_raised(
    alarm: Node, recorded: Mapping[str, Recorded], reading: Reading, was_raised: bool
) -> bool:
    work = _Math(recorded, reading)
    watched: Value = work.known[ONLY] if "Metrics" not in alarm else math.nan
    for each in alarm.get("Metrics", ()):
        if "Expression" in each:
            work.known[each["Id"]] = work.value(each["Expression"])
        if each.get("ReturnData", True):
            watched = work.known[each["Id"]]
    assert isinstance(watched, dict), "an alarm watches a series"
    last = range(work.periods - alarm["EvaluationPeriods"], work.periods)
    breaches = _BREACHES[alarm["ComparisonOperator"]]
    missing = alarm["TreatMissingData"]
    if missing == "ignore" and not any(at in watched for at in last):
        return was_raised
    bad = [
        breaches(watched[at], alarm["Threshold"]) if at in watched else missing == "breaching"
        for at in last
    ]
    return bool(sum(bad) >= alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]))


class _Math:
    """The series of one request, and what is worked out of them."""

    def __init__(self, recorded: Mapping[str, Recorded], reading: Reading) -> None:
        [self.periods] = {len(each) for each in recorded.values()}
        self.known: dict[str, Value] = {
            name: {at: float(value) for at, value in enumerate(values) if value is not None}
            for name, values in recorded.items()
        }
        self._reading = reading
        sent = {at for each in self.known.values() if isinstance(each, dict) for at in each}
        self._filled = set(range(self.periods)) if reading.fills_silence else sent

    def value(self, expression: str) -> Value:
        return self._of(ast.parse(expression, mode="eval").body)

    def _of(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name):
                return self.known[name]
            case ast.BinOp(left=left, op=op, right=right):
                return self._arithmetic(_ARITHMETIC[type(op)], self._of(left), self._of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _each(_COMPARISONS[type(op)], self._of(left), self._of(right), _union)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._called(name, [self._of(each) for each in arguments])
        raise NotImplementedError(ast.unparse(node))

    def _arithmetic(self, work: Callable[[float, float], float], one: Value, two: Value) -> Value:
        at = _union if self._reading.missing_is_zero else _common
        return _each(work, one, two, at)

    def _called(self, name: str, arguments: list[Value]) -> Value:
        match name, arguments:
            case "FILL", [dict() as series, float() as filler]:
                return {at: series.get(at, filler) for at in self._filled | series.keys()}
            case "EPOCH", [dict()]:
                return {at: float(at) for at in range(self.periods)}
            case "IF", [dict() as condition, yes, no]:
                return _chosen(condition, yes, no)
            case "AVG" | "MAX", [dict() as series]:
                return _single(name, series.values())
        raise NotImplementedError(name)


def _chosen(condition: Series, yes: Value, no: Value) -> Series:
    """Take IF's branches: a true one that has no value is 0, a false one is dropped."""
    chosen = {
        at: _at(yes, at, otherwise=0.0) if holds else _at(no, at, otherwise=math.nan)
        for at, holds in condition.items()
    }
    return {at: value for at, value in chosen.items() if not math.isnan(value)}


def _single(name: str, values: Iterable[float]) -> float:
    known = list(values)
    if not known:
        return math.nan
    return max(known) if name == "MAX" else sum(known) / len(known)


def _each(
    work: Callable[[float, float], float],
    one: Value,
    two: Value,
    times: Callable[[Series, Series], Iterable[int]],
) -> Value:
    if isinstance(one, float) and isinstance(two, float):
        return float(work(one, two))
    if isinstance(one, dict) and isinstance(two, dict):
        places = times(one, two)
    else:
        places = one if isinstance(one, dict) else two  # type: ignore[assignment]
    worked = {}
    for at in places:
        try:
            worked[at] = float(work(_at(one, at, otherwise=0.0), _at(two, at, otherwise=0.0)))
        except ZeroDivisionError:
            continue  # the page: the data point is dropped
    return worked


def _at(value: Value, at: int, *, otherwise: float) -> float:
    return value.get(at, otherwise) if isinstance(value, dict) else value


def _union(one: Series, two: Series) -> Iterable[int]:
    return one.keys() | two.keys()


def _common(one: Series, two: Series) -> Iterable[int]:
    return one.keys() & two.keys()
