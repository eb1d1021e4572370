"""A page that was cut off, or comes from the browser's memory, shows nothing before it hears how things stand."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import OperationalError

from conversations import moderation
from conversations.live import pulse, transcript
from conversations.models import User
from tests import people

pytestmark = pytest.mark.django_db


class TestACoveredPage:
    CONFIRMED = '<i id="confirmed"'

    async def hello(self, here: Any, ada: User, code: uuid.UUID, page: Any, **said: Any) -> Any:
        tab = await here.connected(ada, code)
        tab.page = page
        cursor = page.root.find("cursor").attributes
        await tab.say({"revision": int(cursor["data-revision"]), "list": int(cursor["data-list"]), "day": 0, **said})
        return tab

    async def test_hears_of_what_was_withdrawn_before_it_is_told_that_this_was_all(
        self, site: Any, ada: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada, "?", "A secret.")
            page = await here.fresh(ada, turn.conversation.code)
            await here.do(flag_later, turn)
            tab = await self.hello(here, ada, turn.conversation.code, page, covered=True)
            await tab.until(lambda: self.CONFIRMED in "".join(tab.frames))
            before = "".join(tab.frames).partition(self.CONFIRMED)[0]
            assert "message--held" in before
            assert "A secret." not in tab.page.text()

    async def test_is_told_too_when_nothing_has_changed(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            page = await here.fresh(ada, turn.conversation.code)
            tab = await self.hello(here, ada, turn.conversation.code, page, covered=True)
            await tab.until(lambda: self.CONFIRMED in "".join(tab.frames))

    async def test_waits_for_a_database_that_is_away(
        self, site: Any, ada: User, code: uuid.UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            page = await here.fresh(ada, turn.conversation.code)
            with monkeypatch.context() as away:
                away.setattr(transcript, "draw", failing)
                tab = await self.hello(here, ada, turn.conversation.code, page, covered=True)
                await tab.until(lambda: tab.frames)
            assert self.CONFIRMED not in "".join(tab.frames)
            await pulse.beat()
            await tab.until(lambda: self.CONFIRMED in "".join(tab.frames))


def failing(*_: Any) -> None:
    raise OperationalError("away")


def flag_later(turn: Any) -> None:
    """A reviewer raises a flag on a reply that had ended well."""
    assert moderation.raise_flag(people.fresh(turn).reply, people.reviewer(), "look at this", 1)
