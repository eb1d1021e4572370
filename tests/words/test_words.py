"""Word lists against whole and growing texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.words import MOST_HELD, Lists, Mode, Source, Watch, compiled, fold, why_unfit


def lists(*lines: str, mode: Mode = Mode.PHRASE) -> Lists:
    found = compiled([Source("list", 1, 1, mode, lines)])
    assert found is not None
    return found


def hits(entries: Lists, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in entries.check(text)]


class TestFolding:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Plain", "plain"),
            ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
            ("ﾊﾝｶｸ ｶﾞ", "ハンカク ガ"),
            ("Straße", "strasse"),
            ("ﬁne", "fine"),
            ("cafe\u0301", "café"),
            ("a  b\n\tc", "a b c"),
            ("敏\u200b感", "敏感"),
            ("soft\u00adhyphen", "softhyphen"),
            ("㍻", "平成"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("……", "......"),
            ("한", "한"),
            ("\u1112\u1161\u11ab", "한"),
        ],
    )
    def test_makes_one_of_many_spellings(self, text: str, folded: str) -> None:
        assert fold(text).text == folded

    @given(st.text(max_size=60))
    def test_knows_where_everything_came_from(self, text: str) -> None:
        folded = fold(text)
        starts = [folded.start(i, len(text)) for i in range(len(folded.text) + 1)]
        assert starts == sorted(starts)
        assert all(0 <= start <= len(text) for start in starts)
        assert starts[-1] == len(text)

    @given(st.text(max_size=60))
    def test_twice_is_once(self, text: str) -> None:
        once = fold(text).text
        assert fold(once).text == once


class TestPhrases:
    @pytest.mark.parametrize(
        ("entry", "text", "found"),
        [
            ("bad apple", "One Bad  Apple.", ["Bad  Apple"]),
            ("bad apple", "bad\napple", ["bad\napple"]),
            ("敏感词", "这里有一个敏感词汇", ["敏感词"]),
            ("abc", "ＡＢＣ", ["ＡＢＣ"]),
            ("敏感", "敏\u200b感", ["敏\u200b感"]),
            ("cat", "concatenate", ["cat"]),
            ("aa", "aaa", ["aa", "aa"]),
            ("ss", "Straße", ["ß"]),
            ("bad apple", "bad pear", []),
        ],
    )
    def test_are_found_anywhere(self, entry: str, text: str, found: list[str]) -> None:
        assert hits(lists(entry), text) == found


class TestWholeWords:
    @pytest.mark.parametrize(
        ("entry", "text", "found"),
        [
            ("cat", "a cat.", ["cat"]),
            ("cat", "cat", ["cat"]),
            ("cat", "cats", []),
            ("cat", "concat", []),
            ("cat", "my_cat", []),
            ("cat", "猫cat猫", ["cat"]),
            ("敏感", "很敏感的", ["敏感"]),
            ("c++", "I like C++!", ["C++"]),
            ("c++", "c++x", ["c++"]),
            ("über", "darüber", []),
        ],
    )
    def test_stand_alone(self, entry: str, text: str, found: list[str]) -> None:
        assert hits(lists(entry, mode=Mode.EXACT), text) == found


class TestExpressions:
    def test_are_found_in_the_folded_text(self) -> None:
        assert hits(lists(r"敏感.{0,3}词", mode=Mode.REGEX), "一个敏感的词") == ["敏感的词"]
        assert hits(lists(r"\d{3}-\d{4}", mode=Mode.REGEX), "call ５５５-１２３４") == ["５５５-１２３４"]

    def test_tell_which_of_them_it_was(self) -> None:
        found = lists("a+b", "c+d", mode=Mode.REGEX).check("xxccd aab")
        assert sorted(hit.entry for hit in found) == [0, 1]

    @pytest.mark.parametrize("line", ["(", "(?=a)b", r"(a)\1", "((a{1000}){1000}){1000}", "a*", "^"])
    def test_that_are_none_are_refused_with_the_reason(self, line: str) -> None:
        assert why_unfit(Mode.REGEX, line)

    @pytest.mark.parametrize("line", ["(a+)+$", "(a|a)*b", "(.*)*x", "(x+x+)+y"])
    def test_that_kill_other_engines_are_quick(self, line: str) -> None:
        entries = lists(line, mode=Mode.REGEX)
        began = time.perf_counter()
        entries.check("a" * 200_000 + "!")
        assert time.perf_counter() - began < 2

    def test_hold_for_texts_of_any_length_that_come_in_pieces(self) -> None:
        watch = Watch(lists("(a+)+$", mode=Mode.REGEX))
        began = time.perf_counter()
        for _ in range(2000):
            watch.feed("aaaaaaaaaa")
        assert time.perf_counter() - began < 5


class TestEntries:
    def test_that_leave_nothing_are_refused(self) -> None:
        assert why_unfit(Mode.PHRASE, "\u200b") == "nothing is left of it"
        assert why_unfit(Mode.EXACT, "x" * 1001)
        assert why_unfit(Mode.EXACT, "word") == ""

    def test_of_no_list_are_looked_for_by_nobody(self) -> None:
        assert compiled([]) is None
        assert compiled([Source("empty", 1, 1, Mode.PHRASE, [])]) is None

    def test_of_two_lists_are_both_told(self) -> None:
        both = Lists([Source("one", 1, 0, Mode.PHRASE, ["word"]), Source("two", 3, 2, Mode.EXACT, ["x", "WORD"])])
        found = both.check("a word")
        assert [(hit.source.name, hit.source.level, hit.entry) for hit in found] == [("one", 0, 0), ("two", 2, 1)]

    def test_of_more_than_one_machine_are_found(self) -> None:
        many = lists(*(f"entry{n:06}" for n in range(30_000)))
        assert hits(many, "the ENTRY029999 and entry000000") == ["entry000000", "ENTRY029999"]


def streamed(entries: Lists, pieces: list[str]) -> tuple[str, Watch]:
    watch = Watch(entries)
    given_out = ""
    for piece in pieces:
        given_out += watch.feed(piece)
        assert len(watch.held) <= MOST_HELD * 3 or watch.hits
    return given_out + watch.flush(), watch


class TestAGrowingText:
    def test_is_given_out_as_it_comes(self) -> None:
        watch = Watch(lists("forbidden"))
        assert watch.feed("All is well. ") == "All is well. "

    def test_waits_while_it_could_become_a_hit(self) -> None:
        watch = Watch(lists("forbidden"))
        assert watch.feed("It is forb") == "It is "
        assert watch.feed("earance ") == "forbearance "

    def test_never_shows_a_word_that_comes_in_pieces(self) -> None:
        watch = Watch(lists("forbidden"))
        shown = "".join(watch.feed(piece) for piece in ("It is for", "bid", "den", " here"))
        assert shown == "It is "
        assert [(hit.start, hit.end) for hit in watch.hits] == [(6, 15)]

    def test_stops_at_a_hit_until_somebody_decides(self) -> None:
        watch = Watch(lists("bad"))
        assert watch.feed("so bad, ") == ""
        assert watch.feed("so it goes. ") == ""
        watch.go_on()
        assert watch.feed("On.") == "so bad, so it goes. On."
        assert watch.hits == []

    def test_tells_each_hit_once(self) -> None:
        watch = Watch(lists("bad"))
        watch.feed("bad ")
        watch.go_on()
        watch.feed("and ")
        assert watch.hits == []
        watch.feed("bad ")
        assert len(watch.hits) == 1

    def test_waits_for_the_end_of_a_whole_word(self) -> None:
        watch = Watch(lists("cat", mode=Mode.EXACT))
        assert watch.feed("a cat") == "a "
        assert watch.feed("s ") == "cats "
        assert watch.feed("cat") == ""
        assert watch.flush() == ""
        assert len(watch.hits) == 1

    def test_keeps_a_letter_whose_accent_may_still_come(self) -> None:
        watch = Watch(lists("café"))
        watch.feed("the cafe")
        watch.feed("\u0301 ")
        assert len(watch.hits) == 1

    def test_holds_back_little_even_for_long_entries(self) -> None:
        watch = Watch(lists("a" * 500))
        shown = watch.feed("a" * 300)
        assert len(shown) == 300 - MOST_HELD
        watch.feed("a" * 200)
        assert len(watch.hits) == 1

    def test_holds_back_little_for_expressions(self) -> None:
        watch = Watch(lists("secret [0-9]+", mode=Mode.REGEX))
        text = "no harm " * 40
        assert len(watch.feed(text)) == len(text) - MOST_HELD
        watch.feed("secret 4")
        assert watch.feed("2 ") == ""
        assert len(watch.hits) == 1

    def test_has_a_beginning_only_at_its_beginning(self) -> None:
        watch = Watch(lists("^word", mode=Mode.REGEX))
        for _ in range(300):
            watch.feed("word and ")
            watch.go_on()
        shown, watch = streamed(lists("^word", mode=Mode.REGEX), ["x " * 400, "word "])
        assert watch.hits == []
        assert shown.endswith("word ")

    @given(
        st.lists(st.text("ab猫敏感 \n", min_size=1, max_size=6), min_size=1, max_size=6),
        st.lists(st.text("abＡ猫敏感 \n\u200bé\u0301", max_size=8), max_size=12),
        st.sampled_from([Mode.PHRASE, Mode.EXACT]),
    )
    def test_in_any_pieces_is_found_as_it_is_in_one(self, entries: list[str], pieces: list[str], mode: Mode) -> None:
        found = compiled([Source("list", 1, 1, mode, entries)])
        if found is None:
            return
        text = "".join(pieces)
        watch = Watch(found)
        shown, seen = "", set()
        for piece in [*pieces, None]:
            shown += watch.feed(piece) if piece is not None else watch.flush()
            while watch.hits:
                seen |= {hit.entry for hit in watch.hits}
                watch.go_on()
                shown += watch.feed("") if piece is not None else watch.flush()
        assert shown == text
        assert seen == {hit.entry for hit in found.check(text)}

    @given(st.lists(st.sampled_from(["for", "bid", "den", "f", "o", "r", " ", "x"]), max_size=30))
    def test_never_shows_what_is_on_the_list(self, pieces: list[str]) -> None:
        watch = Watch(lists("forbidden"))
        shown = "".join(watch.feed(piece) for piece in pieces) + watch.flush()
        assert "forbidden" not in shown
        assert ("forbidden" in "".join(pieces)) == bool(watch.hits)
