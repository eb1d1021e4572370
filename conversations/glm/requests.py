"""Values that go in: one request to GLM, and its JSON. https://docs.bigmodel.cn/api-reference"""

import base64
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .quirks import scrub
from .results import ToolCall

PARAMETERS = frozenset(
    {
        "do_sample",
        "extra",
        "max_tokens",
        "meta",
        "reasoning_effort",
        "response_format",
        "sensitive_word_check",
        "stop",
        "temperature",
        "thinking",
        "tool_choice",
        "tool_stream",
        "tools",
        "top_p",
    }
)
"""What the documentation lists. Others are ignored by some hosts and refused by others."""

OF_STREAMS = frozenset({"tool_stream"})
"""Those that mean nothing where a reply comes in one piece."""

_LOWEST, _HIGHEST = 0.01, 0.99
_MAX_TOKENS = 131072


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of a message, by the name it has here, with the words that stand for it; without data it is not sent.

    At most 5 MB and 6000 pixels a side, as JPEG or PNG. It goes as a data URI, which chat takes as well as the bare
    base64 of GLM's own SDK, and which other servers insist on (observed).
    """

    name: str
    words: str = ""
    media_type: str = ""
    data: bytes = field(default=b"", repr=False)

    def to_wire(self) -> dict[str, Any]:
        url = f"data:{self.media_type};base64,{base64.b64encode(self.data).decode('ascii')}"
        return {"type": "image_url", "image_url": {"url": url}}


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of the prompt. `role` is system, user, assistant or tool; a user's may have images."""

    role: str
    content: str
    reasoning_content: str | None = None
    """Sent back only where GLM needs it: between a tool call and its result, and for preserved thinking."""
    tool_calls: tuple[ToolCall, ...] = ()
    """What a reply has asked for; each is answered by a message of role tool that follows."""
    tool_call_id: str = ""
    """The call that a message of role tool answers."""

    images: tuple[Image, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        wire: dict[str, Any] = {"role": self.role, "content": self._content()}
        if self.reasoning_content is not None:
            wire["reasoning_content"] = scrub(self.reasoning_content)
        if self.tool_calls:
            wire["tool_calls"] = [_call(each) for each in self.tool_calls]
        if self.tool_call_id:
            wire["tool_call_id"] = self.tool_call_id
        return wire

    def _content(self) -> str | list[dict[str, Any]]:
        """Text alone stays a string: models that read only text know no parts."""
        text, images = scrub(self.content), [image.to_wire() for image in self.images if image.data]
        if not images:
            return text
        return [*images, {"type": "text", "text": text}] if text else images


@dataclass(frozen=True, slots=True)
class Assistant:
    """An assistant to ask in the place of a model, over an interface that GLM calls deprecated. `model` is its name on
    the wire; `conversation` is where GLM keeps what was said so far, empty to begin. `told` names the instructions that
    it was told there, for whoever asks next, and is not sent.

    https://docs.bigmodel.cn/api-reference, "assistant"
    """

    id: str
    model: str
    conversation: str = ""
    told: str = ""

    def body(self, messages: Iterable[ChatMessage], stream: bool) -> dict[str, Any]:
        """It takes the messages of a person, as text, and nothing else."""
        talk = [
            {"role": "user", "content": [{"type": "text", "text": scrub(each.content)}]}
            for each in messages
            if each.role == "user"
        ]
        goes_on = {"conversation_id": self.conversation} if self.conversation else {}
        return {"assistant_id": self.id, "model": self.model, **goes_on, "messages": talk, "stream": stream}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One attempt to get a reply.

    `request_id`: 6–64 characters, a new one per attempt, GLM refuses a repetition (1231). `user_id`: 6–128
    characters, a stable pseudonym. `parameters`: those of `PARAMETERS` that somebody changed; None counts as
    unchanged; an `assistant` takes none. Raises ValueError for what no server could accept.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    request_id: str
    user_id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    """The `Accept-Language` of GLM's error messages; empty leaves it to the client."""
    assistant: Assistant | None = None

    def __post_init__(self) -> None:
        if not self.model or not self.messages:
            raise ValueError("a request needs a model and at least one message")
        if not 6 <= len(self.request_id) <= 64:
            raise ValueError("a request_id has 6 to 64 characters")
        if not 6 <= len(self.user_id) <= 128:
            raise ValueError("a user_id has 6 to 128 characters")
        if unknown := self.parameters.keys() - (frozenset() if self.assistant else PARAMETERS):
            raise ValueError(f"GLM has no parameter {', '.join(sorted(unknown))}")

    @property
    def path(self) -> str:
        """Where it goes, from the base address."""
        return "assistant" if self.assistant else "chat/completions"

    def body(self, stream: bool | None = True, *, asks_for_usage: bool = False) -> dict[str, Any]:
        """The JSON object of the request; None leaves out `stream`, which the asynchronous interface does not know.

        GLM tells the usage of a stream unasked; vLLM, SGLang, llama.cpp and gateways do where a request asks for it
        (https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options).
        """
        if self.assistant is not None:
            ids = {"request_id": self.request_id, "user_id": self.user_id}
            return {**self.assistant.body(self.messages, bool(stream)), **ids}
        usage = {"stream_options": {"include_usage": True}} if stream and asks_for_usage else {}
        return {
            "model": self.model,
            "messages": [message.to_wire() for message in self.messages],
            **({} if stream is None else {"stream": stream}),
            "request_id": self.request_id,
            "user_id": self.user_id,
            **usage,
            **{name: value for name, value in _wire(self.parameters).items() if stream or name not in OF_STREAMS},
        }

    def encoded(self, stream: bool | None = True, *, asks_for_usage: bool = False) -> bytes:
        """`body` as UTF-8, unescaped as GLM itself writes it."""
        body = self.body(stream, asks_for_usage=asks_for_usage)
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return scrub(text).encode()


def _call(call: ToolCall) -> dict[str, Any]:
    """Arguments go back as the JSON text that they came as."""
    function = {"name": call.name, "arguments": scrub(call.arguments or "{}")}
    return {"id": call.id, "index": call.index, "type": call.kind, "function": function}


def _wire(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters inside the bounds that hold on every host."""
    wire = {name: value for name, value in parameters.items() if value is not None}
    if "temperature" in wire:
        if wire["temperature"] <= 0:
            wire["do_sample"] = False
        wire["temperature"] = _open_interval(wire["temperature"])
    if "top_p" in wire:
        wire["top_p"] = _open_interval(wire["top_p"])
    if "max_tokens" in wire:
        wire["max_tokens"] = max(1, min(int(wire["max_tokens"]), _MAX_TOKENS))
    if "stop" in wire and (stop := _one_stop(wire.pop("stop"))):
        wire["stop"] = stop
    return wire


def _open_interval(value: float) -> float:
    """The documentation says [0, 1], the hosts differ on both ends; the official SDK clamps like this."""
    if not math.isfinite(value):
        raise ValueError("temperature and top_p are finite numbers")
    return min(max(round(float(value), 2), _LOWEST), _HIGHEST)


def _one_stop(value: str | list[str] | tuple[str, ...]) -> list[str]:
    """A list of one, which every version of the documentation allows; empty when there is none."""
    words = [value] if isinstance(value, str) else value
    return [word for word in words if word][:1]
