"""Which tools a model is offered in a conversation, and when its person is asked: what the person chose for it or for
new ones, else what the organisation set. Wherever two rules meet the stricter holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations import standing
from conversations.families import Entry
from conversations.hosted import Hosted
from conversations.models import Approval, Conversation, User
from conversations.standing import RuleOfTool

from .kind import NAME, Tool
from .registry import MOST_TOOLS, available

STORED_VERSION = 1
STRICTNESS = tuple(Approval)


@dataclass(frozen=True, slots=True)
class Choice:
    """Names of functions, None where nobody has chosen, and for which of them somebody wants to be asked more often.
    `others` is what else stands in the column."""

    functions: tuple[str, ...] | None = None
    approval: Mapping[str, Approval] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Choice:
        """From what `stored` gave, of this or any other time; never fails."""
        told, asked = stored.get("functions"), stored.get("approval")
        functions = tuple(filter(_is_name, told))[:MOST_TOOLS] if isinstance(told, list) else None
        pairs = asked.items() if isinstance(asked, dict) else ()
        approval = {name: Approval(value) for name, value in pairs if _is_name(name) and value in Approval.values}
        return cls(
            functions, approval, {key: stored[key] for key in stored if key not in ("v", "functions", "approval")}
        )

    @property
    def stored(self) -> dict[str, Any]:
        """For a JSON column: {} when nothing is chosen."""
        chosen: dict[str, Any] = dict(self.others)
        if self.functions is not None:
            chosen["functions"] = list(self.functions)
        if self.approval:
            chosen["approval"] = {name: str(each) for name, each in self.approval.items()}
        return {"v": STORED_VERSION, **chosen} if chosen else {}


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as it is offered, with the rule that holds for it."""

    tool: Tool
    approval: Approval


def offers(person: User, conversation: Conversation) -> tuple[Offer, ...]:
    """What the model is offered; asks the database nothing where that is nothing."""
    choice = chosen(person, conversation)
    if not choice.functions:
        return ()
    allowed = {offer.tool.name: offer for offer in allowed_to(person)}
    found = (allowed[name] for name in sorted(choice.functions) if name in allowed)
    return tuple(Offer(each.tool, _stricter(each.approval, choice.approval.get(each.tool.name))) for each in found)


def chosen(person: User, conversation: Conversation) -> Choice:
    """The conversation's choice, else the person's, else the organisation's. A search that was switched on in it keeps
    functions out of it that nobody chose: GLM does one of both."""
    own = Choice.read(conversation.tools)
    if own.functions is not None or Hosted.read(conversation.tools).is_on:
        return own
    usual = Choice.read(person.tools)
    if usual.functions is not None:
        return usual
    return Choice(tuple(name for name, rule in standing.current().tools.items() if rule.is_default))


def allowed_to(person: User) -> tuple[Offer, ...]:
    """All tools that a person may switch on."""
    rules = standing.current().tools
    groups = {rule.group_name for rule in rules.values()} - {""}
    member_of = set(person.groups.values_list("name", flat=True)) if groups else set()
    return tuple(
        Offer(tool, _of_rule(rules.get(tool.name)) or tool.approval)
        for tool in available(person)
        if _is_allowed(rules.get(tool.name), member_of)
    )


def wire(found: Iterable[Offer], entry: Entry) -> dict[str, Any]:
    """The fields of a request to that model; {} for one that calls no functions. Arguments come in pieces where the
    model can, so that a long one is no silence."""
    functions = [offer.tool.to_wire() for offer in found]
    if not functions or not entry.calls_functions:
        return {}
    return {"tools": functions, **({"tool_stream": True} if entry.streams_tools else {})}


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def _is_allowed(rule: RuleOfTool | None, member_of: set[str]) -> bool:
    return rule is None or (rule.is_offered and (not rule.group_name or rule.group_name in member_of))


def _of_rule(rule: RuleOfTool | None) -> Approval | None:
    return Approval(rule.approval) if rule is not None and rule.approval else None


def _stricter(one: Approval, other: Approval | None) -> Approval:
    return max(one, other or one, key=STRICTNESS.index)
