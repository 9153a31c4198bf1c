"""Reference data for one request: what is kept for everybody, and a few questions for the rest.

A currency or a type is looked up once, through any instrument that has it. One request a minute
may ask, a few questions: whatever the traffic, that is what it costs of the quota.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from freshet.adapters.exact_json import parsed_text, rendered
from freshet.adapters.snaptrade.fields import Document, Reference
from freshet.adapters.snaptrade.naming import (
    Descriptions,
    described_by_exchanges,
    described_by_symbol,
    names_of,
)
from freshet.adapters.snaptrade.reference import SnapTradeReference
from freshet.domain.call_errors import CallFailed, MissingUpstream
from freshet.domain.errors import SecretUnavailable
from freshet.domain.provider import Provider
from freshet.domain.reference import ReferenceEntry, ReferenceKind, ReferenceName
from freshet.domain.trouble import log_keys_of
from freshet.observability import logger
from freshet.ports import Clock

MOST_QUESTIONS = 10
TURN = timedelta(minutes=1)
_TIME_TO_ASK = timedelta(seconds=3)  # no question is begun after it; each has short timeouts

Entries = dict[ReferenceName, ReferenceEntry]


class ReferenceData(Protocol):
    """What providers say that is the same for every user, kept for all of them."""

    def of_provider(self, provider: Provider) -> Sequence[ReferenceEntry]:
        """List all that is kept, in the order of kinds and codes."""

    def keep(self, provider: Provider, entries: Iterable[ReferenceEntry]) -> None:
        """Store what was learned, each in place of what was known of the same thing."""

    def claim(self, provider: Provider, *, now: datetime, until: datetime) -> bool:
        """Take the turn to ask the provider; False while another function has it."""


class Questions(Struct):
    """How many questions one request may still ask, and until when."""

    left: int
    until: datetime

    def take(self, now: datetime) -> bool:
        """Use one up; False where none may be asked any more."""
        if self.left == 0 or now >= self.until:
            return False
        self.left -= 1
        return True


class Catalogue:
    """One request's view; what cannot be had now is missing in it, and asked for again later."""

    def __init__(self, source: SnapTradeReference, kept: ReferenceData, clock: Clock) -> None:
        """The constructor does no I/O."""
        self._source = source
        self._kept = kept
        self._clock = clock
        self._known: Entries | None = None
        self._questions: Questions | None = None
        self._exchanges: Descriptions | None = None

    def reference_for(self, instruments: Sequence[Document], told: Descriptions) -> Reference:
        """Give what is known, after asking for what these instruments name and is unknown.

        What the account's own documents have told needs no asking.
        """
        if self._known is None:
            kept = self._kept.of_provider(Provider.SNAPTRADE)
            self._known = {entry.name: entry for entry in kept}
        known, now = self._known, self._clock()
        named = {name for each in instruments for name in names_of(each)}
        missing = {
            name
            for name in named - told.keys()
            if name not in known or not known[name].is_current(now=now)
        }
        if missing:
            learned = self._learned(missing, instruments, known)
            self._kept.keep(Provider.SNAPTRADE, learned.values())
            known |= learned
        documents = {
            name: parsed_text(entry.document)
            for name, entry in known.items()
            if entry.document is not None
        }
        return Reference.from_documents(documents | told)

    def _learned(
        self,
        missing: set[ReferenceName],
        instruments: Iterable[Document],
        known: Mapping[ReferenceName, ReferenceEntry],
    ) -> Entries:
        questions = self._turn()
        learned: Entries = {}
        try:
            for asked_for, answer in self._answers(missing, instruments, questions):
                for name in asked_for | answer.keys():
                    # What was known once is not unlearned because it was asked for in vain.
                    before = learned.get(name) or known.get(name)
                    document = before.document if before else None
                    if name in answer:
                        document = rendered(answer[name])
                    learned[name] = ReferenceEntry(
                        name=name, document=document, learned_at=self._clock()
                    )
        except (CallFailed, SecretUnavailable) as trouble:
            questions.left = 0
            logger.warning("Reference data could not be had", **log_keys_of(trouble))
        return learned

    def _turn(self) -> Questions:
        """Say how much this request may ask: nothing while another one does."""
        if self._questions is None:
            now = self._clock()
            is_ours = self._kept.claim(Provider.SNAPTRADE, now=now, until=now + TURN)
            self._questions = Questions(MOST_QUESTIONS if is_ours else 0, now + _TIME_TO_ASK)
        return self._questions

    def _answers(
        self, missing: set[ReferenceName], instruments: Iterable[Document], questions: Questions
    ) -> Iterator[tuple[set[ReferenceName], Descriptions]]:
        """Ask as little as the instruments allow; give what was asked for, and the answer."""
        exchanges = {each for each in missing if each.kind is ReferenceKind.EXCHANGE}
        if exchanges and self._exchanges is None and questions.take(self._clock()):
            self._exchanges = described_by_exchanges(self._source.exchanges())
        if exchanges and self._exchanges is not None:
            listed = self._exchanges
            yield exchanges, {name: listed[name] for name in exchanges & listed.keys()}
        others = missing - exchanges
        for instrument in instruments:
            asked_for = others & names_of(instrument)
            subject = instrument.get("id") or instrument.get("symbol")
            if not asked_for or not subject:
                continue
            if not questions.take(self._clock()):
                return
            answer = self._looked_up(subject)
            yield asked_for, answer
            others -= asked_for | answer.keys()

    def _looked_up(self, subject: str) -> Descriptions:
        try:
            return described_by_symbol(self._source.symbol(subject))
        except MissingUpstream:
            return {}  # gone, or never known there: another instrument may tell
