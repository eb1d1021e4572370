import itertools

from hypothesis import given
from hypothesis import strategies as st

from conversations.turns.overlap import LONGEST, SHORTEST, Overlap


def shown(before: str, *pieces: str) -> str:
    overlap = Overlap(before)
    return "".join(overlap.feed(piece) for piece in pieces) + overlap.flush()


def cut(text: str, places: list[int]) -> list[str]:
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges)]


# Few letters make repetitions inside the text itself, which is where a naive comparison fails.
texts = st.text("ab ", max_size=260)
cuts = st.lists(st.integers(0, 400), max_size=8)


def test_repeated_words_are_shown_once() -> None:
    assert shown("the quick brown fox", "brown fox jumps") == " jumps"


def test_repeated_words_that_come_letter_by_letter_are_shown_once() -> None:
    assert shown("the quick brown fox", *"brown fox jumps") == " jumps"


def test_a_continuation_that_repeats_nothing_is_shown_whole() -> None:
    assert shown("the quick brown fox", "jumps over", " the dog") == "jumps over the dog"


def test_a_few_equal_letters_are_no_repetition() -> None:
    assert shown("the end", "endless", " fun") == "endless fun"


def test_without_anything_before_nothing_is_held() -> None:
    assert Overlap("").feed("x") == "x"


def test_text_that_cannot_repeat_anything_is_shown_at_once() -> None:
    assert Overlap("the quick brown fox").feed("zebra") == "zebra"


def test_what_may_still_repeat_is_held_until_it_is_clear() -> None:
    overlap = Overlap("the quick brown fox")
    assert overlap.feed("brown") == ""
    assert overlap.feed(" bear") == "brown bear"


def test_what_is_held_is_shown_when_nothing_more_comes() -> None:
    assert shown("the quick brown fox", "the quick") == "the quick"


def test_nothing_is_held_after_the_repetition_is_over() -> None:
    overlap = Overlap("the quick brown fox")
    assert overlap.feed("brown fox jumps") == " jumps"
    assert overlap.feed("brown fox") == "brown fox"


@given(texts, texts, cuts)
def test_the_seam_never_depends_on_how_the_text_was_cut(before: str, text: str, places: list[int]) -> None:
    after = shown(before, *cut(text, places))
    assert text.endswith(after)
    dropped = text[: len(text) - len(after)]
    assert not dropped or (len(dropped) >= SHORTEST and before.endswith(dropped))


@given(st.text("abc", min_size=SHORTEST, max_size=LONGEST), st.text("xyz", max_size=40), cuts)
def test_an_exact_repetition_is_always_found(before: str, new: str, places: list[int]) -> None:
    # A new letter ends the repetition, so there is only one right answer.
    assert shown("..." + before, *cut(before + new, places)) == new


@given(texts, texts, cuts)
def test_at_most_so_much_is_held(before: str, text: str, places: list[int]) -> None:
    overlap, held = Overlap(before), 0
    for piece in cut(text, places):
        given_out = overlap.feed(piece)
        held = 0 if given_out else held + len(piece)
        assert held < LONGEST or given_out or not piece
