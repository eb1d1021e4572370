"""While a reply grows, each moment looks as if its text had come at once; most of it is shown without parsing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.markdown import Stream, Update

PIECES = st.sampled_from([
    "a", "word ", "Hello, it's (fine): 3.5", "1", ".", " ", "\n", "\n\n", "- ", "* ", "1. ", "2) ", "# ", "> ", "```",
    "```py\n", "~~~", "$$", "$", "\\[", "\\]", "|", "--", "|-|-|", "**", "_", "`", "[a]", "[^1]", "    ",
    "===", "中文，好", "https://x.y", "http:", "//", "www.", "ww", "w.x.yz", "@", "a/b",
    "![i](http://a)", "[l](", ")", ">", ";", "&am", "<b>", "<http://e", "- [x] ", "***", "+",
    "\\", ":", "'", '"', "\t", "{", "^", "\xa0", "\u3000", "😀", "é",
    "مرحبا",
])  # fmt: skip

# What stands before the arrow is shown first; what stands behind it changes what that was.
TURNS = [
    "1→. one",
    "- 1→. one",
    "- [x] 1→. one",
    "> 1→) one",
    "text\n-→- more",
    "text\n=→=",
    "see www→.example.org now",
    "see w→ww.example.org now",
    "see http:→//example.org now",
    "ask a@b→.org now",
    "**bold.**→t and more",
    "*a→*b",
    "[a](http://b→) c",
    "a→\\",
    "a&am→p; b",
    "<http://a→> b",
    "# a #→ b",
    "a | b\n--→-|--\nc",
    "$x→$ y",
    "$x$→1",
    "`a→` b",
    "- a→\n- b",
    "a →\nb",
    "a  →\nb",
    "[a→]: http://b",
    "- a\n\n1→. b",
    "```→\ncode",
    "```\ncode\n``→`\ntext",
    "```\ncode\n``→x",
    "~~~ a→b\ncode",
    "$$\nx\n→\n$$",
    "text\n$$\nx→\n\n$$ y",
    "- [ ]→ a",
    "a\n\n    b→\n\nc",
]


def _now(stream: Stream) -> str:
    return stream.sealed + stream.tail


def _at_once(text: str) -> str:
    stream = Stream()
    stream.feed(text)
    stream.update()
    return _now(stream)


def _updates(*pieces: str) -> tuple[Stream, list[Update]]:
    stream, updates = Stream(), []
    for piece in pieces:
        stream.feed(piece)
        updates.append(stream.update())
    return stream, updates


@pytest.mark.parametrize("turn", TURNS)
def test_a_turn_is_seen_when_it_comes(turn: str) -> None:
    before, after = turn.split("→")
    stream, _ = _updates(before, *after)
    assert _now(stream) == _at_once(before + after)


@settings(max_examples=120)
@given(st.lists(PIECES, min_size=1, max_size=20), st.integers(1, 9))
def test_however_a_text_comes_it_looks_the_same(pieces: list[str], size: int) -> None:
    text = "".join(pieces).replace("]:", "] :")  # definitions change what stands before them only in the end
    stream = Stream()
    for at in range(0, len(text), size):
        stream.feed(text[at : at + size])
        stream.update()
        assert _now(stream) == _at_once(text[: at + size])


@pytest.mark.parametrize(
    "sentence",
    [
        "The quick (brown) fox, “it” said: don't jump over 3.5 lazy dogs and/or cats; a -> b!",
        "按照这个计算方法（包括夏季），用电量约为 48,216 kWh；比去年增加25.5%，其余不变。",
        "مرحبا بالعالم، كيف حالك؟",
        "1,000 words – {no} markup | at all ^ ~",
    ],
)
def test_running_text_is_appended_and_never_drawn_again(sentence: str) -> None:
    words = sentence.replace("~", "").split(" ")
    stream, updates = _updates("It begins", *(f" {word}" for word in words))
    assert all(update.tail is None for update in updates[1:])
    assert stream.tail == _at_once(f"It begins {' '.join(words)}")


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("word", 1),
        ("# word", 1),
        ("- word", 2),
        ("- a\n\n- word", 3),
        ("> word", 2),
        ("- a\n  - word", 4),
        ("1. a\n   > word", 4),
        ("- [ ] word", 3),
        ("```\nword", 3),
    ],
)
def test_text_goes_to_the_innermost_last_block(text: str, depth: int) -> None:
    _, updates = _updates(text, " more")
    assert updates[1] == Update(append=" more", depth=depth)


def test_spaces_wait_for_the_word_behind_them() -> None:
    stream, updates = _updates("a", "  ", "b")
    assert [update.append for update in updates] == ["", "", "  b"]
    assert stream.tail == '<p dir="auto">a  b</p>'


def test_text_and_code_are_escaped_when_appended() -> None:
    _, updates = _updates("```\na", " < b & c\xa0>")
    assert updates[1].append == " &lt; b &amp; c&nbsp;&gt;"


@pytest.mark.parametrize(
    "begun", ["-", "1", "12.", "#", "##", "> ", "**", "`", "```", "```py", "- [", "- [x", "|", "| -", "$$"]
)
def test_what_may_still_become_anything_is_not_shown(begun: str) -> None:
    stream, updates = _updates("Some words:\n", begun)
    assert updates[1] == Update()
    assert stream.tail == '<p dir="auto">Some words:</p>'


def test_a_long_beginning_is_shown_all_the_same() -> None:
    stream, _ = _updates("-" * 200 + "a")
    assert "-" * 200 in stream.tail


def test_code_grows_without_being_parsed_until_its_fence_is_closed() -> None:
    stream, updates = _updates("```python\nx", " = 1\n", "y = 2", "\n``", "`\n", "after")
    assert [update.append for update in updates[1:4]] == [" = 1", "\ny = 2", ""]
    assert '<span class="m">2</span>' in updates[4].sealed
    assert stream.tail == '<p dir="auto">after</p>'


def test_a_fence_that_is_not_closed_by_a_shorter_one_goes_on() -> None:
    stream, updates = _updates("````\na", "\n```\n", "b")
    assert [update.append for update in updates[1:]] == ["\n```", "\nb"]
    assert "a\n```\nb</code>" in stream.tail
