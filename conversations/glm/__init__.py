"""A client for Zhipu's GLM models: bigmodel.cn, api.z.ai and servers of the same protocol. No Django.

async with Client(base_url, api_key) as client, client.chat(request) as stream:
    async for events in stream:
        ...
    stream.reply
"""

from . import retry
from .bounds import Limits, Timeouts
from .client import ChatStream, Client
from .codes import Kind, Pace, Remedy, Rule
from .errors import (
    AnswerError,
    ConnectionFailed,
    ConnectionLost,
    ContentRefused,
    GlmError,
    ProtocolError,
    TimedOut,
    TooLarge,
    TransportError,
)
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
from .requests import ChatMessage, ChatRequest
from .results import FilterLevel, Finish, Reply, Source, ToolCall, Usage

__all__ = [
    "AnswerError",
    "Began",
    "ChatMessage",
    "ChatRequest",
    "ChatStream",
    "Client",
    "ConnectionFailed",
    "ConnectionLost",
    "ContentRefused",
    "Event",
    "FilterLevel",
    "Finish",
    "Finished",
    "Flagged",
    "GlmError",
    "Kind",
    "Limits",
    "Pace",
    "ProtocolError",
    "ReasoningDelta",
    "Remedy",
    "Reply",
    "Restarted",
    "Rule",
    "Source",
    "SourcesFound",
    "TextDelta",
    "TimedOut",
    "Timeouts",
    "TooLarge",
    "ToolCall",
    "ToolCallDelta",
    "TransportError",
    "Usage",
    "UsageTold",
    "retry",
]
