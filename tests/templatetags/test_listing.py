"""What a conversation is called in lists and headings."""

import datetime as dt

from django.utils import timezone, translation

from conversations import clock
from conversations.models import Conversation
from conversations.templatetags.listing import called

LONG_AGO = dt.datetime(2019, 3, 1, 23, 30, tzinfo=dt.UTC)


def test_a_title_stands_as_it_is() -> None:
    assert called(Conversation(title="A <title>")) == "A <title>"


def test_without_one_its_beginning_is_said_in_the_language_and_the_zone_of_its_reader() -> None:
    conversation = Conversation(title="", created_at=LONG_AGO)
    assert called(conversation) == "Begun 2019-03-01 23:30"
    with translation.override("zh-hans"), timezone.override(clock.zone("Asia/Shanghai")):
        assert called(conversation) == "2019-03-02 07:30 的对话"
