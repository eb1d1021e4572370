from collections.abc import Callable
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from conversations import turn_log
from conversations.glm import Client, Finish, GlmError
from conversations.models import Turn, TurnState, User
from conversations.sandbox import app
from conversations.turns import runner as runner_module
from conversations.turns import start
from conversations.turns.storing import AGAIN_AFTER
from tests import fake_glm, people
from tests.fake_glm import refusal, text
from tests.turns.running import calls, new_runner, ran, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waits")]


class TestStoring:
    def refusing(self, times: int, error: Exception) -> Callable[..., bool]:
        real, left = runner_module.finish, [error] * times

        def finish(*args: Any, **kwargs: Any) -> bool:
            if left:
                raise left.pop()
            return real(*args, **kwargs)

        return finish

    async def test_is_tried_until_the_database_takes_it(
        self, ada: User, monkeypatch: pytest.MonkeyPatch, waits: list[float]
    ) -> None:
        turn = await sync_to_async(people.asked)(ada)
        monkeypatch.setattr(runner_module, "finish", self.refusing(4, OperationalError("disk full")))
        turn, _ = await ran(turn, [*text("Hi"), *fake_glm.stop()])
        assert (turn.state, told(turn)) == (TurnState.COMPLETED, [("text", "Hi")])
        assert [wait for wait in waits if wait] == list(AGAIN_AFTER[:4])

    async def test_of_a_flagged_reply_is_never_given_up(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        times = len(AGAIN_AFTER) + 5
        monkeypatch.setattr(runner_module, "finish", self.refusing(times, OperationalError("disk full")))
        turn, _ = await ran(turn, [*text("A secret"), *fake_glm.end(Finish.SENSITIVE)])
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, "held")

    async def test_keeps_the_text_in_sight_meanwhile(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)
        seen: list[str] = []
        real = runner_module.finish

        def first_refuses(*args: Any, **kwargs: Any) -> bool:
            log = turn_log.find(turn.code)
            assert log is not None
            seen.append(log.text().parts[0].text)
            if len(seen) == 1:
                raise OperationalError("locked")
            return real(*args, **kwargs)

        monkeypatch.setattr(runner_module, "finish", first_refuses)
        await ran(turn, [*text("Hi"), *fake_glm.stop()])
        assert seen == ["Hi", "Hi"]

    async def test_goes_on_when_a_reply_cannot_be_rendered(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        turn = await sync_to_async(people.asked)(ada)

        async def broken(log: turn_log.TurnLog) -> list[str]:
            raise ValueError("no such block")

        monkeypatch.setattr(turn_log.TurnLog, "finish", broken)
        turn, _ = await ran(turn, [*text("a < b"), *fake_glm.stop()])
        assert (turn.state, told(turn)) == (TurnState.COMPLETED, [("text", "a < b")])
        assert turn.reply.html == ["a &lt; b"]


class TestTheRealClientAndTheSandbox:
    async def ran(self, ada: User, model: str, prompt: str = "Hello") -> Turn:
        transport = httpx.ASGITransport(app.Sandbox())
        client = Client("http://sandbox/api/paas/v4", "sandbox.sandbox", transport=transport)
        order = people.order(ada, model_name=model)
        turn = await sync_to_async(start.send)(order, people.uuid.uuid4(), prompt)
        async with client:
            await (await sync_to_async(new_runner)(turn, client)).run()
        return await sync_to_async(people.fresh)(turn)

    @pytest.mark.parametrize(
        ("model", "state", "trouble"),
        [
            ("sandbox-plain", "completed", ""),
            ("sandbox-reasoning", "completed", ""),
            ("sandbox-usage-separate", "completed", ""),
            ("sandbox-error-then-ok", "completed", ""),
            ("sandbox-glued", "completed", ""),
            ("sandbox-network-error", "failed", "network"),
            ("sandbox-no-money", "failed", "money"),
            ("sandbox-blocked", "filtered", ""),
            ("sandbox-sensitive-user", "filtered", ""),
            ("sandbox-sensitive-output", "filtered", ""),
            ("sandbox-sensitive-history", "filtered", "history"),
            ("sandbox-html-502", "failed", "unreachable"),
        ],
    )
    async def test_end_every_fault_as_they_should(self, model: str, state: str, trouble: str, ada: User) -> None:
        turn = await self.ran(ada, model)
        assert (turn.state, turn.trouble) == (state, trouble)
        assert turn.is_simulated
        assert all(call.ended_at for call in await sync_to_async(calls)(turn))


def test_errors_of_glm_are_values_of_the_fake() -> None:
    assert isinstance(refusal("1301", 400, role="user"), GlmError)
