"""Beyond the bounds a text is shown plainly to its end, and a growing text meets the bounds at the same places."""

from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.markdown import Stream, blocks, bounds, render
from conversations.markdown.bounds import Budget, Extent

SHORT = st.lists(
    st.sampled_from(["a", "**b** ", "\n", "\n\n", "|", "- ", "`c`", "$x$ ", "```py\nif x:\n```\n"]), max_size=30
)
PATCHED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MARKDOWN_CHARACTERS", 60)
    monkeypatch.setattr(bounds, "MARKDOWN_COUNTS", {"\n": 8, "|": 3})
    monkeypatch.setattr(blocks, "Budget", partial(Budget, marks=25, formulas=50, highlighted=20))


def _streamed(text: str, size: int) -> str:
    stream = Stream()
    for at in range(0, len(text), size):
        stream.feed(text[at : at + size])
        stream.update()
    stream.close()
    return stream.sealed


@pytest.mark.usefixtures("_narrow")
@PATCHED
@given(SHORT, st.integers(1, 9))
def test_a_growing_text_meets_the_bounds_where_the_whole_does(pieces: Sequence[str], size: int) -> None:
    text = "".join(pieces)
    assert _streamed(text, size) == render(text)


@pytest.mark.usefixtures("_narrow")
@pytest.mark.parametrize("text", ["a" * 70, "a\n" * 12, "|" * 5 + " *b*", "a " * 29 + "\r\n" + "b" * 9])
def test_nothing_is_lost_beyond_the_bounds(text: str) -> None:
    shown = render(text).replace('<p dir="auto">', "").replace("</p>", "")
    assert shown.count("a") + shown.count("b") == text.count("a") + text.count("b")


@pytest.mark.usefixtures("_narrow")
def test_the_surplus_is_plain() -> None:
    assert render("a\n" * 8 + "**b**\n\n- <c>").endswith('<p dir="auto">**b**</p><p dir="auto">- &lt;c&gt;</p>')


@pytest.mark.usefixtures("_narrow")
def test_the_open_line_of_the_surplus_grows() -> None:
    stream = Stream()
    stream.feed("a\n" * 8 + "  ")
    stream.update()
    assert stream.tail == ""
    stream.feed("b")
    assert stream.update().tail == '<p dir="auto">  b</p>'
    stream.feed(" <c>")
    assert stream.update().append == " &lt;c&gt;"
    stream.feed("\nd")
    assert (stream.update().sealed, stream.tail) == ('<p dir="auto">  b &lt;c&gt;</p>', '<p dir="auto">d</p>')


@PATCHED
@given(SHORT, st.integers(1, 9))
def test_an_extent_ends_at_the_same_character_however_the_text_comes(pieces: Sequence[str], size: int) -> None:
    text = "".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounds, "MARKDOWN_CHARACTERS", 30)
        patch.setattr(bounds, "MARKDOWN_COUNTS", {"\n": 4, "|": 2})
        whole, by_pieces = Extent(), Extent()
        markdown = "".join(by_pieces.split(text[at : at + size])[0] for at in range(0, len(text), size))
        assert markdown == whole.split(text)[0]
        assert by_pieces.is_over == whole.is_over


def test_markup_beyond_the_budget_shows_its_source() -> None:
    html = render("**a** " * 20_000 + "\n\n" + "**b**")
    assert html.startswith('<p dir="auto">**a** **a**')
    assert html.endswith('<p dir="auto">**b**</p>')


def test_deep_containers_lose_no_text() -> None:
    for marker in ("> ", "- ", "1. "):
        assert "the end" in render(marker * 100 + "the end\n\nand on")
        assert "and on" in render(marker * 100 + "the end\n\nand on")


def test_deep_emphasis_loses_no_text() -> None:
    html = render("*a **b " * 60 + "c" + "** *" * 60)
    assert html.count("a") >= 60
    assert html.count("<em>") == html.count("</em>") <= bounds.EMPHASIS_DEPTH


def test_a_formula_without_an_end_is_text_again() -> None:
    text = "$$\n" + "x\n\n" * bounds.DISPLAY_MATHS
    assert "<math" not in render(text)
    assert _streamed(text, 500) == render(text)


def test_long_code_is_shown_without_its_syntax() -> None:
    assert '<span class="k">' not in render("```python\n" + "if x: pass\n" * 6_000 + "```")
