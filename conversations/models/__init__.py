"""Facts: one noun a file."""

from .audit import AuditEntry
from .conversation import Conversation, Node, Tree
from .lifecycle import IllegalMove, Lifecycle
from .message import Message, MessageState, Role, Visibility
from .parts import Part, text_part
from .review import CaseState, Flag, FlagSource, ReviewCase, ReviewEvent
from .turn import LIVE_STATES, Turn, TurnState
from .upstream_call import CallKind, UpstreamCall
from .user import User

__all__ = [
    "LIVE_STATES",
    "AuditEntry",
    "CallKind",
    "CaseState",
    "Conversation",
    "Flag",
    "FlagSource",
    "IllegalMove",
    "Lifecycle",
    "Message",
    "MessageState",
    "Node",
    "Part",
    "ReviewCase",
    "ReviewEvent",
    "Role",
    "Tree",
    "Turn",
    "TurnState",
    "UpstreamCall",
    "User",
    "Visibility",
    "text_part",
]
