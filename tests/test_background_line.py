"""Turns that wait for a place at GLM, as the background of a process lets them in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import background, company, line
from conversations.models import Turn, TurnState, UpstreamCall, User
from conversations.turns import queue
from conversations.turns.stop import stop
from tests import people
from tests.test_background import WHOLE, At, asked
from tests.test_background import _quick as _quick
from tests.test_background import ada as ada
from tests.waiting import eventually_async

pytestmark = pytest.mark.django_db


class TestALine:
    """One place at GLM, and several who want it."""

    @pytest.fixture(autouse=True)
    def _one_place(self, settings: Any) -> None:
        settings.CHATSITE_REQUESTS_AT_ONCE = 1
        settings.CHATSITE_TITLES = False

    async def test_is_told_and_moves_up(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        capture, gate = django_capture_on_commit_callbacks, asyncio.Event()
        bob = await sync_to_async(people.person)("bob")
        async with At([gate, *WHOLE], WHOLE, WHOLE).work_on(monkeypatch) as at:
            first, again, others = [await asked(each, capture) for each in (ada, ada, bob)]
            await eventually_async(lambda: line.place_of(again.code) is not None)
            await eventually_async(lambda: line.place_of(others.code) is not None)
            places = [line.place_of(each.code) for each in (others, again)]
            assert [place.number for place in places if place] == [1, 2]
            gate.set()
            for turn in (first, others, again):
                await at.state(turn, TurnState.COMPLETED)
            asked_in_order = UpstreamCall.objects.order_by("pk").values_list("turn_code", flat=True)
            assert await sync_to_async(list)(asked_in_order) == [first.code, others.code, again.code]
            await eventually_async(lambda: line.place_of(again.code) is None)

    async def test_is_left_by_who_stops(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
    ) -> None:
        capture, gate = django_capture_on_commit_callbacks, asyncio.Event()
        async with At([gate, *WHOLE], WHOLE).work_on(monkeypatch) as at:
            _, second, third = [await asked(ada, capture) for _ in range(3)]
            await eventually_async(lambda: (place := line.place_of(third.code)) is not None and place.number == 2)

            def leave() -> None:
                with capture(execute=True):
                    stop(ada, second.conversation.code, second.code)
                background.stop_turn(second.pk)

            await sync_to_async(leave)()
            await eventually_async(lambda: (place := line.place_of(third.code)) is not None and place.number == 1)
            assert (await sync_to_async(people.fresh)(second)).state == TurnState.STOPPED
            gate.set()
            await at.state(third, TurnState.COMPLETED)
            assert len(at.glm.requests) == 2

    def test_counts_what_other_processes_run(self, ada: User) -> None:
        elsewhere = people.running(ada)
        waiting = people.asked(people.person())
        assert queue.take_waiting("here", 10)[0] == []
        Turn.objects.filter(pk=elsewhere.pk).update(state=TurnState.INTERRUPTED)
        (assignment,), places = queue.take_waiting("here", 10)
        assert (assignment.turn, places) == (waiting.code, {})

    def test_shares_the_places_among_processes(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.CHATSITE_REQUESTS_AT_ONCE = 5
        monkeypatch.setattr(company, "_count", 2)
        turns = [people.asked(people.person()) for _ in range(6)]
        assert [queue.has_place(turn) for turn in turns] == [True, True, *[False] * 4]
        for turn in turns[:2]:
            people.claimed(turn)
        assert len(queue.take_waiting("here", 10)[0]) == 3

    def test_gives_one_person_no_more_than_a_share(self, ada: User, settings: Any) -> None:
        settings.CHATSITE_REQUESTS_AT_ONCE, settings.CHATSITE_REPLIES_PER_PERSON = 10, 2
        for _ in range(4):
            people.asked(ada)
        people.asked(people.person())
        taken, places = queue.take_waiting("here", 10)
        assert (len(taken), len(places)) == (3, 2)
