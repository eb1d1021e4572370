"""What is spoken of a growing reply: finished sentences, each once, without markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.markdown import CODE, FORMULA, Sentences
from conversations.markdown.sentences import LONGEST
from conversations.sandbox.scenarios.markdown import TEXT


def said(text: str, size: int = 1) -> list[str]:
    sentences = Sentences()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return [each for piece in pieces for each in sentences.feed(piece)] + sentences.flush()


CASES = [
    ("Latin ends", "One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
    ("Chinese ends", "一。二！三？四", ["一。", "二！", "三？", "四"]),
    ("both", "他说 OK。Then he left. 完", ["他说 OK。", "Then he left.", "完"]),
    ("closing marks", '"Yes." (No.) **So.** On', ['"Yes."', "(No.)", "So.", "On"]),
    ("points within words", "3.5 at example.org is v1.2", ["3.5 at example.org is v1.2"]),
    ("lines end too", "# Title\nText\n\nMore", ["Title", "Text", "More"]),
    ("list marks are not spoken", "1. One\n2. Two\n- [x] Three\n> four", ["One", "Two", "Three", "four"]),
    ("emphasis is not spoken", "**Bold** and `code` and ~~gone~~.", ["Bold and code and gone."]),
    ("links are their words", "See [this](https://x.org/a_b) and ![boat](b.png).", ["See this and boat."]),
    ("note marks are not spoken", "So it is.[^1] Yes.", ["So it is.", "Yes."]),
    ("tables go by rows", "|a|b|\n|-|-|\n|1|2|", ["a, b", "1, 2"]),
    ("code is named", "Look:\n```py\nx = 1. y\n```\nDone.", ["Look:", CODE, "Done."]),
    ("code in a list", "- a\n  ```\n  x.\n  ```\n- b", ["a", CODE, "b"]),
    ("code without an end", "```\nx. y", [CODE]),
    ("formulas are named", "So\n$$\nx. y\n$$\nand\n\\[ a. b \\]\nend", ["So", FORMULA, "and", FORMULA, "end"]),
    ("money is no formula", "It costs $5. Or $6.", ["It costs $5.", "Or $6."]),
    ("entities", "a &amp; b.", ["a & b."]),
    ("rules are silent", "a\n\n---\n***\n\nb", ["a", "b"]),
    ("nothing", "\n\n  \n", []),
]


@pytest.mark.parametrize("size", [1, 5, 1_000])
@pytest.mark.parametrize(("text", "sentences"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_text_is_spoken_in_sentences(text: str, sentences: list[str], size: int) -> None:
    assert said(text, size) == sentences


def test_a_sentence_is_spoken_when_it_has_ended() -> None:
    sentences = Sentences()
    assert sentences.feed("你好，") == []
    assert sentences.feed("世界。") == ["你好，世界。"]
    assert sentences.feed("One.") == []
    assert sentences.feed(" Tw") == ["One."]
    assert sentences.flush() == ["Tw"]


def test_a_mark_that_comes_late_is_not_spoken_alone() -> None:
    assert said("他说：“好。”", 100) == ["他说：“好。”"]
    assert said("他说：“好。”", 1) == ["他说：“好。"]


def test_a_text_without_an_end_is_spoken_in_pieces() -> None:
    assert len(said("word " * LONGEST)) > 3
    assert len("".join(said("字" * 3 * LONGEST))) == 3 * LONGEST


@given(st.integers(1, 60))
def test_the_pieces_in_which_a_text_comes_do_not_matter(size: int) -> None:
    assert "".join(said(TEXT, size)) == "".join(said(TEXT, len(TEXT)))
