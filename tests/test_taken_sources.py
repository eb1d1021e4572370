"""Replies with sources as people take them along."""

import pytest

from conversations import texts
from conversations.glm import Source
from conversations.models import Message, Part, Turn, sources
from conversations.models.sources import AskedBase, Numbered
from tests import people

pytestmark = pytest.mark.django_db

A = Source("ref_1", "Tides [today]", "https://example.org/a", "Example", "", "They rise.", "2026-11-02")
B = Source("ref_2", "Without an address", "", "House rules")
TEXT = "Rising[ref_1], falling【1、2】.\n\n`[ref_1]` and 【9】\n\n```\n[ref_1]\n```\n"


@pytest.fixture
def turn() -> Turn:
    found = people.answered(people.person("ada"))
    parts = (Part("text", TEXT), Part("sources", sources.written([Numbered(1, A), Numbered(2, B)])))
    Message.objects.filter(pk=found.reply_id).update(parts=parts, html=None)
    return people.fresh(found)


def test_marks_lead_to_a_numbered_list(turn: Turn) -> None:
    assert texts.with_sources_of(turn.conversation, turn.reply) == (
        "Rising [1](<https://example.org/a>), falling [1](<https://example.org/a>) [2].\n\n"
        "`[ref_1]` and 【9】\n\n```\n[ref_1]\n```\n\n"
        "1. [Tides (today)](<https://example.org/a>), Example, 2026-11-02\n"
        "2. Without an address, House rules"
    )


def test_without_markup_they_are_bare_numbers(turn: Turn) -> None:
    plain = texts.plain_text_of(turn.conversation, turn.reply)
    assert plain.startswith("Rising [1], falling [1] [2].")
    assert plain.endswith(
        "1. Tides (today) (https://example.org/a), Example, 2026-11-02\n2. Without an address, House rules"
    )


def test_as_it_was_written_it_is_as_it_was_written(turn: Turn) -> None:
    assert texts.markdown_of(turn.conversation, turn.reply) == TEXT


@pytest.mark.parametrize("is_cited", [True, False])
def test_the_knowledge_that_it_rests_on_goes_along(is_cited: bool, turn: Turn) -> None:
    told = AskedBase("Handbook", is_cited).written
    found = sources.written([Numbered(1, A)]) if is_cited else ""
    Message.objects.filter(pk=turn.reply_id).update(parts=(Part("text", "Rising.\n"), Part("sources", found + told)))
    listed = "1. [Tides (today)](<https://example.org/a>), Example, 2026-11-02\n\n" if is_cited else ""
    said = "GLM looked into the knowledge base “Handbook”."
    words = said if is_cited else f"{said} It does not say which passages it used."
    of_turn = turn.conversation, Message.objects.get(pk=turn.reply_id)
    assert texts.with_sources_of(*of_turn) == f"Rising.\n\n{listed}{words}"
    assert texts.plain_text_of(*of_turn).endswith(words)
    assert texts.markdown_of(*of_turn) == "Rising.\n"


def test_of_a_withheld_reply_there_are_none(turn: Turn) -> None:
    Message.objects.filter(pk=turn.reply_id).update(visibility="held")
    assert texts.with_sources_of(turn.conversation, Message.objects.get(pk=turn.reply_id)) == ""
