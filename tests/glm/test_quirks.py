"""Text fit to show, whatever the model and the cuts between deltas."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.glm.quirks import Cleaner, scrub


def clean(*deltas: str) -> tuple[str, str]:
    """(reasoning, text)"""
    cleaner = Cleaner()
    pieces = [*(cleaner.text(delta) for delta in deltas), cleaner.flush()]
    return "".join(each[0] for each in pieces), "".join(each[1] for each in pieces)


@pytest.mark.parametrize(
    ("raw", "clean_text"),
    [
        ("plain", "plain"),
        ("a\0b", "ab"),
        ("a\ud83d\ude00b", "a😀b"),
        ("a\ud83db", "a\ufffdb"),
        ("a\ude00", "a\ufffd"),
        ("汉堡", "汉堡"),
    ],
)
def test_scrub_leaves_what_can_be_stored(raw: str, clean_text: str) -> None:
    assert scrub(raw) == clean_text
    assert clean(raw) == ("", clean_text)
    assert clean(*raw) == ("", clean_text)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\n\nThe Elbe\n", ("", "The Elbe\n")),
        ("<think>why</think>because", ("why", "because")),
        ("\n<think>\nwhy\n</think>\n\nbecause", ("why\n", "because")),
        ("<think></think>\n\nbecause", ("", "because")),
        ("<think>never closed", ("never closed", "")),
        ("<thin", ("", "<thin")),
        ("  ", ("", "  ")),
        ("a <think>b</think>", ("", "a <think>b</think>")),
        ("<think>a</think>b<think>c</think>", ("a", "b<think>c</think>")),
        ("It says <|begin_of_box|>Kiel<|end_of_box|>.", ("", "It says Kiel.")),
        ("<|begin_of_box|>Kiel<|end_of_box|>\n", ("", "Kiel")),
        ("Kiel.<|user|>", ("", "Kiel.")),
        ("Kiel.\n<|observation|>\n<|user|> ", ("", "Kiel.\n")),
        ("Kiel.<|endoftext|><|us", ("", "Kiel.")),
        ("Kiel <|us", ("", "Kiel <|us")),
        ("The mark <|user|> begins a turn", ("", "The mark <|user|> begins a turn")),
        ("<|begin_of<|end_of_box|>_box|>", ("", "<|begin_of_box|>")),
        ("a < b <", ("", "a < b <")),
    ],
)
def test_marks_are_read_as_meant(raw: str, expected: tuple[str, str]) -> None:
    assert clean(raw) == expected
    assert clean(*raw) == expected


def test_newlines_before_the_first_word_go_once_per_channel() -> None:
    cleaner = Cleaner()
    assert [cleaner.reasoning(each) for each in ("\n", "\na", "\nb")] == ["", "a", "\nb"]
    assert [cleaner.text(each)[1] for each in ("\n", "\na", "\nb")] == ["", "a", "\nb"]


def test_text_is_not_held_back_without_need() -> None:
    cleaner = Cleaner()
    assert cleaner.text("a")[1] == "a"
    assert cleaner.text("b <")[1] == "b "
    assert cleaner.text(" c")[1] == "< c"


def test_reasoning_keeps_its_marks() -> None:
    cleaner = Cleaner()
    assert cleaner.reasoning("<|user|>") == "<|user|>"


MARKS = ["<think>", "</think>", "<|begin_of_box|>", "<|end_of_box|>", "<|user|>", "<|endoftext|>"]
SCRAPS = ["<", "<|", "|>", "thin", "k>", "\n", " ", "a", "汉", "\0", "\ud83d", "\ude00"]
PIECES = st.sampled_from(MARKS + SCRAPS)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=5).map("".join), max_size=8))
def test_the_result_does_not_depend_on_the_cuts(deltas: list[str]) -> None:
    whole = "".join(deltas)
    assert clean(*deltas) == clean(whole) == clean(*whole)


@given(st.lists(PIECES, max_size=20).map("".join))
def test_the_result_can_be_stored(raw: str) -> None:
    text = "".join(clean(raw))
    assert "\0" not in text
    assert text.encode().decode() == text


def test_a_model_that_repeats_a_mark_for_ever_costs_little() -> None:
    cleaner = Cleaner()
    assert all(cleaner.text("<|user|>") == ("", "") for _ in range(100_000))
    assert cleaner.text("x")[1] == "<|user|>" * 100_000 + "x"
