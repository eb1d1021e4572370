"""Events → one reply."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from . import events
from .results import FilterLevel, Finish, Reply, Source, ToolCall, Usage

# GLM takes 128 functions and gives 50 sources; more than this is damage, and comparing it takes time.
_LIST_LIMIT = 200

T = TypeVar("T")


class _Text:
    """A growing text that is joined only when it is read."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, text: str) -> None:
        self._parts.append(text)

    def __str__(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    kind: str = ""
    arguments: _Text = field(default_factory=_Text)

    def add(self, delta: events.ToolCallDelta) -> None:
        self.id = delta.id or self.id
        self.name = delta.name or self.name
        self.kind = delta.kind or self.kind
        self.arguments.add(delta.arguments)

    def value(self, index: int) -> ToolCall:
        return ToolCall(index, self.id, self.name, str(self.arguments), self.kind or "function")


class Fold:
    """Keeps what has come so far; `reply` is a snapshot of it, to be had at any time."""

    def __init__(self) -> None:
        self._id = self._model = self._word = self._conversation = ""
        self._finish: Finish | None = None
        self._filter: tuple[FilterLevel, ...] = ()
        self._restarts = 0
        self._usage = Usage()
        self._begin()

    def add(self, batch: Iterable[events.Event]) -> None:
        for event in batch:
            self._add(event)

    def break_off(self) -> None:
        """The stream is over; without a finish that means broken."""
        if self._finish is None:
            self._finish = Finish.BROKEN

    @property
    def is_finished(self) -> bool:
        return self._finish is not None

    @property
    def reply(self) -> Reply:
        return Reply(
            id=self._id,
            model=self._model,
            text=str(self._text),
            reasoning=str(self._reasoning),
            tool_calls=tuple(call.value(index) for index, call in sorted(self._calls.items())),
            sources=self._sources,
            content_filter=self._filter,
            usage=self._usage,
            finish=self._finish,
            finish_word=self._word,
            conversation=self._conversation,
            has_images=self._has_images,
            restart_count=self._restarts,
        )

    def _begin(self) -> None:
        self._text, self._reasoning = _Text(), _Text()
        self._calls: dict[int, _Call] = {}
        self._sources: tuple[Source, ...] = ()
        self._has_images = False

    def _add(self, event: events.Event) -> None:
        match event:
            case events.TextDelta(text):
                self._text.add(text)
            case events.ReasoningDelta(text):
                self._reasoning.add(text)
            case events.ToolCallDelta(index):
                if index in self._calls or len(self._calls) < _LIST_LIMIT:
                    self._calls.setdefault(index, _Call()).add(event)
            case events.Restarted(new):
                self._restart(new)
            case events.Finished(finish, word):
                self._end(finish, word)
            case _:
                self._note(event)

    def _note(
        self, event: events.Began | events.UsageTold | events.Flagged | events.SourcesFound | events.ToolUsed
    ) -> None:
        match event:
            case events.Began(name, model, conversation):
                self._id, self._model, self._conversation = name, model, conversation
            case events.ToolUsed(use):
                self._has_images = self._has_images or bool(use.images)
            case events.UsageTold(usage):
                self._usage = self._usage.updated(usage)
            case events.Flagged(levels):
                self._filter = _joined(self._filter, levels)
            case events.SourcesFound(sources):
                self._sources = _joined(self._sources, sources)

    def _end(self, finish: Finish, word: str) -> None:
        if self._finish is None or finish.gravity > self._finish.gravity:
            self._finish, self._word = finish, word

    def _restart(self, new: str) -> None:
        """Everything is void but what moderation said."""
        self._begin()
        self._id = new
        self._restarts += 1
        if self._finish is not Finish.SENSITIVE:
            self._finish, self._word = None, ""


def _joined(known: tuple[T, ...], told: tuple[T, ...]) -> tuple[T, ...]:
    """Both, each value once, the first of them when there are too many."""
    room = max(0, _LIST_LIMIT - len(known))
    return known + tuple(each for each in dict.fromkeys(told[:room]) if each not in known)
