import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import turn_log
from conversations.markdown import Update, render
from conversations.models import Part, text_part
from conversations.open_parts import PartUpdate, PlainStream, RenderedPart
from conversations.present import render_parts
from conversations.turn_log import RENDERED_INLINE, TurnLog
from tests.waiting import SECONDS, eventually_async

R = TypeVar("R")


def new_log() -> TurnLog:
    return TurnLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())


class Viewer:
    """What a page would show: the HTML of each part, sealed and tail."""

    def __init__(self) -> None:
        self.parts: list[RenderedPart] = []
        self.updates = 0

    async def watch(self, log: TurnLog) -> "Viewer":
        self.parts = await log.watch(self.see)
        return self

    def see(self, updates: Sequence[PartUpdate] | None) -> None:
        self.updates += 1
        if updates is None:
            self.parts = []
        for change in updates or ():
            assert change.is_new is (change.index == len(self.parts)), "an update for a part that the page has not"
            if change.is_new:
                self.parts.append(RenderedPart(change.kind, "", "", False))
            self.parts[change.index] = _changed(self.parts[change.index], change)

    @property
    def html(self) -> list[str]:
        return [part.sealed + part.tail for part in self.parts]


def _changed(part: RenderedPart, change: PartUpdate) -> RenderedPart:
    update = change.update
    sealed = part.sealed + update.sealed if update.whole is None else update.whole
    tail = part.tail if update.tail is None else update.tail
    if change.is_sealed and change.kind == "text":
        tail = ""
    return RenderedPart(part.kind, sealed, _appended(tail, update), change.is_sealed)


def _appended(tail: str, update: Update) -> str:
    """`append` goes before the closing tags of the elements that `depth` steps lead into."""
    if not update.append:
        return tail
    end = len(tail)
    for _ in range(update.depth):
        end = tail.rindex("</", 0, end)
    return tail[:end] + update.append + tail[end:]


class Aside:
    """The thread for long renderings, held until the test lets it go."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = 0

    async def run(self, pool: str, call: Callable[[], R]) -> R:
        assert pool == "render"
        self.begun += 1
        return await asyncio.get_running_loop().run_in_executor(None, self._wait_and, call)

    def _wait_and(self, call: Callable[[], R]) -> R:
        assert self.gate.wait(SECONDS)
        return call()


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aside]:
    made = Aside()
    monkeypatch.setattr(turn_log, "in_pool", made.run)
    yield made
    made.gate.set()


LONG = "word " * RENDERED_INLINE


class TestTheText:
    def test_is_what_was_appended_one_part_a_kind(self) -> None:
        log = new_log()
        for kind, text in (("reasoning", "a"), ("reasoning", "b"), ("text", "c"), ("reasoning", "d")):
            log.append(kind, text)
        assert log.text().parts == (Part("reasoning", "ab"), Part("text", "c"), Part("reasoning", "d"))
        assert log.text().seq == log.seq == 4

    def test_counts_on_after_a_restart(self) -> None:
        log = new_log()
        log.append("text", "void")
        log.restart()
        assert (log.text().parts, log.seq, log.size) == ((), 2, 0)
        log.append("text", "new")
        assert (log.text().parts, log.seq) == (text_part("new"), 3)

    def test_of_all_turns_here_is_found_by_the_code_of_the_reply(self) -> None:
        turn, reply = uuid.uuid4(), uuid.uuid4()
        log = turn_log.begin(turn, reply, uuid.uuid4())
        log.append("text", "Hi")
        assert turn_log.find(turn) is log
        assert turn_log.texts()[reply].parts == text_part("Hi")
        turn_log.drop(turn)
        turn_log.drop(turn)
        assert turn_log.find(turn) is None
        assert reply not in turn_log.texts()


class TestAPlainStream:
    @given(st.lists(st.text("a<&\n'", max_size=4), max_size=8))
    def test_shows_text_as_it_was_written(self, pieces: list[str]) -> None:
        stream = PlainStream()
        for piece in pieces:
            stream.feed(piece)
            stream.update()
        assert stream.sealed == ""
        stream.close()
        assert [stream.sealed] == render_parts([Part("reasoning", "".join(pieces))])
        assert stream.tail == ""


pieces = st.tuples(
    st.sampled_from(["text", "reasoning"]), st.sampled_from(["Hi ", "*em*", "\n\n", "- a\n", "<b>", "`x"])
)
steps = st.lists(st.one_of(pieces, st.sampled_from(["announce", "watch", "restart"])), max_size=25)


class TestWatching:
    @given(steps)
    def test_shows_everybody_the_same_whenever_they_came(self, steps: list[Any]) -> None:
        async def run() -> None:
            log, viewers = new_log(), [Viewer()]
            await viewers[0].watch(log)
            for step in steps:
                if step == "announce":
                    log.announce()
                elif step == "restart":
                    log.restart()
                elif step == "watch":
                    viewers.append(await Viewer().watch(log))
                    log.announce()
                else:
                    log.append(*step)
                assert all(viewer.html == viewers[0].html for viewer in viewers)
            html = await log.finish()
            assert html == render_parts(log.text().parts)
            assert all(viewer.html == html for viewer in viewers)

        asyncio.run(run())

    async def test_from_the_beginning_shows_every_announcement(self) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("text", "Hi")
        assert viewer.html == []
        log.announce()
        assert "Hi" in viewer.html[0]

    async def test_renders_nothing_for_nobody(self) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.unwatch(viewer.see)
        log.append("text", "Hi")
        log.announce()
        assert (viewer.updates, log._unrendered()) == (0, 2)

    async def test_that_ended_brings_nothing_more(self) -> None:
        log = new_log()
        stays, leaves = await Viewer().watch(log), await Viewer().watch(log)
        log.append("text", "Hi")
        log.announce()
        log.unwatch(leaves.see)
        log.append("text", " there")
        log.announce()
        assert "there" in stays.html[0]
        assert "there" not in leaves.html[0]

    async def test_a_restart_blanks_what_was_shown(self) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("text", "void")
        log.announce()
        log.restart()
        assert viewer.parts == []
        log.append("text", "new")
        assert await log.finish() == [render("new")] == viewer.html

    async def test_an_earlier_part_is_sealed_when_the_next_begins(self) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("reasoning", "hm")
        log.announce()
        log.append("text", "Hi")
        log.announce()
        assert [part.is_sealed for part in viewer.parts] == [True, False]


class TestALongRendering:
    async def test_goes_aside_and_reaches_the_viewers(self, aside: Aside) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("text", LONG)
        log.announce()
        await eventually_async(lambda: aside.begun)
        assert viewer.html == []
        aside.gate.set()
        await eventually_async(lambda: viewer.html)
        assert await log.finish() == [render(LONG)] == viewer.html

    async def test_takes_along_what_comes_meanwhile(self, aside: Aside) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("text", LONG)
        log.announce()
        await eventually_async(lambda: aside.begun)
        log.append("text", "\n\nmore")
        log.append("reasoning", "hm")
        log.announce()
        aside.gate.set()
        assert await log.finish() == render_parts(log.text().parts) == viewer.html

    async def test_makes_a_new_viewer_wait_and_miss_nothing(self, aside: Aside) -> None:
        log = new_log()
        first = await Viewer().watch(log)
        log.append("text", LONG)
        log.announce()
        await eventually_async(lambda: aside.begun)
        second = Viewer()
        coming = asyncio.get_running_loop().create_task(second.watch(log))
        await asyncio.sleep(0)
        assert not coming.done()
        aside.gate.set()
        await coming
        assert second.html == first.html
        assert await log.finish() == first.html == second.html

    async def test_of_void_text_reaches_nobody(self, aside: Aside) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("text", LONG)
        log.announce()
        await eventually_async(lambda: aside.begun)
        log.restart()
        log.append("text", "new")
        aside.gate.set()
        assert await log.finish() == [render("new")] == viewer.html

    async def test_that_had_not_begun_when_glm_began_anew_spoils_nothing(self, aside: Aside) -> None:
        log = new_log()
        viewer = await Viewer().watch(log)
        log.append("reasoning", LONG)
        log.append("text", LONG)
        log.announce()
        await eventually_async(lambda: aside.begun)  # in its thread, but held before its first look at the parts
        log.restart()
        log.append("text", "new")
        aside.gate.set()
        await eventually_async(lambda: viewer.html)
        assert "new" in viewer.html[0]
        assert not viewer.parts[0].is_sealed

    async def test_at_the_end_makes_a_new_viewer_wait_and_see_it_once(self, aside: Aside) -> None:
        log = new_log()
        log.append("text", LONG)
        finishing = asyncio.get_running_loop().create_task(log.finish())
        await eventually_async(lambda: aside.begun)
        viewer = Viewer()
        coming = asyncio.get_running_loop().create_task(viewer.watch(log))
        await asyncio.sleep(0)
        aside.gate.set()
        html = await finishing
        await coming
        assert html == [render(LONG)] == viewer.html
