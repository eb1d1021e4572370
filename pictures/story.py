"""The conversations on the pictures: `python -m pictures.story en ada` writes them for a person of the site.

Prints the codes of two: one to read, one whose reply is withheld. They are made by the site's own commands.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.db.models import F  # noqa: E402
from django.utils import timezone  # noqa: E402

from conversations.glm import Usage  # noqa: E402
from conversations.models import Conversation, Message, Part, Turn, User  # noqa: E402
from conversations.turns.outcome import CallEnd  # noqa: E402
from pictures import texts_en, texts_zh  # noqa: E402
from tests import people  # noqa: E402

TEXTS = {"en": texts_en, "zh-hans": texts_zh}
MODEL = "glm-5.3"


@dataclass(frozen=True, slots=True)
class Told:
    """A question and its reply, how long both took, and when they were."""

    question: str
    reply: str
    at: dt.datetime
    reasoning: str = ""
    seconds: int = 9


def tell(person: User, told: Told, conversation: Conversation | None = None) -> Conversation:
    """One more turn of a conversation, or the first of a new one."""
    reasoned = (Part("reasoning", told.reasoning),) if told.reasoning else ()
    usage = Usage(prompt=len(told.question) * 2, completion=len(told.reply) // 2)
    running = people.running(person, told.question, conversation)
    turn = people.ended(running, (*reasoned, Part("text", told.reply)), call=CallEnd(usage=usage))
    _set_time(turn, told)
    return turn.conversation


def withhold(person: User, question: str, at: dt.datetime) -> Conversation:
    turn = people.withheld(person, question, "…")
    _set_time(turn, Told(question, "", at))
    return turn.conversation


def _set_time(turn: Turn, told: Told) -> None:
    """As if it had been then, and had been read since."""
    later = told.at + dt.timedelta(seconds=told.seconds)
    reasoning = told.seconds * 0.4 if told.reasoning else None
    Turn.objects.filter(pk=turn.pk).update(
        model_name=MODEL, started_at=told.at, ended_at=later, reasoning_seconds=reasoning
    )
    Message.objects.filter(pk__in=(turn.question.pk, turn.reply.pk)).update(created_at=told.at)
    Conversation.objects.filter(pk=turn.conversation.pk).update(
        active_at=told.at, model_name=MODEL, read_revision=F("revision")
    )


def make(person: User, language: str) -> tuple[Conversation, Conversation]:
    words = TEXTS[language]
    now = timezone.now()
    for number, (days, (title, question)) in enumerate(words.EARLIER):
        told = Told(question, words.SHORT_REPLY, now - dt.timedelta(days=days, minutes=50 + 7 * number))
        _rename(tell(person, told), title)
    held = withhold(person, words.HELD_QUESTION, now - dt.timedelta(minutes=40))
    _rename(held, words.HELD_TITLE)
    Conversation.objects.filter(pk=held.pk).update(read_revision=0)
    first, second = (
        Told(question, reply, now - dt.timedelta(minutes=minutes), reasoning, seconds)
        for minutes, (question, reasoning, reply, seconds) in zip((26, 21), words.TURNS, strict=True)
    )
    shown = tell(person, second, tell(person, first))
    _rename(shown, words.TITLE)
    return shown, held


def _rename(conversation: Conversation, title: str) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(title=title, title_is_own=True)


if __name__ == "__main__":
    language, name = sys.argv[1:]
    User.objects.filter(username=name).update(language=language)
    for each in make(User.objects.get(username=name), language):
        print(each.code)
