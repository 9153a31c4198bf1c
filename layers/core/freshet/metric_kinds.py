"""The kinds of metrics: counts, times, shares, and counts apart by a word."""

from typing import ClassVar, Literal

type Sender = Literal[
    "api",
    "operate",
    "plan_refreshes",
    "process_webhook",
    "receive_webhook",
    "refresh_connection",
    "take_snapshots",
]


class Metric:
    """One metric of the stack's namespace; its dimension `service` is the sender."""

    unit: ClassVar[str]

    def __init__(
        self, name: str, *sent_by: Sender, tells: str, alarms: tuple[str, ...] = ()
    ) -> None:
        """Describe it; without a sender named, every function may send it."""
        self.name = name
        self.sent_by = sent_by
        self.tells = tells
        self.alarms = alarms

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Counter(Metric):
    """Counts a fact."""

    unit = "Count"


class Duration(Metric):
    """Measures a time."""

    unit = "Seconds"


class Percentage(Metric):
    """Measures a share."""

    unit = "Percent"


class CounterFamily(Metric):
    """Counts a fact apart by a word that is part of the name: `{Provider}WebhookReceived`.

    The name of an alarm may have the same place for the word.
    """

    unit = "Count"

    def member(self, word: str) -> Counter:
        """Name one of the family: `plaid` gives `PlaidWebhookReceived`."""
        start, rest = self.name.split("{")
        end = rest.split("}")[1]
        capitalized = "".join(part[:1].upper() + part[1:] for part in word.split("_"))
        return Counter(start + capitalized + end, *self.sent_by, tells=self.tells)
