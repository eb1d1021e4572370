"""A growing reply ends byte for byte as if it had been rendered whole, and costs no more than it grows."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.markdown import Stream, Update, render

TRAPS = [
    "plain words only",
    "1. a\n\n2. b\n\n   c\n3. d",
    "- a\n- b\n\n- c\n\ntext",
    "- a\n\n      code\n- b",
    "Title\n=====\n\nSub\n---\n\n***\n",
    "````md\n```\ninner\n```\n````\nafter",
    "- x\n  ```py\n  a = 1\n  ```\n- y",
    "> quote\nlazy\n> more\n\nafter",
    "|a|b|\n|-|-|\n|1|2|\n|3|4|\n\nafter",
    "    indented\n\n    code\n\ntext",
    "$$\na\n\nb\n$$\n\nafter $x$ and \\[ y\n\nz \\]",
    "use [ref] here\n\nand more\n\n[ref]: https://example.org",
    "note[^1] here\n\nmore\n\n[^1]: the note\n\nlast",
    "- [ ] a\n- [x] b\n",
    "**bo\nld** and `co\nde` and <b>no</b>\n",
    "a  \nb\\\nc\n\nhttps://example.org/a_b_c, www.example.org.\n",
    "中文，**加粗**。\n\n- 列表\n- 项目\n\n`代码`",
    "~~~\nnever closed\n\n# still code",
]
ATOMS = st.sampled_from([
    "a", "word ", "1", ".", " ", "\n", "\n\n", "- ", "* ", "1. ", "# ", "> ", "```", "```py\n", "$$", "$", "\\[", "\\]",
    "|", "--", "|-|-|", "**", "_", "`", "[a]", "[a]: x", "[^1]", "[^1]: y", "    ", "===", "中文，", "https://x.y",
    "www.", "![i](http://a)", "\t", "\r", "<b>", "&amp;", "- [x] ", "***", "+", "\\", "'", '"',
])  # fmt: skip


class Viewer:
    """A page in small: knows only what the updates told it."""

    def __init__(self) -> None:
        self.sealed, self.tail = "", ""

    def apply(self, update: Update) -> None:
        self.sealed += update.sealed
        if update.tail is not None:
            self.tail = update.tail
        if update.append:
            self.tail = _appended(self.tail, update.append, update.depth)
        if update.whole is not None:
            self.sealed, self.tail = update.whole, ""


def _appended(tail: str, text: str, depth: int) -> str:
    """Put text at the end of the element that `depth` last children lead to."""
    end = len(tail)
    for _ in range(depth):
        end = tail.rindex("</", 0, end)
    return tail[:end] + text + tail[end:]


def _grown(pieces: Iterable[str]) -> tuple[Stream, Viewer, list[Update]]:
    stream, viewer, updates = Stream(), Viewer(), []
    for piece in pieces:
        stream.feed(piece)
        updates.append(stream.update())
        viewer.apply(updates[-1])
        assert (viewer.sealed, viewer.tail) == (stream.sealed, stream.tail)
    updates.append(stream.close())
    viewer.apply(updates[-1])
    return stream, viewer, updates


@pytest.mark.parametrize("text", TRAPS)
def test_one_character_at_a_time_ends_as_the_whole(text: str) -> None:
    stream, viewer, _ = _grown(text)
    assert stream.sealed == viewer.sealed == render(text)
    assert viewer.tail == ""


@settings(max_examples=150, deadline=None)
@given(st.lists(ATOMS, max_size=30), st.lists(st.integers(1, 12), min_size=1, max_size=20))
def test_any_pieces_end_as_the_whole(atoms: list[str], sizes: list[int]) -> None:
    text = "".join(atoms)
    pieces, at = [], 0
    while at < len(text):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(text[at : at + size])
        at += size
    stream, viewer, _ = _grown(pieces)
    assert stream.sealed == viewer.sealed == render(text)


def test_words_are_appended_and_not_drawn_again() -> None:
    _, _, updates = _grown(["Hello", " world", ", how", " are you"])
    assert [update.append for update in updates[1:4]] == [" world", ", how", " are you"]
    assert all(update.tail is None for update in updates[1:4])


def test_sealed_blocks_are_sent_once() -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(50))
    stream, _, updates = _grown(text[at : at + 7] for at in range(0, len(text), 7))
    assert "".join(update.sealed for update in updates) == stream.sealed


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 20_000, id="one line"),
        pytest.param("```python\n" + "x = 1\n" * 8_000, id="code"),
        pytest.param("a*b " * 10_000, id="marks"),
        pytest.param("- " + "item " * 10_000, id="one item"),
        pytest.param("|a|b|\n|-|-|\n" + "|1|2|\n" * 2_000, id="table"),
    ],
)
def test_what_is_sent_grows_with_the_text_and_not_with_its_square(text: str) -> None:
    stream, _, updates = _grown(text[at : at + 50] for at in range(0, len(text), 50))
    sent = sum(len(update.sealed) + len(update.tail or "") + len(update.append) for update in updates)
    assert sent < 20 * len(stream.sealed)
