"""Facts: one noun a file."""

from .audit import AuditEntry
from .catalogue import CatalogueModel, MetaKind, ModelKind, ModelStatus, ThinkingKind, ToolKind
from .character import Character
from .context_count import ContextCount
from .conversation import Conversation, Node, Tree
from .draft import Draft, NextMessage
from .evidence import GENESIS, EvidenceEntry, EvidenceHead, EvidenceKind, EvidencePayload
from .exposure import Exposure, SeenBy
from .fault import Fault
from .http_tool import HttpMethod, HttpTool
from .invitation import Invitation, OneTimeLink, ResetLink
from .job import AT_WORK_STATES, FAR, OPEN_STATES, Job, JobState
from .knowledge import BaseState, DocumentState, Embedding, KnowledgeBase, KnowledgeDocument
from .lifecycle import IllegalMove, Lifecycle
from .message import ContextEnd, Message, MessageState, Role, Visibility
from .notice import Notice, NoticeKind
from .parts import Part, text_part
from .picture import ALT_LENGTH, Picture, PictureHold, PictureState, PictureUse, TrayPicture
from .policy import Delivery, FlagRule, OnFlag, Policy
from .preset import Preset, Variable
from .review import (
    DECIDED,
    UNDECIDED,
    Act,
    CaseState,
    Flag,
    FlagSource,
    Reason,
    ReasonUse,
    ReviewCase,
    ReviewEvent,
)
from .shipped import Shipped
from .summary import Summary, SummaryState
from .tool_call import OPEN_CALLS, ToolCall, ToolCallState
from .tool_rule import Approval, ToolRule
from .turn import HISTORY, HISTORY_OVER, LIVE_STATES, OUR_MISTAKE, Turn, TurnState
from .upstream_call import CallKind, UpstreamCall
from .usage import UsageDay, UsageHead
from .user import SendKey, Theme, User
from .word_list import Match, WordList, lines_of

__all__ = [
    "ALT_LENGTH",
    "AT_WORK_STATES",
    "DECIDED",
    "FAR",
    "GENESIS",
    "HISTORY",
    "HISTORY_OVER",
    "LIVE_STATES",
    "OPEN_CALLS",
    "OPEN_STATES",
    "OUR_MISTAKE",
    "UNDECIDED",
    "Act",
    "Approval",
    "AuditEntry",
    "BaseState",
    "CallKind",
    "CaseState",
    "CatalogueModel",
    "Character",
    "ContextCount",
    "ContextEnd",
    "Conversation",
    "Delivery",
    "DocumentState",
    "Draft",
    "Embedding",
    "EvidenceEntry",
    "EvidenceHead",
    "EvidenceKind",
    "EvidencePayload",
    "Exposure",
    "Fault",
    "Flag",
    "FlagRule",
    "FlagSource",
    "HttpMethod",
    "HttpTool",
    "IllegalMove",
    "Invitation",
    "Job",
    "JobState",
    "KnowledgeBase",
    "KnowledgeDocument",
    "Lifecycle",
    "Match",
    "Message",
    "MessageState",
    "MetaKind",
    "ModelKind",
    "ModelStatus",
    "NextMessage",
    "Node",
    "Notice",
    "NoticeKind",
    "OnFlag",
    "OneTimeLink",
    "Part",
    "Picture",
    "PictureHold",
    "PictureState",
    "PictureUse",
    "Policy",
    "Preset",
    "Reason",
    "ReasonUse",
    "ResetLink",
    "ReviewCase",
    "ReviewEvent",
    "Role",
    "SeenBy",
    "SendKey",
    "Shipped",
    "Summary",
    "SummaryState",
    "Theme",
    "ThinkingKind",
    "ToolCall",
    "ToolCallState",
    "ToolKind",
    "ToolRule",
    "TrayPicture",
    "Tree",
    "Turn",
    "TurnState",
    "UpstreamCall",
    "UsageDay",
    "UsageHead",
    "User",
    "Variable",
    "Visibility",
    "WordList",
    "lines_of",
    "text_part",
]
