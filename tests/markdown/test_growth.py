"""What a long reply costs while it grows, and what late definitions do to it."""

import pytest

from conversations.markdown import Stream, Update, growing, render
from conversations.markdown.blocks import Reading

LINE = "- item **b** with some words\n"


def _grow(text: str, size: int) -> tuple[Stream, list[Update]]:
    stream, updates = Stream(), []
    for at in range(0, len(text), size):
        stream.feed(text[at : at + size])
        updates.append(stream.update())
    return stream, updates


def _drawn(monkeypatch: pytest.MonkeyPatch, text: str, size: int) -> int:
    """Return how many characters the parser read in all while the text grew."""
    read: list[int] = []
    original = growing.Document.read

    def counted(self: growing.Document, text: str, *, is_open: bool = False) -> Reading:
        read.append(len(text))
        return original(self, text, is_open=is_open)

    with monkeypatch.context() as patch:
        patch.setattr(growing.Document, "read", counted)
        stream, _ = _grow(text, size)
        stream.close()
    return sum(read)


@pytest.mark.parametrize(
    ("text", "times"),
    [
        pytest.param("a plain word after another " * 600, 3, id="prose"),
        pytest.param("```python\n" + "x = call(1, 2)\n" * 1_000, 3, id="code"),
        pytest.param("A **bold** word in a sentence.\n\n" * 400, 20, id="paragraphs"),
        pytest.param(LINE * 300, 60, id="list"),
        pytest.param("|a|b|\n|-|-|\n" + "| cell | cell |\n" * 300, 60, id="table"),
        pytest.param("- a\n  ```\n" + "  code()\n" * 1_500, 60, id="code in a list"),
        pytest.param("$$\n" + "x + y\n" * 1_200, 60, id="formula"),
        pytest.param("[x]: y\n" * 1_000, 60, id="definitions"),
    ],
)
def test_the_parser_reads_a_text_a_bounded_number_of_times(
    monkeypatch: pytest.MonkeyPatch, text: str, times: int
) -> None:
    assert _drawn(monkeypatch, text, 5) < times * len(text)


def test_the_end_of_a_long_list_is_seen_at_once() -> None:
    stream, updates = _grow(LINE * 300, 40)
    assert not any(update.sealed for update in updates)
    stream.feed("\nA new paragraph")
    update = stream.update()
    assert update.sealed == render(LINE * 300)
    assert update.tail == '<p dir="auto">A new paragraph</p>'


def test_a_blank_line_seals_a_long_paragraph_at_once() -> None:
    text = "some **bold** words " * 300
    stream, _ = _grow(text, 40)
    stream.feed("\n\n")
    assert stream.update().sealed == render(text)
    assert stream.tail == ""


def test_what_only_looks_like_an_end_is_not_read_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ```\n" + "\n\nx\n" * 2_000
    assert _drawn(monkeypatch, text, 5) < 120 * len(text)


def test_a_long_tail_shows_new_text_as_it_is_until_it_is_drawn() -> None:
    stream, _ = _grow(LINE * 100, 60)
    stream.feed("- next **b**")
    update = stream.update()
    assert (update.tail, update.depth) == (None, 2)
    assert update.append.endswith("- next **b**")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("see [ref] there\n\nmore\n\n[ref]: https://example.org", "link"),
        ("a note[^n] here\n\nmore\n\n[^n]: it says\n\nlast", "note"),
    ],
)
def test_late_definitions_replace_the_whole_at_the_end(text: str, kind: str) -> None:
    stream, updates = _grow(text, 4)
    before = "".join(update.sealed for update in updates)
    last = stream.close()
    assert "<a" not in before, kind
    assert last.whole == stream.sealed == render(text)
    assert "<a" in last.whole


def test_definitions_that_change_nothing_replace_nothing() -> None:
    stream, _ = _grow("[ref]: https://example.org\n\nsee [ref] there\n\nand [ref]", 4)
    assert stream.close().whole is None
    assert stream.sealed.count("<a") == 2


def test_a_definition_seen_too_early_is_no_definition() -> None:
    # "[a]: x" was one until the rest of its line came.
    text = "see [a]\n\n[a]: x and more"
    stream, _ = _grow(text, 1)
    assert stream.close().whole is None
    assert stream.sealed == render(text)


def test_nothing_to_say_is_said_in_an_empty_update() -> None:
    stream = Stream()
    assert stream.update() == Update()
    stream.feed("")
    assert stream.update() == Update()
    assert stream.close() == Update()


def test_closing_seals_the_tail_and_closing_again_does_nothing() -> None:
    stream = Stream()
    stream.feed("open *words*")
    stream.update()
    stream.feed(" and")
    assert stream.close() == Update(sealed='<p dir="auto">open <em>words</em> and</p>', tail="")
    assert stream.tail == ""
    assert stream.close() == Update()


def test_characters_split_between_two_pieces_are_joined() -> None:
    stream, updates = _grow("", 1)
    for piece in ("a\r", "\nb", "\ud83d", "\ude80", "\r"):
        stream.feed(piece)
        updates.append(stream.update())
    stream.close()
    assert stream.sealed == '<p dir="auto">a\nb🚀</p>' == render("a\r\nb🚀\r")
