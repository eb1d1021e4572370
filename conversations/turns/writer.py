"""Writes one reply: joins GLM's deltas into the turn's log and knows what the database has of it."""

from collections.abc import Sequence

from conversations import clock
from conversations.glm import Event, ReasoningDelta, Restarted, TextDelta
from conversations.models import Part
from conversations.turn_log import TurnLog

from .overlap import Overlap


class Writer:
    """`saved_seq` and `saved_at` describe the last checkpoint."""

    def __init__(self, log: TurnLog, before: str = "") -> None:
        self.log = log
        self.saved_seq = 0
        self.saved_at = clock.monotonic()
        self._before = before
        self._overlap = Overlap(before)
        self._reasoning_since: float | None = None
        self.reasoning_seconds: float | None = None

    @property
    def has_shown(self) -> bool:
        """Whether a viewer may have seen anything."""
        return self.log.seq > 0

    def take(self, events: Sequence[Event]) -> None:
        """Join the events of one read, append them and tell the viewers."""
        text: list[str] = []
        reasoning: list[str] = []
        for event in events:
            if type(event) is TextDelta:
                text.append(event.text)
            elif type(event) is ReasoningDelta:
                self._flush_text(text)
                reasoning.append(event.text)
            elif type(event) is Restarted:
                text, reasoning = [], []
                self._restart()
            if text and reasoning:
                self._flush_reasoning(reasoning)
        self._flush_reasoning(reasoning)
        self._flush_text(text)
        self.log.announce()

    def begin_again(self) -> None:
        """Another attempt is made: what the last one left held back, unseen, is void."""
        self._overlap = Overlap(self._before)
        self._reasoning_since = self.reasoning_seconds = None

    def end(self) -> None:
        """Nothing more will come: what was held back is text after all."""
        self._append_text(self._overlap.flush())
        self._stop_reasoning()

    def parts(self) -> tuple[Part, ...]:
        return self.log.text().parts

    def _flush_reasoning(self, pieces: list[str]) -> None:
        if pieces:
            if self._reasoning_since is None:
                self._reasoning_since = clock.monotonic()
            self.log.append("reasoning", "".join(pieces))
            pieces.clear()

    def _flush_text(self, pieces: list[str]) -> None:
        if pieces:
            self._stop_reasoning()
            self._append_text(self._overlap.feed("".join(pieces)))
            pieces.clear()

    def _append_text(self, text: str) -> None:
        if text:
            self.log.append("text", text)

    def _stop_reasoning(self) -> None:
        if self._reasoning_since is not None:
            spent = clock.monotonic() - self._reasoning_since
            self.reasoning_seconds = (self.reasoning_seconds or 0.0) + spent
            self._reasoning_since = None

    def _restart(self) -> None:
        self.begin_again()
        self.log.restart()
