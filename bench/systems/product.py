"""The site itself as it is served by default: signed in, stored in SQLite, drawn."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from bench.page import Page
from bench.process import ROOT, Process
from bench.wire import Socket, Wire, fetch

from .viewer import Viewer

CONFIRM_EVERY = 16_384  # characters, as the page's script does
CSRF = "b" * 32
PEOPLE = 200


class PageViewer(Viewer):
    """A tab: an empty page that was loaded, its socket, and a kept connection for the POST."""

    def __init__(self, http: Wire, socket: Socket, code: str, headers: dict[str, str]) -> None:
        super().__init__()
        self._http, self._socket, self._code, self._headers = http, socket, code, headers
        self._page = Page()
        self._received = self._confirmed = 0
        socket.heard = self._heard

    @classmethod
    async def open(cls, port: int, cookie: str) -> PageViewer:
        host = f"127.0.0.1:{port}"
        headers = {"Host": host, "Origin": f"http://{host}", "Cookie": cookie, "Accept-Language": "en"}
        http, socket = await Wire.open(port), await Socket.open(port)
        page = (await fetch(http, "GET", "/", headers)).body.decode()
        path, revision, listed = (_attribute(page, name) for name in ("socket", "revision", "list"))
        await socket.shake_hands(path, headers)
        socket.send(f'{{"revision": {revision}, "list": {listed}}}')
        return cls(http, socket, path.split("/")[3], headers)

    async def ask(self, prompt: str) -> None:
        self._page = Page()
        form = {"text": prompt, "model": "bench", "client_key": str(uuid.uuid4())}
        extra = {"X-CSRFToken": CSRF, "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
        path, body = f"/c/{self._code}/messages/", urlencode(form).encode()
        answer = await fetch(self._http, "POST", path, self._headers | extra, body)
        if answer.status not in (200, 204):
            raise ConnectionError(f"the question was answered with {answer.status}")

    def idle(self) -> None:
        self._http.close()

    def close(self) -> None:
        self._http.close()
        self._socket.close()

    def _heard(self, moment: float, message: bytes) -> None:
        self._received += len(message.decode())
        if self._received - self._confirmed >= CONFIRM_EVERY:
            self._confirmed = self._received
            self._socket.send(f'{{"got": {self._received}}}')
        had_ended = self._page.has_ended
        self._page.take(message)
        self.note(moment, self._page.held)
        if self._page.has_ended and not had_ended:
            self.end(moment)


class Product:
    """`manage.py serve` on an empty data directory, its upstream set by one address; `program` may stand for the
    former."""

    name = "product"

    def __init__(self, base: str, folder: Path, core: int, program: Sequence[str] = ("manage.py",)) -> None:
        self.data = folder / "data"
        self._env = {"CHATSITE_DATA_DIR": str(self.data), "ZHIPUAI_BASE_URL": base, "PORT": "0"}
        command = [sys.executable, *program, "serve"]
        ready = r"The chat is at http://\S+?:(\d+)/"
        self.process: Process | None = Process(command, folder / "product.log", core, ready, self._env)
        self.port = self.process.port
        self.address = f"http://127.0.0.1:{self.port}"
        self._cookies = self.run("bench.people", str(PEOPLE))

    async def viewer(self, number: int) -> Viewer:
        return await PageViewer.open(self.port, self.cookie(number))

    def stop(self) -> None:
        if self.process:
            self.process.end()

    def cookie(self, number: int) -> str:
        """The Cookie header of a signed-in person."""
        return self._cookies[number % PEOPLE]

    def run(self, module: str, *arguments: str) -> list[str]:
        """The lines that a module prints, run on the data of the site."""
        command = [sys.executable, "-m", module, *arguments]
        env = {**os.environ, **self._env}
        return subprocess.run(
            command, cwd=ROOT, env=env, check=True, capture_output=True, text=True
        ).stdout.splitlines()


def _attribute(page: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', page)
    if found is None:
        raise ConnectionError(f"the page has no data-{name}")
    return found[1]
