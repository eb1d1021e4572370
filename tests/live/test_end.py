"""What is drawn around a reply that has ended in sight of its page."""

import uuid
from typing import Any

from conversations.models import User
from tests.live.site import ask, same_as_fresh, written


async def test_the_end_of_a_reply_leaves_the_box_alone(site: Any, ada: User, code: uuid.UUID) -> None:
    async with site() as here:
        reply = await written(here, await ask(here, ada, code))
        tab = await here.loaded(ada, code)
        reply.write("all of it")
        await tab.until(lambda: "all of it" in tab.page.text())
        tab.frames.clear()
        await reply.end()
        await tab.until(lambda: "Simulated" in tab.page.text())
        await same_as_fresh(here, tab, ada)
        sent = "".join(tab.frames)
        assert "#gauge" in sent
        assert not [each for each in ("#tray", "#composer-tuning", "#instructions") if each in sent]
