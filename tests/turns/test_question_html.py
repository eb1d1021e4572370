"""A question is drawn from what was stored with it: whoever only shows must not have to write."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from conversations import present
from conversations.models import Message, Turn
from conversations.turns import start
from tests import people

pytestmark = pytest.mark.django_db


def asked(text: str) -> Turn:
    return start.send(people.order(people.person()), uuid.uuid4(), text)


@contextmanager
def noting() -> Iterator[list[str]]:
    """The statements that are executed meanwhile; of prepared ones a log of queries has no text on PostgreSQL."""
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield statements


def test_a_question_is_stored_with_its_rendering() -> None:
    question = Message.objects.get(pk=asked("Is *this* read?").question_id)
    assert question.html == present.render_parts(question.parts)
    assert "<em>this</em>" in question.html[0]


def test_an_edited_question_is_stored_with_its_rendering() -> None:
    turn = people.answered(people.person(), "Old")
    again = start.edit_and_resend(people.order(turn.person), turn.conversation.code, turn.question.code, "**New**")
    assert "<strong>New</strong>" in Message.objects.get(pk=again.question_id).html[0]


def test_drawing_a_new_conversation_writes_nothing() -> None:
    turn = asked("Hello")
    with noting() as statements:
        present.window(turn.conversation, {})
    assert statements
    assert [each for each in statements if not each.startswith("SELECT")] == []


def test_a_page_is_drawn_although_its_rendering_cannot_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    question = asked("Hello").question
    Message.objects.filter(pk=question.pk).update(html=None)

    def refuse(*_: Any, **__: Any) -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", refuse)
    assert "Hello" in present.stored_html(Message.objects.get(pk=question.pk))[0]
