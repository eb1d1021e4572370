"""What the administrators' policy means to this process, read once for each version of it and swapped in one move.

A reply asks here, never the database: while nothing is set, all of this costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from conversations.models import Delivery, FlagRule, HttpTool, Match, Policy, ToolRule, WordList
from conversations.words import Lists, Mode, Source, Unfit, compiled

logger = structlog.get_logger(__name__)

MODES = {Match.EXACT: Mode.EXACT, Match.PHRASE: Mode.PHRASE, Match.REGEX: Mode.REGEX}


@dataclass(frozen=True, slots=True)
class RuleOfTool:
    """See ToolRule."""

    is_offered: bool
    is_default: bool
    group_name: str
    approval: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`checked_groups`: to whom replies are shown only when they have ended; "" is everybody. `sample_share` of the
    clean replies are put before a reviewer, 0 to 1. `questions` and `replies` are the lists each is held against.
    `tools` are the rules of tools by name.
    Not `is_whole`: a list could not be made ready, so no check can finish."""

    version: int
    checked_groups: frozenset[str] = frozenset()
    sample_share: float = 0.0
    questions: Lists | None = None
    replies: Lists | None = None
    lists: tuple[tuple[int, int], ...] = ()
    is_whole: bool = True
    tools: Mapping[str, RuleOfTool] = field(default_factory=dict)


_standing: Standing | None = None
_refreshing = threading.Lock()


def current() -> Standing:
    """The policy as this process knows it; read now if it was not yet."""
    return _standing if _standing is not None else refresh()


def known() -> Standing | None:
    """The same without asking the database: for the event loop."""
    return _standing


def refresh() -> Standing:
    """Read the policy again if it has another version than what is known; one query when it has not."""
    global _standing
    with _refreshing:
        policy = Policy.current()
        known = _standing
        if known is None or known.version != policy.version:
            known = _standing = _read(policy, known)
    return known


def _read(policy: Policy, known: Standing | None) -> Standing:
    checked = FlagRule.objects.filter(delivery=Delivery.CHECKED).values_list("group_name", flat=True)
    in_use = WordList.objects.filter(is_on=True).order_by("pk")
    versions = tuple(in_use.values_list("pk", "version"))
    if known is not None and known.is_whole and known.lists == versions:
        questions, replies, is_whole = known.questions, known.replies, True
    else:
        questions, replies, is_whole = _compiled(list(in_use) if versions else [])
    return Standing(
        version=policy.version,
        checked_groups=frozenset(checked),
        sample_share=float(policy.sample_percent) / 100,
        questions=questions,
        replies=replies,
        lists=versions,
        is_whole=is_whole,
        tools=_rules_of_tools(),
    )


def _rules_of_tools() -> dict[str, RuleOfTool]:
    fields = ("is_offered", "is_default", "group_name", "approval")
    rows = ToolRule.objects.order_by("name").values_list("name", *fields)
    # A tool over HTTP says the rest itself, and who may use it when it is found for a person.
    over_http = HttpTool.objects.order_by("name").values_list("name", "is_offered", "is_default")
    found = {name: RuleOfTool(is_offered, is_default, "", "") for name, is_offered, is_default in over_http}
    return found | {name: RuleOfTool(*facts) for name, *facts in rows}


def _compiled(lists: list[WordList]) -> tuple[Lists | None, Lists | None, bool]:
    """Lists that are asked about both sides alike are compiled once."""
    fit, is_whole = [], True
    for each in lists:
        try:
            compiled([source_of(each)])
            fit.append(each)
        except Unfit as error:
            logger.error("a word list cannot be used", word_list=str(each.code), error=str(error))
            is_whole = False
    asked = [each for each in fit if each.checks_input]
    answered = [each for each in fit if each.checks_output]
    questions = compiled(map(source_of, asked))
    return questions, questions if asked == answered else compiled(map(source_of, answered)), is_whole


def source_of(word_list: WordList) -> Source:
    return Source(
        str(word_list.code), word_list.version, word_list.level, MODES[Match(word_list.match)], word_list.lines
    )
