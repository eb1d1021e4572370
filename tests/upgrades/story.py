"""What happened on a small site before it was upgraded: a bit of everything that lasts.

Run as a program, with the settings of the environment, it makes the database and fills it.
"""

from __future__ import annotations

import os
from datetime import timedelta

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()

from django.core.management import call_command
from django.db import transaction

from conversations import clock, moderation
from conversations.accounts import add_person
from conversations.models import AuditEntry, Conversation, Part, ReviewCase, Turn, TurnState, User, text_part
from conversations.moderation import Concern
from conversations.turns import checkpoint, start
from conversations.turns.outcome import CallEnd
from tests import people

PASSWORD = "correct horse battery staple"
OWNER = "ann"

# What Ann finds in each of her conversations, by title, and must find after every upgrade.
PAGES = {
    "Tides": ("Why are there tides?", "The moon pulls", "<code", "And the sun?", "Half as much", "You stopped this"),
    "Written in Chinese": ("潮汐是怎么来的？", "引力"),
    "Withheld": ("Tell me a secret", "withheld until a person has looked"),
    "Given back": ("Tell me another", "It was harmless"),
    "Cut short": ("Count to a thousand", "one two three"),
}


def tell() -> None:
    ann = add_person(OWNER, PASSWORD, "member")
    rita = add_person("rita", PASSWORD, "reviewer")
    root = add_person("root", PASSWORD, "administrator")
    _tides(ann)
    _named("Written in Chinese", people.answered(ann, "潮汐是怎么来的？", "月亮的**引力**。😀"))
    _flagged(ann, rita)
    _cut_short(ann)
    _deleted(ann)
    people.answered(add_person("bob", PASSWORD, "member"), "Whose is this?", "Not Ann's.")
    AuditEntry.write(root, "person.changed", ann.code, reason="asked for it", after={"language": "zh-hans"})


def _tides(ann: User) -> None:
    markdown = "The moon pulls.\n\n```python\nprint('tide')\n```\n\n| a | b |\n| - | - |\n| 1 | 2 |\n"
    turn = people.running(ann, "Why are there tides?")
    parts = (Part("reasoning", "They ask about the sea."), Part("text", markdown))
    turn = people.ended(turn, parts, finish="stop", call=CallEnd(http_status=200, finish="stop"))
    _named("Tides", turn)
    again = start.regenerate(people.order(ann), turn.conversation.code, turn.reply.code)
    people.claimed(again)
    people.ended(people.fresh(again), text_part("The moon pulls `hard`."), finish="stop")
    sun = people.running(ann, "And the sun?", people.fresh(turn).conversation)
    people.ended(sun, text_part("Half as much"), TurnState.STOPPED)


def _flagged(ann: User, rita: User) -> None:
    _named("Withheld", people.withheld(ann, "Tell me a secret", "The secret is out.", level=1))
    released = people.withheld(ann, "Tell me another", "It was harmless.")
    _named("Given back", released)
    case = ReviewCase.objects.get(message_code=released.reply.code)
    moderation.release(case, rita, "harmless", "a poem")
    case.refresh_from_db()
    moderation.announce(case)
    question = people.running(ann, "Not this one")
    people.ended(question, (), TurnState.FILTERED, Concern("http_1301", "user"), trouble_code="1301")


def _cut_short(ann: User) -> None:
    """A reply in the making, as a killed process leaves it: the text is in its turn."""
    turn = people.running(ann, "Count to a thousand")
    _named("Cut short", turn)
    checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(turn.pk, 3, text_part("one two three"))])
    Turn.objects.filter(pk=turn.pk).update(lease_until=clock.now() - timedelta(hours=1))


def _deleted(ann: User) -> None:
    turn = people.answered(ann, "Forget this", "It is forgotten.")
    Conversation.objects.filter(pk=turn.conversation_id).update(deleted_at=clock.now())


def _named(title: str, turn: Turn) -> None:
    Conversation.objects.filter(pk=turn.conversation_id).update(title=title, title_is_own=True)


if __name__ == "__main__":
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        tell()
