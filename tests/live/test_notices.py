"""Notices on pages that are open."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import notices
from conversations.models import NoticeKind, User
from conversations.turns import start
from tests import people


@pytest.fixture
def code(ada: User) -> uuid.UUID:
    return people.answered(ada).conversation.code


async def test_come_and_go_by_themselves(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        tabs = [await here.loaded(ada, code), await here.loaded(ada, code)]
        notice = await here.do(notices.tell, ada, NoticeKind.INVITATION_ACCEPTED, name="Bo")
        for tab in tabs:
            await tab.until(lambda tab=tab: "Bo has accepted" in tab.page.text("notices"))
        await tabs[0].until_like(await here.fresh(ada, code), "notices")
        await here.do(notices.read, ada, notice.code)
        for tab in tabs:
            await tab.until(lambda tab=tab: tab.page.text("notices") == "")


async def test_are_not_drawn_again_with_every_change_of_the_list(site: Any, ada: User, code: uuid.UUID) -> None:
    await sync_to_async(notices.tell)(ada, NoticeKind.INVITATION_ACCEPTED, name="Bo")
    async with site() as here:
        tab = await here.loaded(ada, code)
        await here.do(notices.tell, ada, NoticeKind.INVITATION_ACCEPTED, name="Cleo")
        await tab.until(lambda: "Cleo" in tab.page.text("notices"))
        drawn = sum("#notices" in frame for frame in tab.frames)
        turn = await here.do(ask, ada, code)
        await tab.until(lambda: str(turn.reply.code) in "".join(tab.frames))
        assert sum("#notices" in frame for frame in tab.frames) == drawn


def ask(ada: User, code: uuid.UUID) -> Any:
    return start.send(people.order(ada), code, "Hello?")


async def test_of_others_stay_with_them(site: Any, ada: User, bob: User, code: uuid.UUID) -> None:
    async with site() as here:
        tab = await here.loaded(ada, code)
        await here.do(notices.tell, bob, NoticeKind.INVITATION_ACCEPTED, name="Bo")
        await here.do(notices.tell, ada, NoticeKind.INVITATION_ACCEPTED, name="Cleo")
        await tab.until(lambda: "Cleo" in tab.page.text("notices"))
        assert "Bo" not in tab.page.text("notices")
