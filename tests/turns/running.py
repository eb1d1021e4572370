"""Runners that tests start: to their end, or into the middle of a reply."""

from __future__ import annotations

import asyncio
from typing import Any

from asgiref.sync import sync_to_async

from conversations.models import Turn, UpstreamCall
from conversations.turns.pace import Pace
from conversations.turns.runner import Runner
from tests import fake_glm, people
from tests.fake_glm import FakeGlm, text
from tests.waiting import SECONDS, eventually_async


def new_runner(turn: Turn, glm: Any) -> Runner:
    return Runner(people.claimed(turn), glm, Pace(0))


async def ran(turn: Turn, *scripts: fake_glm.Script) -> tuple[Turn, FakeGlm]:
    """The turn after its runner came to its end, and the GLM it asked."""
    glm = FakeGlm(*scripts)
    await (await sync_to_async(new_runner)(turn, glm)).run()
    return await sync_to_async(people.fresh)(turn), glm


def told(turn: Turn) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in turn.reply.parts]


def calls(turn: Turn) -> list[UpstreamCall]:
    return list(turn.calls.order_by("pk"))


class Running:
    """A runner that stands in mid-reply until the test says otherwise."""

    def __init__(self, turn: Turn, *rest: fake_glm.Step, before: fake_glm.Script = ()) -> None:
        self.turn, self.gate = turn, asyncio.Event()
        self.glm = FakeGlm([*before, self.gate, *rest])
        self.runner = new_runner(turn, self.glm)
        self.task: asyncio.Task[None]

    async def begun(self, characters: int) -> Running:
        self.task = asyncio.get_running_loop().create_task(self.runner.run())
        await eventually_async(lambda: self.runner.writer.log.size >= characters and self.glm.open)
        return self

    async def ended(self) -> Turn:
        await asyncio.wait_for(self.task, SECONDS)
        return await sync_to_async(people.fresh)(self.turn)


async def mid_reply(turn: Turn, *rest: fake_glm.Step, before: str = "so far") -> Running:
    running = await sync_to_async(Running)(turn, *rest, before=text(before))
    return await running.begun(len(before))
