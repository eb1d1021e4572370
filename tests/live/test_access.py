import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from conversations import broadcast, clock
from conversations.broadcast import FORBIDDEN, MISSING, SIGNED_OUT
from conversations.crypto import session_hash
from conversations.live import pulse
from conversations.models import Conversation, User
from tests import people
from tests.live.site import ask, same_as_fresh, written
from tests.waiting import eventually_async

pytestmark = pytest.mark.django_db

SECRET = "a secret that nobody may see"


class TestAStranger:
    async def test_is_sent_away_from_a_conversation(self, site: Any, ada: User, bob: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            tab = await here.tab(bob, turn.conversation.code)
            await tab.until(lambda: tab.closed == MISSING)
            assert tab.frames == []

    async def test_with_the_same_fresh_code_sees_nothing_of_what_is_written_there(
        self, site: Any, ada: User, bob: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            theirs = await here.tab(bob, code, revision=0)
            mine = await here.tab(ada, code, revision=0)
            reply = await written(here, await ask(here, ada, code, SECRET))
            reply.write(SECRET)
            await reply.end()
            await mine.until(lambda: "Simulated" in mine.page.text())
            theirs.pump()
            assert theirs.frames == []
            await pulse.beat()
            await theirs.until(lambda: theirs.closed == MISSING)
            assert not any(SECRET in frame for frame in theirs.frames)

    async def test_without_a_session_is_sent_to_sign_in(self, site: Any, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.connected(None, code)
            await tab.say({"revision": 0})  # on its way before the refusal arrived
            await tab.until(lambda: tab.closed == SIGNED_OUT)

    async def test_who_may_not_sign_in_any_more_is_sent_to_sign_in(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            await here.signed_in(ada)
            await sync_to_async(User.objects.update)(is_active=False)
            tab = await here.connected(ada, code)
            await tab.until(lambda: tab.closed == SIGNED_OUT)


class TestADeletedConversation:
    async def test_closes_its_pages(self, site: Any, ada: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            tab = await here.tab(ada, turn.conversation.code)
            await same_as_fresh(here, tab, ada)

            def delete() -> None:
                conversation = Conversation.objects.get()
                conversation.next_revision()
                Conversation.objects.update(deleted_at=clock.now())
                broadcast.conversation_moved(conversation)

            await here.do(delete)
            await tab.until(lambda: tab.closed == MISSING)
            await tab.say({"got": 1})
            await pulse.beat()

    async def test_cannot_be_opened(self, site: Any, ada: User) -> None:
        async with site() as here:
            turn = await here.do(people.answered, ada)
            await sync_to_async(Conversation.objects.update)(deleted_at=clock.now())
            tab = await here.tab(ada, turn.conversation.code)
            await tab.until(lambda: tab.closed == MISSING)


class TestAccessThatEnds:
    async def test_closes_all_sockets_of_a_session(self, site: Any, ada: User, code: uuid.UUID) -> None:
        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            key = (await here.signed_in(ada)).session.session_key
            group = broadcast.session_group(session_hash(key))
            broadcast.publish(broadcast.AccessEnded(group, SIGNED_OUT))
            await tab.until(lambda: tab.closed == SIGNED_OUT)

    async def test_closes_all_of_a_person_but_the_one_it_came_from(
        self, site: Any, ada: User, bob: User, code: uuid.UUID
    ) -> None:
        async with site() as here:
            old = await here.tab(ada, code, revision=0)
            here._clients.clear()
            new = await here.tab(ada, code, revision=0)
            other = await here.tab(bob, code, revision=0)
            spare = session_hash((await here.signed_in(ada)).session.session_key)
            broadcast.publish(broadcast.AccessEnded(broadcast.person_group(ada.code), FORBIDDEN, spare))
            await old.until(lambda: old.closed == FORBIDDEN)
            await new.stays()
            await other.stays()

    @pytest.mark.parametrize("how", ["expired", "password", "inactive"])
    async def test_is_found_by_the_pulse(self, how: str, site: Any, ada: User, code: uuid.UUID) -> None:
        def end() -> None:
            if how == "expired":
                Session.objects.update(expire_date=clock.now())
            elif how == "password":
                ada.set_password("another password")
                ada.save()
            else:
                User.objects.update(is_active=False)

        async with site() as here:
            tab = await here.tab(ada, code, revision=0)
            await eventually_async(lambda: pulse._sockets)
            await pulse.beat()
            await tab.until(lambda: tab.frames)
            assert tab.closed is None
            await here.do(end)
            await pulse.beat()
            await tab.until(lambda: tab.closed == SIGNED_OUT)
