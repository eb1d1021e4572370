"""A reply that waits says where it stands, in the language of its reader, until it is written."""

from __future__ import annotations

import uuid

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from conversations import line, present
from conversations.line import Place
from conversations.live import frames
from tests import people

SAID = [
    (1, None, "First in line", "排第 1 位"),
    (2, 7.2, "Second in line, about 8 s", "排第 2 位，约 8 秒"),
    (3, 31, "Third in line, about 35 s", "排第 3 位，约 35 秒"),
    (12, 100, "Number 12 in line, about 2 min", "排第 12 位，约 2 分"),
]


@pytest.mark.parametrize(("number", "seconds", "english", "chinese"), SAID)
def test_the_words(number: int, seconds: float | None, english: str, chinese: str) -> None:
    place = Place(uuid.uuid4(), number, seconds)
    assert f"outerHTML:#message-{place.reply}-state" in frames.in_line(place)
    assert f"<span>{english}" in frames.in_line(place)
    with translation.override("zh-hans"):
        assert f"<span>{chinese}" in frames.in_line(place)


@pytest.mark.django_db
def test_a_page_that_is_loaded_meanwhile_says_it_too() -> None:
    turn = people.asked(people.person())
    line.tell({turn.code: Place(turn.reply.code, 2, 8)})
    message = present.window(turn.conversation, {}).messages[-1]
    assert "Second in line, about 8 s" in render_to_string("chat/_message_state.html", {"message": message})
    line.tell({})
    assert "Queued" in render_to_string("chat/_message_state.html", {"message": message})
