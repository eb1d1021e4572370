"""A new question with its open reply is drawn for every question that is asked, and looks the same but for a dozen
values. So it is drawn once a language with marks for these, by the same templates, and from then on filled in: that
takes a twentieth of the time, and it stands before the first word.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.template import engines
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from conversations.models import Conversation, Turn
from conversations.openings import Opening
from conversations.present import LONG_QUESTION, ShownMessage, ShownPart

Draw = Callable[[Opening], str]

# What no template and no other mark contains.
CONVERSATION, TURN, QUESTION, REPLY = (uuid.UUID(int=0x5EED << 96 | number) for number in range(1, 5))
NUMBER, REVISION, MOMENT = 8_040_201_009, 8_040_201_010, dt.datetime(2001, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
TITLE, MODEL, HTML = "\ue000title\ue001", "\ue000model\ue001", "\ue000html\ue001"


@dataclass(frozen=True, slots=True)
class Look:
    """All that a skeleton depends on; the values that it has gaps for are left out."""

    language: str
    question: ShownMessage
    reply: ShownMessage
    turn: tuple[str, ...]


def fill(opening: Opening, draw: Draw) -> str:
    """What `draw` makes of an opening in the active language. One without a title is rare, and called by its time."""
    if not opening.conversation.title:
        return draw(opening)
    values = _values(opening)
    return "".join(values[piece] if isinstance(piece, int) else piece for piece in _skeleton(_look(opening), draw))


def _look(opening: Opening) -> Look:
    question, reply = opening.messages
    text = "x" * (LONG_QUESTION + question.is_long)
    common: dict[str, Any] = {"conversation": CONVERSATION, "number": NUMBER, "created_at": MOMENT, "turn": None}
    common |= {"born": 0, "revision": REVISION, "depth": 0}
    parts = (ShownPart(0, "text", mark_safe(HTML), language=question.language),)  # noqa: S308
    return Look(
        language=get_language() or "",
        question=replace(question, code=QUESTION, parts=parts, text=text, **common),
        reply=replace(reply, code=REPLY, **common),
        turn=(opening.turn.state, str(opening.turn.is_simulated)),
    )


@lru_cache(maxsize=256)
def _skeleton(look: Look, draw: Draw) -> tuple[str | int, ...]:
    """The text between the gaps, and for each gap which value it takes."""
    turn = Turn(code=TURN, state=look.turn[0], is_simulated=look.turn[1] == str(True), model_name=MODEL)
    conversation = Conversation(pk=1, leaf_id=1, code=CONVERSATION, title=TITLE)
    html = draw(Opening(conversation, turn, 0, (look.question, replace(look.reply, turn=turn))))
    codes = map(str, (CONVERSATION, TURN, QUESTION, REPLY, NUMBER, REVISION))
    marks = (*codes, TITLE, MODEL, HTML, _clock(MOMENT))
    pieces = re.split(f"({'|'.join(map(re.escape, marks))})", html)
    return tuple(marks.index(piece) if piece in marks else piece for piece in pieces)


def _values(opening: Opening) -> tuple[str, ...]:
    """In the order of the marks."""
    question, reply = opening.messages
    codes = (opening.conversation.code, opening.turn.code, question.code, reply.code)
    numbers = (question.number, opening.revision)
    return (
        *map(str, codes),
        *map(str, numbers),
        escape(opening.conversation.title),
        escape(opening.turn.model_name),
        question.html,
        _clock(question.created_at),
    )


def _clock(moment: dt.datetime) -> str:
    return str(_clock_template().render({"moment": moment}))


@lru_cache(maxsize=1)
def _clock_template() -> Any:
    return engines["django"].from_string("{% load chat %}{% clock_time moment %}")
