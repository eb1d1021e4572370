"""Marks of sources become links, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.markdown import Marks, Stream, render

MARKS = Marks.of("source-m", [(1, "ref_1"), (2, ""), (3, "ref_7")])
TEXT = (
    "# Tides【1】\n\nThey rise[ref_1][ref_2] and fall【1】【2】, twice 【1、2】 a day.\n\n"
    "- one[ref_7]\n- two `[ref_1]`\n\n| a[ref_1] | b |\n| - | - |\n| 【2】 | c |\n\n```\n[ref_1]\n```\n"
)


def link(number: int) -> str:
    return (
        f'<a class="note-mark" href="#source-m-{number}" role="doc-noteref" rel="noopener noreferrer nofollow">'
        f"{number}</a>"
    )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a[ref_1]", [1]),
        ("a【1】", [1]),
        ("a【ref_1】", [1]),
        ("a[ref_2]", [2]),
        ("a【7】", [3]),
        ("a[ref_1, ref_2]", [1, 2]),
        ("a【1，2】", [1, 2]),
        ("a【1】【1】", [1, 1]),
    ],
)
def test_each_spelling_leads_to_its_source(text: str, numbers: list[int]) -> None:
    assert render(text, MARKS) == f'<p dir="auto">a{"".join(map(link, numbers))}</p>'


@pytest.mark.parametrize(
    "text", ["a【9】", "a[ref_9]", "a【第一】", "a[1]", "a【1,9】", "【】", "[ref_]", "`【1】`", "【1】"[:2]]
)
def test_what_names_no_source_stays_as_it_was_written(text: str) -> None:
    assert render(text, MARKS) == render(text)


def test_without_sources_nothing_changes() -> None:
    assert "note-mark" not in render(TEXT)


def test_a_mark_does_not_belong_to_an_address_before_it() -> None:
    html = render("see https://example.org/a[ref_1]", MARKS)
    assert 'href="https://example.org/a"' in html
    assert html.endswith(f"{link(1)}</p>")


def test_code_and_links_are_left_alone() -> None:
    html = render("`[ref_1]` and [ref_1](https://example.org)", MARKS)
    assert "note-mark" not in html


def streamed(text: str, size: int, known_after: int) -> Stream:
    stream = Stream()
    for start in range(0, len(text), size):
        if start >= known_after:
            stream.know(MARKS)
        stream.feed(text[start : start + size])
        stream.update()
    stream.know(MARKS)
    stream.close()
    return stream


@given(st.integers(1, 40), st.integers(0, len(TEXT) + 1))
def test_however_it_came_and_whenever_the_sources_did_it_ends_as_the_whole(size: int, known_after: int) -> None:
    assert streamed(TEXT, size, known_after).sealed == render(TEXT, MARKS)


def test_sources_that_come_after_the_last_word_change_the_whole() -> None:
    stream = Stream()
    stream.feed("a[ref_1]")
    stream.close()
    assert stream.know(MARKS)
    assert stream.close().whole == render("a[ref_1]", MARKS)
    assert stream.close().whole is None


def test_sources_that_no_mark_names_change_nothing() -> None:
    stream = Stream()
    stream.feed("a")
    stream.close()
    assert not stream.know(MARKS)
    assert stream.close().whole is None
