"""Which characters a text may hold, also when it comes in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.markdown.allowlist import allow
from conversations.markdown.blocks import Document, render
from conversations.markdown.text import Intake, clean, escape, is_words

ODD = st.text(st.sampled_from("a\r\n\x00\x1b\x7f\x85\ud83d\ude80\ud800\ufeff\u2028é"), max_size=30)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("a\x00b\x1b[0m", "ab[0m"),
        ("\ud83d\ude80", "🚀"),
        ("\ud83dx", "\ufffdx"),
        ("x\ude80", "x\ufffd"),
        ("\ufeffa\u2028b\u200d", "\ufeffa\u2028b\u200d"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_a_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(ODD)
def test_a_clean_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned


@given(ODD, st.integers(1, 5))
def test_pieces_are_cleaned_like_the_whole(text: str, size: int) -> None:
    intake, taken = Intake(), []
    for at in range(0, len(text), size):
        intake.feed(text[at : at + size])
        taken.append(intake.take())
    taken.append(intake.take(last=True))
    assert "".join(taken) == clean(text)


@given(st.text(max_size=60))
def test_escaped_text_is_written_as_the_allow_list_writes_it(text: str) -> None:
    assert allow(escape(clean(text))) == escape(clean(text))


NEARLY_WORDS = st.from_regex(r"[aZ海][ab1海 .,;?'\"#()%/+\-，。？wW.*_<&:]{0,12}", fullmatch=True)


@given(NEARLY_WORDS)
def test_words_alone_look_as_the_parser_would_have_them(text: str) -> None:
    reading = Document().read(text)
    if is_words(text):
        assert render(text) == Document().write(reading.blocks, reading.references)


@pytest.mark.parametrize(
    "text",
    [
        "1. one",
        "- a",
        "a*b*",
        "a\nb",
        "a ",
        " a",
        "see www.example.org",
        "a@example.org",
        "a_b_",
        "`a`",
        "&amp;",
        "a" * 1001,
    ],
)
def test_what_may_be_markup_is_for_the_parser(text: str) -> None:
    assert not is_words(text)


@pytest.mark.parametrize("text", ["Why is the sky blue?", "海为什么是蓝的？", "It's 5 (or 6), isn't it…", "reply #12"])
def test_most_questions_are_words(text: str) -> None:
    assert is_words(text)
