"""A client for Zhipu's GLM models: bigmodel.cn, api.z.ai and servers of the same protocol. No Django.

async with Client(base_url, api_key) as client, client.chat(request) as stream:
    async for events in stream:
        ...
    stream.reply
"""

from . import assistants, knowledge, making, retry, search
from .blocking import MAKING_SECONDS, BlockingClient
from .bounds import Limits, Timeouts
from .calls import Call, Upload
from .client import ChatStream, Client
from .codes import Closes, Kind, Pace, Remedy, Rule
from .counting import Counted, count_tokens
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
    ToolUsed,
    UsageTold,
)
from .later import Task, TaskState
from .requests import Assistant, ChatMessage, ChatRequest, Image
from .results import FilterLevel, Finish, HostedUse, Reply, Source, ToolCall, Usage

__all__ = [
    "MAKING_SECONDS",
    "AnswerError",
    "Assistant",
    "Began",
    "BlockingClient",
    "Call",
    "ChatMessage",
    "ChatRequest",
    "ChatStream",
    "Client",
    "Closes",
    "ConnectionFailed",
    "ConnectionLost",
    "ContentRefused",
    "Counted",
    "Event",
    "FilterLevel",
    "Finish",
    "Finished",
    "Flagged",
    "GlmError",
    "HostedUse",
    "Image",
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
    "Task",
    "TaskState",
    "TextDelta",
    "TimedOut",
    "Timeouts",
    "TooLarge",
    "ToolCall",
    "ToolCallDelta",
    "ToolUsed",
    "TransportError",
    "Upload",
    "Usage",
    "UsageTold",
    "assistants",
    "count_tokens",
    "knowledge",
    "making",
    "retry",
    "search",
]
