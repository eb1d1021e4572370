"""What people who listen are told of a growing reply."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from conversations.live import speech
from conversations.live.speech import REASONING, Said, Speech
from conversations.markdown import CODE, Update
from conversations.open_parts import PartUpdate


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def text(words: str, language: str = "", *, is_sealed: bool = False) -> PartUpdate:
    return PartUpdate(0, "text", False, is_sealed, Update(), words, language)


def reasoning(words: str, *, is_new: bool) -> PartUpdate:
    return PartUpdate(0, "reasoning", is_new, False, Update(), words)


def test_sentences_are_said_when_they_have_ended() -> None:
    spoken = Speech()
    assert spoken.take([text("One. Tw")]) == [Said("One.")]
    assert spoken.take([text("o. Three")]) == [Said("Two.")]
    assert spoken.take([text("", is_sealed=True)]) == [Said("Three")]


def test_what_was_there_before_is_not_said() -> None:
    spoken = Speech("```\ncode. not said. ")
    assert spoken.take([text("still code.\n```\nNow. ")]) == [Said("Now.")]


def test_reasoning_is_named_once_and_not_read_out() -> None:
    spoken = Speech()
    assert spoken.take([reasoning("Hm. Well. ", is_new=True), reasoning("So. ", is_new=False)]) == [Said(REASONING)]


def test_a_frame_joins_what_is_in_one_language() -> None:
    html = speech.frame([Said("One.", "en"), Said("Two.", "en"), Said("你好。", "zh")])
    assert html.count("#spoken") == 2
    assert "<p>One. Two.</p>" in html
    assert '<p lang="zh">你好。</p>' in html


def test_names_are_words_of_the_page() -> None:
    with translation.override("zh-hans"):
        html = speech.frame([Said("看：", "zh"), Said(CODE, "zh"), Said("Done.", "en")])
    assert "<p>看：</p>" in html
    assert "<p>代码块。</p>" in html
    assert '<p lang="en">Done.</p>' in html


def test_words_are_words_and_no_markup() -> None:
    assert "&lt;b&gt;" in speech.frame([Said("<b>")])
    assert speech.frame([]) == ""
