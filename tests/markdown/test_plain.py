"""Markdown as plain text: nothing of the markup, everything of the words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.markdown import plain

CASES = [
    ("emphasis goes, words stay", "**a** *b* ~~c~~ `d`", "a b c d"),
    ("headings are lines", "# One\n\ntwo", "One\n\ntwo"),
    ("lists keep their marks", "* a\n* b\n  1. c\n", "- a\n- b\n  1. c"),
    ("a list that begins elsewhere", "3) c\n4) d", "3) c\n4) d"),
    ("loose items stay apart", "- a\n\n  b\n- c", "- a\n\n  b\n\n- c"),
    ("tasks", "- [x] a\n- [ ] b", "- [x] a\n- [ ] b"),
    ("an item without a word", "-\n- b", "-\n- b"),
    ("code as it was written", "```py\nif x:\n    y\n```", "if x:\n    y"),
    ("quotes", "a\n\n> b\n> c\n>\n> - d", "a\n\n> b\n> c\n>\n> - d"),
    ("a quote in a quote", "> a\n>\n> > b", "> a\n>\n> > b"),
    ("tables are columns", "|a|b|\n|-|-|\n|1|2|", "a\tb\n1\t2"),
    ("links say where they lead", "[a](https://x.org)", "a (https://x.org)"),
    ("addresses are said once", "<https://x.org> and <me@x.org>", "https://x.org and me@x.org"),
    ("links by name", "[a][b]\n\n[b]: https://x.org", "a (https://x.org)"),
    ("links that are none", "[a](javascript:alert(1))", "a"),
    ("pictures", "![boat](https://x.org/b.png)", "boat (https://x.org/b.png)"),
    ("formulas as they were written", "$a^2$\n\n$$\nb^2\n$$", "a^2\n\nb^2"),
    ("footnotes", "a[^1]\n\n[^1]: b", "a[^1]\n\n[^1]: b"),
    ("line breaks", "a\nb  \nc", "a\nb\nc"),
    ("HTML is text", "<b>x</b> &amp;", "<b>x</b> &"),
    ("rules", "a\n\n---\n\nb", "a\n\n———\n\nb"),
    ("code in a list", "1. a\n   ```\n   x\n   ```", "1. a\n\n   x"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("markdown", "text"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_markdown_becomes_text(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_a_text_beyond_the_bounds_is_whole() -> None:
    text = "**a**\n" + "x\n" * 30_000
    assert plain(text).startswith("a\nx")
    assert plain(text).count("x") == 30_000


@given(st.text("ab -*>#1.|`[]()\n$~^:", max_size=80))
def test_any_text_becomes_text(markdown: str) -> None:
    letters = [letter for letter in markdown if letter in "ab"]
    assert len([letter for letter in plain(markdown) if letter in "ab"]) <= len(letters) + markdown.count("[")
