"""The registry of metrics as tests read it: every entry, the names it can have, its page."""

from collections.abc import Iterator

from freshet import metrics
from freshet.domain.provider import Provider
from freshet.metric_kinds import CounterFamily, Metric

# The words of a family's name: each is a metric that is paid for, so none is an open set.
_WORDS: dict[str, tuple[str, ...]] = {"{Provider}": tuple(Provider)}

REGISTRY: dict[str, Metric] = {
    constant: entry for constant, entry in vars(metrics).items() if isinstance(entry, Metric)
}


def names_of(metric: Metric) -> tuple[str, ...]:
    """List the names that CloudWatch sees."""
    if not isinstance(metric, CounterFamily):
        return (metric.name,)
    return tuple(metric.member(word).name for word in _words_of(metric)[1])


def alarms_by_name(metric: Metric) -> Iterator[tuple[str, str]]:
    """Pair each name of a metric with each alarm on it, in small letters.

    Template and code write the providers' capitals differently.
    """
    if not isinstance(metric, CounterFamily):
        yield from ((metric.name, alarm.lower()) for alarm in metric.alarms)
        return
    place, words = _words_of(metric)
    for word in words:
        for alarm in metric.alarms:
            yield metric.member(word).name, alarm.replace(place, word).lower()


def _words_of(family: CounterFamily) -> tuple[str, tuple[str, ...]]:
    [found] = [(place, words) for place, words in _WORDS.items() if place in family.name]
    return found


def row_of(metric: Metric) -> str:
    """Write a metric's row of the operator's page."""
    names = ", ".join(f"`{name}`" for name in names_of(metric))
    senders = ", ".join(f"`{each}`" for each in metric.sent_by) or "every function"
    alarms = ", ".join(f"`{each}`" for each in metric.alarms) or "–"
    return f"| {names} | {senders} | {metric.unit.lower()} | {metric.tells} | {alarms} |"
