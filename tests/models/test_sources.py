"""Sources as text: read as they were written, whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st

from conversations.glm import Source
from conversations.models import sources
from conversations.models.sources import LONGEST_FIELD, Numbered

words = st.text(max_size=20)
found = st.builds(Source, words, words, words, words, words, words, words)
numbered = st.lists(st.builds(Numbered, st.integers(1, 200), found), max_size=4)


@given(numbered)
def test_they_come_back_as_they_were_written(given_: list[Numbered]) -> None:
    assert sources.read(sources.written(given_)) == tuple(given_)


@given(numbered, st.integers(0, 400))
def test_a_text_that_is_still_growing_gives_what_is_complete(given_: list[Numbered], length: int) -> None:
    read = sources.read(sources.written(given_)[:length])
    assert read == tuple(given_[: len(read)])


def test_names_of_fields_are_not_part_of_the_text() -> None:
    text = sources.written([Numbered(1, Source("ref_1", "A"))])
    assert text == '[1,"ref_1","A","","","","",""]\n'


def test_what_is_none_is_left_out() -> None:
    assert sources.read('nonsense\n{}\n[1]\n["1","","","","","","",""]\n[1,2,3,4,5,6,7,8]\n') == ()


def test_an_excerpt_without_an_end_is_cut() -> None:
    (read,) = sources.read(sources.written([Numbered(1, Source(content="a" * 9000))]))
    assert len(read.source.content) == LONGEST_FIELD
