"""What a round of tools costs of our own: `python -m bench.rounds [times]`.

On a database of its own, with a GLM that answers at once: so many turns (30) are run with seven rounds each, one call
of the calculator in a round. Prints the median milliseconds from the request of a round to that of the next, what a
hundred turns that wait for their person leave in the process, and how late the words of a reply are with its viewer,
alone and while others run their rounds beside it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import django

if __name__ == "__main__":
    os.environ["CHATSITE_DATA_DIR"] = tempfile.mkdtemp(prefix="chatsite-bench-")
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()

from asgiref.sync import sync_to_async
from django.core.management import call_command

from conversations import turn_log
from conversations.glm import ChatRequest
from conversations.models import Turn, TurnState, User
from conversations.turns.pace import Pace
from conversations.turns.runner import Runner
from tests import fake_glm, people
from tests.fake_glm import FakeGlm, text
from tests.turns.calling import SUM, asked_with, called, calling

ROUNDS = 7
WAITING = 100
DELTAS, GAP = 300, 0.02


class Timed(FakeGlm):
    """Notes when it is asked, and when what it says has come to its end."""

    def __init__(self, *scripts: Any) -> None:
        super().__init__(*scripts)
        self.asked: list[float] = []

    def chat(self, request: ChatRequest, **how: Any) -> Any:
        self.asked.append(time.perf_counter())
        return super().chat(request, **how)


async def run(turn: Turn, glm: FakeGlm) -> None:
    assignment = await sync_to_async(people.claimed)(turn)
    await Runner(assignment, glm, Pace(0)).run()  # type: ignore[arg-type]


async def rounds(somebody: User, times: int) -> float:
    spent: list[float] = []
    for _ in range(times):
        turn = await sync_to_async(asked_with)(somebody, "calculator")
        glm = Timed(*[calling(called("calculator", SUM))] * ROUNDS, [*text("42."), *fake_glm.stop()])
        await run(turn, glm)
        spent += [after - before for before, after in zip(glm.asked, glm.asked[1:], strict=False)]
    return 1000 * statistics.median(spent)


async def waiting(somebody: User) -> dict[str, int]:
    before = len(asyncio.all_tasks())
    for _ in range(WAITING):
        turn = await sync_to_async(asked_with)(somebody, "calculator", calculator="always")
        await run(turn, FakeGlm(calling(called("calculator", SUM))))
    rows = await sync_to_async(Turn.objects.filter(state=TurnState.WAITING).count)()
    return {"turns that wait": rows, "tasks they hold": len(asyncio.all_tasks()) - before, "logs": len(turn_log._logs)}


class Steady(FakeGlm):
    """Says DELTAS words, one every GAP seconds, and notes when it said each."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[float] = []

    @asynccontextmanager
    async def chat(self, request: ChatRequest, **how: Any) -> AsyncIterator[Any]:
        yield _Words(self.said)


class _Words(fake_glm.FakeStream):
    def __init__(self, said: list[float]) -> None:
        super().__init__([*text(*["word "] * DELTAS), *fake_glm.stop()])
        self._said = said

    async def __anext__(self) -> Any:
        await asyncio.sleep(GAP)
        events = await super().__anext__()
        self._said.append(time.perf_counter())
        return events


async def lateness(somebody: User, beside: int) -> tuple[float, float]:
    """Milliseconds from a word to its viewer, median and 99 of 100, while so many turns run rounds one after the
    other."""
    turn = await sync_to_async(people.asked)(somebody, "Steadily?")
    assignment = await sync_to_async(people.claimed)(turn)
    glm, held = Steady(), []
    runner = Runner(assignment, glm, Pace(0))  # type: ignore[arg-type]

    def watch(updates: Any) -> None:
        held.extend([time.perf_counter()] * sum(len(update.text) // len("word ") for update in updates or ()))

    await runner.writer.log.watch(watch)
    is_over = asyncio.Event()
    others = asyncio.gather(*(_rounds_until(is_over, somebody) for _ in range(beside)))
    await runner.run()
    is_over.set()
    await others
    late = sorted(1000 * (arrived - said) for said, arrived in zip(glm.said, held, strict=False))
    return statistics.median(late), late[int(len(late) * 0.99)]


async def _rounds_until(is_over: asyncio.Event, somebody: User) -> None:
    while not is_over.is_set():
        turn = await sync_to_async(asked_with)(somebody, "calculator")
        await run(turn, FakeGlm(*[calling(called("calculator", SUM))] * ROUNDS, [*text("42."), *fake_glm.stop()]))


async def measure(times: int) -> dict[str, float]:
    somebody = await sync_to_async(people.person)("ann")
    figures = {"round, ms": await rounds(somebody, times), **await waiting(somebody)}
    for beside in (0, 1, 4):
        median, most = await lateness(somebody, beside)
        figures |= {f"words late beside {beside}, median ms": median, f"words late beside {beside}, 99 %, ms": most}
    return figures


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    for name, value in asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 30)).items():
        print(f"{name}: {value:.1f}")
