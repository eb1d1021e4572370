"""What a page says of a message beside its text."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation

from conversations.codes import new_code
from conversations.templatetags.messages import duration, elapsed, foreign, message_url

NAMED = {
    name
    for path in Path("templates").rglob("*.html")
    for name in re.findall(r'{% message_url "([^"]+)" message %}', path.read_text("utf-8"))
}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "less than 1 s"), (1, "1 s"), (41.4, "41 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s")],
)
def test_times_are_said_as_people_do(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_times_are_said_in_chinese() -> None:
    with translation.override("zh-hans"):
        assert [duration(0.4), duration(41), duration(185)] == ["不到 1 秒", "41 秒", "3 分 5 秒"]


@pytest.mark.parametrize(
    ("page", "text", "attribute"),
    [
        ("en", "zh", ' lang="zh"'),
        ("en", "en", ""),
        ("zh-hans", "zh", ""),
        ("zh-hans", "ar", ' lang="ar"'),
        ("en", "", ""),
    ],
)
def test_a_language_is_said_where_it_differs_from_the_page(page: str, text: str, attribute: str) -> None:
    with translation.override(page):
        assert foreign(text) == attribute


def test_a_clock_begins_where_the_time_is() -> None:
    assert elapsed(72.9, "clock") == '<elapsed-time data-seconds="72" data-shape="clock">1:12</elapsed-time>'
    assert elapsed(None) == '<elapsed-time data-seconds="0">0</elapsed-time>'


def test_a_reply_that_is_not_begun_has_written_for_no_time() -> None:
    template = Template("{% load messages %}{% writing_seconds as seconds %}{{ seconds }}")
    assert template.render(Context({"message": {"code": "x"}})) == "0.0"
    assert template.render(Context({"message": {"code": "x"}, "seconds": 3.5})) == "3.5"


@pytest.mark.parametrize("name", sorted(NAMED))
def test_an_address_is_the_one_that_django_finds(name: str) -> None:
    for _ in range(2):
        message: Any = SimpleNamespace(conversation=new_code(), code=new_code())
        assert message_url(name, message) == reverse(name, args=[message.conversation, message.code])
