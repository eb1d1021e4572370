import asyncio
import contextvars
import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import OperationalError

from conversations import background, broadcast, clock, turn_log, upstream
from conversations.background import Background
from conversations.models import Turn, TurnState, UpstreamCall, User
from conversations.turns import checkpoint, queue, reaper
from conversations.turns.errors import Busy
from conversations.turns.stop import stop
from tests import fake_glm, people
from tests.fake_glm import FakeGlm, text
from tests.waiting import LOOK_EVERY, SECONDS, eventually_async

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return people.person("ada")


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> Iterator[None]:
    settings.CHATSITE_FRAME_INTERVAL = 0
    settings.CHATSITE_CHECKPOINT = settings.CHATSITE_SWEEP = 0.005
    settings.CHATSITE_LEASE = 0.1
    settings.CHATSITE_GRACE = 0
    yield
    turn_log._logs.clear()


async def stored(turn: Turn, condition: Callable[[Turn], Any]) -> Turn:
    """The turn, once the database has it as wanted."""
    async with asyncio.timeout(SECONDS):
        while not condition(found := await sync_to_async(people.fresh)(turn)):  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(LOOK_EVERY)
    return found


class At:
    """The background work of a process whose GLM answers as told."""

    def __init__(self, *scripts: fake_glm.Script) -> None:
        self.glm = FakeGlm(*scripts)
        self.work: Background

    @asynccontextmanager
    async def work_on(self, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator["At"]:
        monkeypatch.setattr(upstream, "client", lambda: self.glm)
        background.start()
        assert background._background is not None
        self.work = background._background
        try:
            yield self
        finally:
            await background.stop()

    async def state(self, turn: Turn, state: TurnState) -> Turn:
        """The turn, once it is in that state."""
        return await stored(turn, lambda found: found.state == state)


def ask(ada: User) -> Turn:
    """As a request does it: made and claimed in one transaction."""
    return people.asked(ada, begin=background.begin)


async def asked(ada: User, capture: Any) -> Turn:
    def commit() -> Turn:
        with capture(execute=True):
            return ask(ada)

    return await sync_to_async(commit)()


WHOLE = [*text("Hi"), *fake_glm.stop()]


class TestACommand:
    async def test_gets_its_turn_going_at_once(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        async with At(WHOLE).work_on(monkeypatch) as at:
            turn = await asked(ada, django_capture_on_commit_callbacks)
            assert (turn.state, at.work.replies._runners) != (TurnState.QUEUED, {})
            turn = await at.state(turn, TurnState.COMPLETED)
            assert (turn.runner, turn.reply.parts) == (at.work.name, people.text_part("Hi"))

    def test_leaves_its_turn_queued_where_no_background_runs(self, ada: User) -> None:
        assert people.fresh(ask(ada)).state == TurnState.QUEUED

    def test_that_is_refused_leaves_nothing(self, ada: User) -> None:
        turn = ask(ada)
        with pytest.raises(Busy):
            people.asked(ada, "more", turn.conversation, begin=background.begin)
        assert Turn.objects.count() == 1

    async def test_finds_no_room_and_is_run_when_there_is(
        self,
        ada: User,
        monkeypatch: pytest.MonkeyPatch,
        settings: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        settings.CHATSITE_REPLIES_AT_ONCE = 1
        gate = asyncio.Event()
        async with At([gate, *WHOLE], WHOLE).work_on(monkeypatch) as at:
            first = await asked(ada, django_capture_on_commit_callbacks)
            second = await asked(ada, django_capture_on_commit_callbacks)
            await at.state(first, TurnState.RUNNING)
            assert (await sync_to_async(people.fresh)(second)).state == TurnState.QUEUED
            gate.set()
            await at.state(first, TurnState.COMPLETED)
            await at.state(second, TurnState.COMPLETED)


class TestTheLoop:
    async def test_takes_turns_that_others_left_queued(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        async with At(WHOLE).work_on(monkeypatch) as at:
            await at.state(turn, TurnState.COMPLETED)

    async def test_passes_over_a_turn_that_cannot_be_taken(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        spoilt, turn = [await sync_to_async(people.asked)(ada) for _ in range(2)]
        real = queue.claim

        def claim(turn_id: int, runner: str) -> Any:
            if turn_id == spoilt.pk:
                raise ValueError("no request can be made of it")
            return real(turn_id, runner)

        monkeypatch.setattr(queue, "claim", claim)
        async with At(WHOLE).work_on(monkeypatch) as at:
            await at.state(turn, TurnState.COMPLETED)
        assert (await sync_to_async(people.fresh)(spoilt)).state == TurnState.QUEUED

    async def test_ends_what_a_killed_process_left_running(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.running)(ada)
        await sync_to_async(Turn.objects.update)(open_parts=people.text_part("so far"), seq=2)
        async with At().work_on(monkeypatch) as at:
            turn = await at.state(turn, TurnState.INTERRUPTED)
        assert turn.reply.parts == people.text_part("so far")

    async def test_writes_checkpoints_of_what_it_runs(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn, gate = await sync_to_async(people.asked)(ada), asyncio.Event()
        async with At([*text("so far"), gate, *WHOLE]).work_on(monkeypatch) as at:
            await stored(turn, lambda found: found.open_parts)
            gate.set()
            await at.state(turn, TurnState.COMPLETED)

    async def test_finds_a_stop_that_was_asked_elsewhere(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        async with At([*text("so far"), asyncio.Event()]).work_on(monkeypatch) as at:
            await at.state(turn, TurnState.RUNNING)
            await eventually_async(lambda: at.glm.open)
            await sync_to_async(stop)(ada, turn.conversation.code, turn.code)
            at.work.replies._runners[turn.pk].writer.log.append("text", "!")
            await at.state(turn, TurnState.STOPPED)
            assert at.glm.left == 1

    async def test_lets_a_turn_go_that_was_taken_away(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        async with At([*text("so far"), asyncio.Event()]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
            await sync_to_async(Turn.objects.update)(runner=people.OTHER_RUNNER)
            at.work.replies._runners[turn.pk].writer.log.append("text", "!")
            await eventually_async(lambda: not at.work.replies._runners)
            found = await sync_to_async(people.fresh)(turn)
            assert (found.state, found.runner, at.glm.left) == (TurnState.RUNNING, people.OTHER_RUNNER, 1)

    async def test_does_not_reap_what_it_runs_itself(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn, gate = await sync_to_async(people.asked)(ada), asyncio.Event()
        async with At([*text("so far"), gate, *WHOLE]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
            await sync_to_async(Turn.objects.update)(lease_until=clock.now() - dt.timedelta(minutes=1))
            await sync_to_async(at.work.replies.reap_silent)()
            assert (await sync_to_async(people.fresh)(turn)).state == TurnState.RUNNING
            gate.set()
            await at.state(turn, TurnState.COMPLETED)

    @pytest.mark.parametrize("error", [OperationalError("locked"), RuntimeError("a mistake")])
    async def test_goes_on_whatever_goes_wrong(
        self, error: Exception, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failures = {"claim": 2, "save": 2, "reap_silent": 2}

        def failing(module: Any, name: str) -> None:
            real = getattr(module, name)

            def call(*args: Any, **kwargs: Any) -> Any:
                if failures[name]:
                    failures[name] -= 1
                    raise error
                return real(*args, **kwargs)

            monkeypatch.setattr(module, name, call)

        for module, name in ((queue, "claim"), (checkpoint, "save"), (reaper, "reap_silent")):
            failing(module, name)
        turn, gate = await sync_to_async(people.asked)(ada), asyncio.Event()
        async with At([*text("so far"), gate, *WHOLE]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open and not any(failures.values()))
            gate.set()
            await at.state(turn, TurnState.COMPLETED)

    async def test_tells_pages_that_a_turn_has_begun(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[Any] = []
        monkeypatch.setattr(broadcast, "publish", told.append)
        turn = await sync_to_async(people.asked)(ada)
        async with At(WHOLE).work_on(monkeypatch) as at:
            await at.state(turn, TurnState.COMPLETED)
        assert broadcast.TurnBegan(str(ada.code), str(turn.code)) in told

    async def test_runs_each_task_in_a_context_of_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        here: contextvars.ContextVar[str] = contextvars.ContextVar("here", default="")
        here.set("a request")
        seen: list[str] = []

        async def look() -> None:
            seen.append(here.get())

        async with At().work_on(monkeypatch) as at:
            await at.work.tasks.spawn(look())
        assert seen == [""]


class TestStopping:
    async def test_a_turn_is_quick_in_its_own_process(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        async with At([*text("so far"), asyncio.Event()]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
            background.stop_turn(turn.pk)
            background.stop_turn(turn.pk)
            background.stop_turn(0)
            turn = await at.state(turn, TurnState.STOPPED)
            assert (turn.reply.parts, at.glm.left) == (people.text_part("so far"), 1)

    def test_a_turn_where_no_background_runs_breaks_nothing(self) -> None:
        background.stop_turn(1)

    async def test_the_process_stores_what_it_runs_as_interrupted(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turns = [await sync_to_async(people.asked)(ada) for _ in range(3)]
        scripts = [[*text("so far"), asyncio.Event()] for _ in turns]
        async with At(*scripts).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open == 3)
        found = [await sync_to_async(people.fresh)(turn) for turn in turns]
        assert {turn.state for turn in found} == {TurnState.INTERRUPTED}
        assert [turn.reply.parts for turn in found] == [people.text_part("so far")] * 3
        assert (at.glm.left, bool(at.work.tasks), broadcast._loop) == (3, False, None)

    async def test_the_process_waits_for_what_ends_in_time(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.CHATSITE_GRACE = 5
        turn, gate = await sync_to_async(people.asked)(ada), asyncio.Event()
        async with At([*text("so far"), gate, *WHOLE]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
            ending = asyncio.get_running_loop().create_task(background.stop())
            await eventually_async(lambda: not at.work.has_room)
            assert not background.is_running()
            gate.set()
            await ending
        assert (await sync_to_async(people.fresh)(turn)).state == TurnState.COMPLETED

    async def test_the_process_interrupts_what_does_not(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.CHATSITE_GRACE = 0.05
        turn = await sync_to_async(people.asked)(ada)
        async with At([*text("so far"), asyncio.Event()]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
        found = await sync_to_async(people.fresh)(turn)
        assert (found.state, found.reply.parts) == (TurnState.INTERRUPTED, people.text_part("so far"))

    async def test_of_a_turn_still_works_while_the_process_ends(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.CHATSITE_GRACE = 5
        turn = await sync_to_async(people.asked)(ada)
        async with At([*text("so far"), asyncio.Event()]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
            ending = asyncio.get_running_loop().create_task(background.stop())
            await eventually_async(lambda: not at.work.has_room)
            background.stop_turn(turn.pk)
            await ending
        assert (await sync_to_async(people.fresh)(turn)).state == TurnState.STOPPED

    async def test_the_process_twice_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with At().work_on(monkeypatch):
            await background.stop()

    async def test_the_process_takes_no_more_turns(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        async with At().work_on(monkeypatch) as at:
            await at.work.drain()
            assert not at.work.has_room
            turn = await sync_to_async(ask)(ada)
            assert (await sync_to_async(people.fresh)(turn)).state == TurnState.QUEUED

    async def test_a_turn_that_was_claimed_meanwhile_is_ended_too(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with At(text("never")).work_on(monkeypatch) as at:
            at.work.replies.is_stopping = at.work.replies.is_interrupting = True
            turn = await sync_to_async(people.asked)(ada)
            assignment = await sync_to_async(people.claimed)(turn, at.work.name)
            at.work.run(assignment)
            await at.state(turn, TurnState.INTERRUPTED)
            assert at.glm.requests == []


class TestATitle:
    TITLE = (*text("Greetings"), *fake_glm.stop())

    async def test_is_found_after_the_reply(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.CHATSITE_TITLES = True
        async with At(WHOLE, self.TITLE).work_on(monkeypatch):
            turn = await asked(ada, django_capture_on_commit_callbacks)
            await stored(turn, lambda found: found.conversation.title == "Greetings")

    async def test_that_is_still_sought_does_not_hold_up_the_end(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.CHATSITE_TITLES = True
        async with At(WHOLE, [asyncio.Event()]).work_on(monkeypatch) as at:
            turn = await asked(ada, django_capture_on_commit_callbacks)
            await at.state(turn, TurnState.COMPLETED)
            await eventually_async(lambda: len(at.glm.requests) == 2 and at.glm.open)
        call = await UpstreamCall.objects.aget(kind="title")
        assert call.finish == "interrupted"
        assert (await sync_to_async(people.fresh)(turn)).conversation.title == "Hello?"


async def another_process(group: str) -> Callable[[], Any]:
    """Somebody else who listens to what processes tell each other; gives the function that waits for the next."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    return lambda: asyncio.wait_for(layer.receive(channel), SECONDS)


@pytest.mark.stores
class TestSeveralProcesses:
    async def test_one_stops_what_another_runs(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        async with At([*text("so far"), asyncio.Event()]).work_on(monkeypatch) as at:
            await eventually_async(lambda: at.glm.open)
            news = broadcast.StopAsked(turn.pk)
            await get_channel_layer().group_send(broadcast.PROCESSES, broadcast.message(news))
            await at.state(turn, TurnState.STOPPED)

    async def test_the_others_are_told_of_a_stop_that_is_for_one_of_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with At().work_on(monkeypatch):
            told = await another_process(broadcast.PROCESSES)
            background.stop_turn(77)
            assert await told() == broadcast.message(broadcast.StopAsked(77))

    async def test_the_others_are_told_of_a_turn_that_waits(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.CHATSITE_REPLIES_AT_ONCE = 0
        async with At().work_on(monkeypatch):
            told = await another_process(broadcast.PROCESSES)
            await asked(ada, django_capture_on_commit_callbacks)
            assert await told() == broadcast.message(broadcast.TurnWaits())

    async def test_a_turn_that_waits_elsewhere_is_taken_at_once(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.CHATSITE_SWEEP = 60
        async with At(WHOLE).work_on(monkeypatch) as at:
            turn = await sync_to_async(people.asked)(ada)
            layer = get_channel_layer()
            await layer.group_send(broadcast.PROCESSES, broadcast.message(broadcast.TurnWaits()))
            await at.state(turn, TurnState.COMPLETED)

    async def test_nobody_is_reaped_for_a_lease_that_the_absent_database_could_not_renew(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.CHATSITE_LEASE = 0.3
        turn = await sync_to_async(people.running)(ada)
        await sync_to_async(Turn.objects.update)(lease_until=clock.now() - dt.timedelta(seconds=60))
        async with At().work_on(monkeypatch) as at:
            began = clock.monotonic()
            at.work.patiently.since = began + 0.2  # as if it had come back just then
            await at.state(turn, TurnState.INTERRUPTED)
            assert clock.monotonic() - began >= 0.5
