"""Frames → events: what GLM's chunks mean."""

from collections.abc import Iterable, Mapping
from typing import Any

from . import agent, errors, lenient
from .errors import GlmError
from .events import (
    Began,
    Event,
    Finished,
    Flagged,
    ReasoningDelta,
    Restarted,
    SourcesFound,
    TextDelta,
    ToolCallDelta,
    UsageTold,
)
from .quirks import Cleaner
from .results import Finish
from .shape import PlainText
from .sse import Frame


class Reader:
    """Reads the chunks of one reply. Text of neighbouring chunks is joined into one delta.

    An error inside the stream is kept in `error`, so that what came before it is not lost; nothing after it
    or after `[DONE]` is read.
    """

    __slots__ = (
        "_calls",
        "_cleaner",
        "_events",
        "_id",
        "_is_cut",
        "_reasoning",
        "_text",
        "_uses",
        "error",
        "is_done",
        "odd",
    )

    def __init__(self) -> None:
        self.error: GlmError | None = None
        self.is_done = False
        self.odd = ""
        """The first data that was no JSON, for the administrator."""
        self._id: str | None = None
        self._is_cut = False
        self._calls: dict[str, int] = {}
        self._cleaner = Cleaner()
        self._uses = agent.Uses()
        self._events: list[Event] = []
        self._text: list[str] = []
        self._reasoning: list[str] = []

    @property
    def has_begun(self) -> bool:
        """A chunk of GLM's was understood."""
        return self._id is not None

    def feed(self, frames: Iterable[Frame | PlainText]) -> list[Event]:
        for frame in frames:
            if self.is_done or self.error:
                break
            if isinstance(frame, PlainText):
                self._plain(frame)
            elif frame.value is not None:
                self._chunk(frame.value, frame.event, frame.data)
            elif frame.is_done:
                self.is_done = True
            else:
                self._not_json(frame)
        return self._take()

    def flush(self) -> list[Event]:
        """What was held back as a possible mark, at the end of the stream."""
        self._join()
        self._emit(*self._cleaner.flush())
        self._events += self._uses.flush()
        return self._take()

    def _take(self) -> list[Event]:
        self._join()
        events, self._events = self._events, []
        return events

    def _plain(self, plain: PlainText) -> None:
        if plain.key == "content":
            self._text.append(plain.text)
        else:
            self._add_reasoning(plain.text)

    def _add_reasoning(self, text: str) -> None:
        """Text that came before it goes first: both are joined per batch, reasoning ahead of text."""
        if self._text:
            self._join()
        self._reasoning.append(text)

    def _not_json(self, frame: Frame) -> None:
        self._is_cut = self._is_cut or frame.data.lstrip().startswith("{")
        self.odd = self.odd or frame.data[: errors.RAW_LIMIT]
        if frame.event == "error":
            self.error = errors.from_value({"error": frame.data}, frame.data)
        for piece in lenient.parse_pieces(frame.data):
            self._chunk(piece, frame.event, frame.data)

    def _chunk(self, value: Mapping[str, Any], event: str, data: str) -> None:
        if event == "error" or errors.error_in(value):
            self.error = errors.from_value(value, data)
            return
        if failure := _failure_of_assistant(value):
            self.error = errors.from_value({**value, "error": failure}, data)
            return
        if self._id is None or self._is_cut:
            self._identify(value)
        choices = value.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            self._delta(choice.get("delta") or choice.get("message"))
        self._extras(value)
        if isinstance(choice, dict) and (word := choice.get("finish_reason")):
            self._finish(str(word))
        elif value.get("status") == "completed":
            self._finish("stop")

    def _identify(self, value: Mapping[str, Any]) -> None:
        """Only damage makes a new id mean a restart: some hosts give every chunk an id of its own."""
        new = lenient.name_of(value.get("id"))
        if self._id is None:
            conversation = lenient.name_of(value.get("conversation_id"))
            self._events.append(Began(new, lenient.name_of(value.get("model")), conversation))
        elif new and new != self._id:
            self._restart(new)
        self._id, self._is_cut = new or self._id or "", False

    def _restart(self, new: str) -> None:
        self._text, self._reasoning, self._calls = [], [], {}
        self._cleaner, self._uses = Cleaner(), agent.Uses()
        self._events.append(Restarted(new))

    def _delta(self, delta: object) -> None:
        if not isinstance(delta, dict):
            return
        reasoning = delta.get("reasoning_content") or delta.get("reasoning")
        if reasoning:
            self._add_reasoning(lenient.text_of(reasoning))
        if content := delta.get("content"):
            self._events += self._uses.flush()
            self._text.append(content if isinstance(content, str) else lenient.text_of(content))
        calls = delta.get("tool_calls")
        if calls and agent.is_told(delta):
            self._join()
            self._events += self._uses.feed(calls)
        elif calls:
            self._tool_calls(calls)

    def _extras(self, value: Mapping[str, Any]) -> None:
        if usage := value.get("usage"):
            self._events.append(UsageTold(lenient.usage_of(usage)))
        if search := value.get("web_search"):
            self._events.append(SourcesFound(lenient.sources_of(search)))
        if levels := lenient.filter_levels_of(value):
            self._events.append(Flagged(levels))

    def _finish(self, word: str) -> None:
        """Held text belongs before the end."""
        self._join()
        self._emit(*self._cleaner.flush())
        self._events += self._uses.flush()
        self._events.append(Finished(Finish.of(word), word))

    def _tool_calls(self, calls: object) -> None:
        self._join()
        for place, call in enumerate(lenient.mappings_of(calls)):
            kind, call_id = lenient.name_of(call.get("type")), lenient.name_of(call.get("id"))
            body = lenient.mapping_of(call.get("function") or call.get(kind))
            self._events.append(
                ToolCallDelta(
                    index=self._index(lenient.count_of(call.get("index")), call_id, place),
                    id=call_id,
                    name=lenient.name_of(body.get("name")),
                    arguments=lenient.arguments_of(body.get("arguments")),
                    kind=kind,
                )
            )

    def _index(self, told: int | None, call_id: str, place: int) -> int:
        """GLM's index; where a host leaves it out, one per id, else the place in the list."""
        if told is not None:
            return told
        return self._calls.setdefault(call_id, len(self._calls)) if call_id else place

    def _join(self) -> None:
        """Turn the collected texts into events, reasoning first as it came first."""
        if self._reasoning:
            reasoning, self._reasoning = "".join(self._reasoning), []
            self._emit(self._cleaner.reasoning(reasoning), "")
        if self._text:
            text, self._text = "".join(self._text), []
            self._emit(*self._cleaner.text(text))

    def _emit(self, reasoning: str, text: str) -> None:
        if reasoning:
            self._events.append(ReasoningDelta(reasoning))
        if text:
            self._events.append(TextDelta(text))


def _failure_of_assistant(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What an assistant says went wrong, in a chunk that has no `error`; without a reason it is an inner one."""
    if value.get("status") != "failed":
        return None
    told = value.get("last_error")
    return told if isinstance(told, dict) and told else {"code": "500", "message": "failed"}
