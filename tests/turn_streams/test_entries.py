"""Pieces of a log that are lost, doubled and cut anew: with the checkpoints in between a reader has the whole text."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conversations.markdown import render
from conversations.models import Part
from conversations.present import OpenText
from conversations.turn_streams.entries import END, VOID, Entry, continues, grown, joined
from conversations.turn_streams.followed import FollowedLog
from conversations.turn_streams.shared import MOST_PENDING, SharedLog

NOTHING = OpenText((), 0)

pieces = st.tuples(st.sampled_from(["text", "reasoning"]), st.text("ab \n", min_size=1, max_size=4)) | st.tuples(
    st.just("sources"), st.text("ab", max_size=2)
)
happenings = st.sampled_from(["restart", "tell", "lose", "repeat", "checkpoint"])
steps = st.lists(st.one_of(pieces, pieces, happenings), max_size=40)


def shared() -> SharedLog:
    return SharedLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), lambda log: None)


async def _nothing(log: FollowedLog) -> None: ...


def followed(text: OpenText = NOTHING) -> FollowedLog:
    return FollowedLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), text, _nothing)


def told(log: SharedLog) -> list[Entry]:
    """What Redis has been given of it since the last time."""
    entries = log.pending()
    log.was_told(entries)
    return entries


def again(entry: Entry) -> Entry:
    """As it comes back from Redis."""
    return Entry.read(entry.id, entry.head, entry.text)


class TestAnEntry:
    def test_comes_back_as_it_was(self) -> None:
        for entry in (Entry(7, 3, 12, "text", "a b\n"), Entry(8, 7, 0, VOID), Entry(8, 8, 0, END)):
            assert again(entry) == entry

    def test_that_ends_a_log_stands_behind_its_last_text(self) -> None:
        assert (Entry(8, 7, 0, "text", "x").id, Entry(8, 8, 1, END).id) == ("8-0", "8-1")

    def test_of_one_kind_is_joined_with_its_neighbours(self) -> None:
        log = shared()
        for kind, text in (("reasoning", "a"), ("reasoning", "b"), ("text", "c"), ("text", "d")):
            log.append(kind, text)
        log.restart()
        log.append("text", "e")
        assert [(entry.id, entry.head, entry.text) for entry in joined(log.pending())] == [
            ("2-0", "0 0 reasoning", "ab"),
            ("4-0", "2 2 text", "cd"),
            ("5-0", "4 0 void", ""),
            ("6-0", "5 0 text", "e"),
        ]


class TestAReader:
    @given(steps)
    def test_ends_with_the_text_of_the_writer_whatever_happened_on_the_way(self, steps: list[Any]) -> None:
        async def run() -> None:
            log, reader, stored = shared(), followed(), NOTHING
            sent: list[Entry] = []
            for step in steps:
                if step == "restart":
                    log.restart()
                elif step == "tell":
                    sent = told(log)
                    reader.take(sent)
                elif step == "lose":
                    told(log)
                elif step == "repeat":
                    reader.take(sent)
                elif step == "checkpoint":
                    stored = log.text()
                    log.stored(stored.seq)
                    reader.become(stored)
                else:
                    log.append(*step)
                assert reader.seq <= log.seq
                assert continues_or_restarts(reader, log)
            assert grown(stored, told(log)).seq <= log.seq
            reader.become(log.text())
            assert (reader.text().parts, reader.seq) == (log.text().parts, log.seq)

        asyncio.run(run())

    @given(steps)
    def test_loses_nothing_that_was_told(self, steps: list[Any]) -> None:
        """What the reaper does: the last checkpoint, and all that came behind it."""
        log, stored = shared(), NOTHING
        stream: list[Entry] = []
        for step in steps:
            if step == "restart":
                log.restart()
            elif step in ("tell", "lose", "repeat"):
                stream += told(log)
            elif step == "checkpoint":
                stream += told(log)
                stored = log.text()
                log.stored(stored.seq)
                stream = [entry for entry in stream if entry.seq > stored.seq]
            else:
                log.append(*step)
        stream += told(log)
        assert grown(stored, map(again, stream)) == log.text()

    async def test_waits_for_a_checkpoint_where_something_is_missing(self) -> None:
        log, reader = shared(), followed()
        log.append("text", "one ")
        told(log)
        log.append("text", "two")
        reader.take(told(log))
        assert (reader.is_behind, reader.text().parts) == (True, ())
        reader.become(OpenText((), 0))
        assert reader.is_behind
        reader.become(log.text())
        assert (reader.is_behind, reader.text()) == (False, log.text())

    async def test_shows_that_nothing_was_found(self) -> None:
        """Sources without text are a part too."""
        log, reader, late = shared(), followed(), followed()
        log.append("sources", "")
        reader.take(told(log))
        late.become(log.text())
        assert reader.text() == late.text() == log.text()

    async def test_seals_what_it_has_at_the_end(self) -> None:
        log, reader = shared(), followed()
        log.append("text", "*Hi*")
        html = await log.finish()
        assert not await reader.is_seen_whole()
        reader.take(told(log))
        assert await reader.is_seen_whole()
        assert await reader.finish() == html == [render("*Hi*")]


def continues_or_restarts(reader: FollowedLog, log: SharedLog) -> bool:
    """The reader shows a text that the writer had at some time."""
    return reader.seq < log.seq or reader.text().parts == log.text().parts


def test_a_text_goes_on_only_from_its_beginning() -> None:
    one = (Part("reasoning", "a"), Part("text", "b"))
    assert continues((), one)
    assert continues(one, one)
    assert continues(one, (Part("reasoning", "a"), Part("text", "bc")))
    assert continues(one[:1], one)
    assert not continues(one, one[:1])
    assert not continues(one, (Part("reasoning", "aa"), Part("text", "b")))
    assert not continues(one[1:], one)


class TestWhatWaits:
    def test_is_bounded_and_loses_its_beginning(self) -> None:
        log = shared()
        for _ in range(5):
            log.append("text", "x" * (MOST_PENDING // 4))
        (entry,) = log.pending()
        assert (len(entry.text), entry.after) == (MOST_PENDING, 1)

    def test_is_nothing_that_a_checkpoint_has(self) -> None:
        log = shared()
        log.append("text", "a")
        log.append("text", "b")
        log.stored(1)
        assert [(entry.after, entry.text) for entry in log.pending()] == [(1, "b")]
        assert log.keeps_from == "2-0"

    def test_is_told_again_when_the_answer_was_lost(self) -> None:
        log = shared()
        log.append("text", "a")
        log.append("text", "b")
        log.was_refused("1-0")
        assert not log.is_refused
        assert [entry.text for entry in log.pending()] == ["b"]

    def test_is_not_told_behind_another_writer(self) -> None:
        log = shared()
        log.append("text", "a")
        log.was_refused("9-0")
        assert log.is_refused
        log.append("text", "b")
        assert log.pending() == []
