"""The site as open tabs see it: sockets, pages behind them, and replies that grow as a test says."""

from __future__ import annotations

import asyncio
import difflib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from conversations import broadcast, listing, outages, turn_log
from conversations.live import live_turn, pulse
from conversations.live.routing import websocket_urlpatterns
from conversations.models import Turn, TurnState, User
from conversations.moderation import Concern
from conversations.turns import start
from tests import people
from tests.waiting import SECONDS, eventually_async

from .page import Page

R = TypeVar("R")
PAGE = '<i id="cursor"></i><i id="pulse"></i><div id="outage"></div><h1 id="title"></h1><div id="messages"></div>'
PAGE += '<div id="conversations"><ul id="conversations-today"></ul></div>'
PAGE += '<i id="spoken"></i><div id="composer-action"></div><div id="composer-next"></div>'
PAGE += '<a id="instructions"></a><details id="gauge"></details><i id="notices"></i>'
PAGE += '<div id="composer-tuning"></div><div id="tray"></div><span id="character"></span>'


class Site:
    """Commands run as requests do, each in a transaction of its own whose news go out after it."""

    def __init__(self, capture: Any) -> None:
        self._capture = capture
        self.tabs: list[Tab] = []
        self._clients: dict[int, Client] = {}

    async def do(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        return await sync_to_async(self._committed)(function, *args, **kwargs)

    def _committed(self, function: Callable[..., R], *args: Any, **kwargs: Any) -> R:
        with self._capture(execute=True):
            return function(*args, **kwargs)

    async def signed_in(self, person: User) -> Client:
        if person.pk not in self._clients:
            client = self._clients[person.pk] = Client()
            await sync_to_async(client.force_login)(person)
        return self._clients[person.pk]

    async def fresh(self, person: User, code: uuid.UUID) -> Page:
        """The page of a conversation as it is when loaded now."""
        return await self.look(person, f"/c/{code}/")

    async def look(self, person: User, path: str) -> Page:
        client = await self.signed_in(person)
        response = await sync_to_async(client.get)(path)
        assert response.status_code == 200
        return Page(response.content.decode().partition("<body")[2].join(("<body", "")).replace("</html>", ""))

    async def tab(self, person: User, code: uuid.UUID, *, revision: int | None = None, html: str = PAGE) -> Tab:
        """A tab whose socket is greeted; without a revision it knows nothing and is shown everything."""
        tab = await self.connected(person, code, html)
        said = {} if revision is None else {"revision": revision}
        await tab.say({"list": 0, "day": listing.today().toordinal(), **said})
        return tab

    async def loaded(self, person: User, code: uuid.UUID) -> Tab:
        """A tab that loaded its page and then opened its socket."""
        page = await self.fresh(person, code)
        tab = await self.connected(person, code)
        tab.page = page
        await tab.greet()
        return tab

    async def beside(self, person: User | None, path: str) -> Tab:
        """A tab on a page that is not a conversation's; without a person it has only the socket."""
        page = Page(PAGE) if person is None else await self.look(person, path)
        address = next((each.attributes["data-socket"] for each in page.root.walk() if each.tag == "chat-live"), "/ws/")
        tab = await self.connected(person, uuid.UUID(int=0), path=address)
        tab.page = page
        if person is not None:
            await tab.greet()
        return tab

    async def connected(self, person: User | None, code: uuid.UUID, html: str = PAGE, path: str = "") -> Tab:
        key = ""
        if person is not None:
            key = (await self.signed_in(person)).cookies[settings.SESSION_COOKIE_NAME].value
        tab = Tab(code, key, html, path)
        self.tabs.append(tab)
        assert (await tab.socket.connect(timeout=SECONDS))[0]
        return tab


class Tab:
    """One socket and the page it draws on."""

    def __init__(self, code: uuid.UUID, session_key: str, html: str, path: str = "") -> None:
        self.code, self.page = code, Page(html)
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()
        headers = [(b"cookie", cookie)]
        self.socket = WebsocketCommunicator(URLRouter(websocket_urlpatterns), path or f"/ws/c/{code}/", headers=headers)
        self.frames: list[str] = []
        self.closed: int | None = None

    async def say(self, said: dict[str, Any] | str) -> None:
        await self.socket.send_to(text_data=said if isinstance(said, str) else json.dumps(said))

    async def greet(self) -> None:
        """What the page's script says when its socket opens."""
        cursor, shown = self.page.root.find("cursor"), self.page.root.find("conversations")
        assert cursor is not None
        assert shown is not None
        said = {name: int(cursor.attributes.get(f"data-{name}", -1)) for name in ("revision", "list")}
        await self.say({**said, "day": int(shown.attributes.get("data-day", -1))})

    def pump(self) -> None:
        """Take in what has arrived."""
        while not self.socket.output_queue.empty():
            event = self.socket.output_queue.get_nowait()
            if event["type"] == "websocket.close":
                self.closed = event["code"]
            else:
                assert self.closed is None, "something was sent after the end"
                self.frames.append(event["text"])
                self.page.apply(event["text"])

    async def until(self, condition: Callable[[], Any]) -> None:
        def holds() -> Any:
            self.pump()
            if self.socket.future.done() and not self.socket.future.cancelled():
                self.socket.future.result()
            return condition()

        await eventually_async(holds)

    async def until_text(self, text: str) -> None:
        await self.until(lambda: self.page.text() == text)

    async def until_like(self, other: Page, element_id: str = "messages") -> None:
        """Until it shows what `other` shows; says how they differ."""
        try:
            await self.until(lambda: self.page.outline(element_id) == other.outline(element_id))
        except AssertionError:
            differing = difflib.unified_diff(other.outline(element_id), self.page.outline(element_id), n=1, lineterm="")
            raise AssertionError("\n".join(differing)) from None

    async def stays(self) -> None:
        """Nothing arrives."""
        self.pump()
        count = len(self.frames)
        assert await self.socket.receive_nothing(timeout=0.05)
        assert (len(self.frames), self.closed) == (count, None)

    async def leave(self) -> None:
        """The tab is closed, or its connection is."""
        await self.socket.disconnect()


class Writing:
    """A reply that a test writes in the runner's place."""

    def __init__(self, site: Site, turn: Turn) -> None:
        self.site, self.turn = site, turn
        self.log = turn_log.find(turn.code) or turn_log.begin(turn.code, turn.reply.code, turn.person.code)
        broadcast.publish(broadcast.TurnBegan(str(turn.person.code), str(turn.code)))

    def write(self, text: str, kind: Any = "text") -> None:
        self.log.append(kind, text)
        self.log.announce()

    async def end(self, state: TurnState = TurnState.COMPLETED, *concerns: Concern, finish: str = "stop") -> None:
        """As the runner ends a turn: a flagged one blanks every page first."""
        parts = self.log.text().parts
        if concerns:
            self.log.restart()
        else:
            await self.log.finish()
        await self.site.do(people.ended, self.turn, parts, state, *concerns, finish=finish)
        turn_log.drop(self.turn.code)


async def ask(site: Site, person: User, code: uuid.UUID, text: str = "Hello?") -> Turn:
    return await site.do(start.send, people.order(person), code, text)


async def written(site: Site, turn: Turn) -> Writing:
    turn = await sync_to_async(people.fresh)(turn)
    turn_log.begin(turn.code, turn.reply.code, turn.person.code)  # as in a process that takes it: nobody looks before
    await site.do(people.claimed, turn)
    return Writing(site, await sync_to_async(people.fresh)(turn))


@asynccontextmanager
async def served(capture: Any) -> AsyncIterator[Site]:
    """A loop that serves sockets, and nothing left of it afterwards."""
    channel_layers.backends.clear()
    broadcast.attach(asyncio.get_running_loop())
    site = Site(capture)
    try:
        yield site
    finally:
        for tab in site.tabs:
            await tab.leave()
        broadcast.attach(None)
        if pulse._task is not None:
            pulse._task.cancel()
        pulse._task = None
        pulse._sockets.clear()
        live_turn._live_turns.clear()
        turn_log._logs.clear()
        outages.forget()


async def same_as_fresh(site: Site, tab: Tab, person: User) -> None:
    page = await site.fresh(person, tab.code)
    for element_id in ("messages", "title", "composer-action", "composer-next", "gauge", "tray"):
        await tab.until_like(page, element_id)
    assert tab.page.missed == [], tab.page.missed
