"""A question is drawn from what was stored with it: whoever only shows must not have to write."""

import uuid
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from conversations import present
from conversations.models import Message, Turn
from conversations.turns import start
from tests import people

pytestmark = pytest.mark.django_db


def asked(text: str) -> Turn:
    return start.send(people.order(people.person()), uuid.uuid4(), text)


def written(queries: CaptureQueriesContext) -> list[str]:
    return [each["sql"] for each in queries.captured_queries if not each["sql"].startswith("SELECT")]


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
    with CaptureQueriesContext(connection) as queries:
        present.window(turn.conversation, {})
    assert written(queries) == []


def test_a_page_is_drawn_although_its_rendering_cannot_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    question = asked("Hello").question
    Message.objects.filter(pk=question.pk).update(html=None)

    def refuse(*_: Any, **__: Any) -> int:
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", refuse)
    assert "Hello" in present.stored_html(Message.objects.get(pk=question.pk))[0]
