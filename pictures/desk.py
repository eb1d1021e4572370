"""What stands in the queue on the pictures of the desk: `python -m pictures.desk` writes it.

Prints the codes of two cases, one for each language. They are made by the site's own commands.
"""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from conversations import moderation  # noqa: E402
from conversations.models import FlagSource, ReviewCase, TurnState, User, text_part  # noqa: E402
from conversations.moderation import Concern  # noqa: E402
from pictures import texts_en, texts_zh  # noqa: E402
from tests import people  # noqa: E402

SPAM = "Buy two, get three."


def flagged(person: User, question: str, reply: str, source: str, level: int | None) -> ReviewCase:
    turn = people.running(person, question)
    concern = Concern(source, "assistant", level)
    return people.case_of(people.ended(turn, text_part(reply), TurnState.FILTERED, concern).reply)


def make(judges: list[User]) -> list[ReviewCase]:
    author, reader = people.person(), people.person()
    shown = [told(author, words) for words in (texts_en, texts_zh)]
    proposed = flagged(reader, "And the antidote?", "It is given by a doctor.", FlagSource.FINISH, 0)
    moderation.release(proposed, judges[1], "context", "From the same leaflet.")
    moderation.claim(flagged(reader, "A poem", "Roses are red.", FlagSource.CONTENT_FILTER, 2), judges[1])
    for _ in range(3):
        flagged(people.person(), "Write an advert", SPAM, FlagSource.CONTENT_FILTER, 1)
    reported = people.fresh(people.answered(reader, "Two and two?", "Five.")).reply
    moderation.report(reported, reader, "report_wrong", "It is four.")
    flagged(judges[0], "Mine", "Something of my own.", FlagSource.FINISH, 1)
    return shown


def told(author: User, words: object) -> ReviewCase:
    """The case of the pictures: what came before it, the withheld reply, and what was asked afterwards."""
    before, question, reply, after = words.CASE  # type: ignore[attr-defined]
    talk = people.answered(author, *before).conversation
    case = people.case_of(people.withheld(author, question, reply, talk, level=1).reply)
    people.answered(author, *after, talk)
    return case


if __name__ == "__main__":
    names = os.environ["PICTURES_REVIEWERS"].split(",")
    for case in make([User.objects.get(username=name) for name in names]):
        print(case.code)
