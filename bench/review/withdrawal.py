"""From the flag to a blank reply, and to the notice in its place, in 50 tabs of one conversation."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from array import array
from urllib.parse import urlencode

import uvloop

from bench.load import Shape, key_of
from bench.stage import percentile
from bench.systems.product import CSRF, Product
from bench.upstream import fresh_site
from bench.wire import Socket, Wire, fetch

TABS, GOES = 50, 20
SHAPE = Shape(100, 100, "prose!")
REACH = 0.300
BLANK, NOTICE = re.compile(rb'innerHTML:#message-[0-9a-f-]+-parts"></div>'), b"message--held"
WITHIN = 30  # seconds


class Tab:
    """A socket that notes when its page shows nothing of the reply any more, and when the notice."""

    def __init__(self, socket: Socket) -> None:
        self._socket, self._received, self._blank = socket, 0, 0.0
        self.over: asyncio.Future[tuple[float, float]] = asyncio.get_running_loop().create_future()
        socket.heard = self._heard

    @classmethod
    async def open(cls, port: int, code: str, headers: dict[str, str]) -> Tab:
        socket = await Socket.open(port)
        await socket.shake_hands(f"/ws/c/{code}/", headers)
        tab = cls(socket)
        socket.send('{"revision": -1, "list": -1}')
        return tab

    def close(self) -> None:
        self._socket.close()

    def _heard(self, moment: float, message: bytes) -> None:
        self._received += len(message.decode())
        self._socket.send(f'{{"got": {self._received}}}')
        if BLANK.search(message):
            self._blank = moment
        if NOTICE in message and not self.over.done():
            self.over.set_result((self._blank or moment, moment))


def measure() -> str:
    with fresh_site() as (product, glm):
        late = uvloop.run(_goes(glm.port, product))
    blank, notice = ([each[place] for each in late] for place in (0, 1))
    return f"flag to blank in {TABS} tabs (≤ {REACH * 1000:.0f} ms p95): {_told(blank)}; to the notice: {_told(notice)}"


def _told(late: list[float]) -> str:
    middle, most = percentile(late, 50), percentile(late, 95)
    return f"median {middle * 1000:.0f} ms, p95 {most * 1000:.0f} ms, longest {max(late) * 1000:.0f} ms"


async def _goes(upstream: int, product: Product) -> list[tuple[float, float]]:
    control = await Wire.open(upstream)
    late: list[tuple[float, float]] = []
    for number in range(GOES):
        late += await _once(control, product, number)
    return late[TABS:]  # the first go warms up


async def _once(control: Wire, product: Product, number: int) -> list[tuple[float, float]]:
    host = f"127.0.0.1:{product.port}"
    cookie = product.cookie(number)
    headers = {"Host": host, "Origin": f"http://{host}", "Cookie": cookie, "Accept-Language": "en"}
    code = str(uuid.uuid4())
    tabs = [await Tab.open(product.port, code, headers) for _ in range(TABS)]
    prompt = SHAPE.prompt()
    form = {"text": prompt, "model": "bench", "client_key": str(uuid.uuid4())}
    extra = {"X-CSRFToken": CSRF, "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
    http = await Wire.open(product.port)
    await fetch(http, "POST", f"/c/{code}/messages/", headers | extra, urlencode(form).encode())
    async with asyncio.timeout(SHAPE.seconds + WITHIN):
        over = [await tab.over for tab in tabs]
    flagged = await _flagged_at(control, prompt)
    for closing in (http, *tabs):
        closing.close()
    return [(blank - flagged, notice - flagged) for blank, notice in over]


async def _flagged_at(control: Wire, prompt: str) -> float:
    log = array("d")
    log.frombytes((await fetch(control, "GET", f"/log/{key_of(prompt)}", {})).body)
    return log[-1] if log else time.monotonic()
