"""The site as an operator runs it: `manage.py serve` as a child, with a data directory of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import httpx

from tests.served.gates import PLAIN, Gate, gate_of
from tests.waiting import eventually
from tests.warm import copies
from tests.warm.copies import ROOT as ROOT

START_SECONDS = 90.0  # of patience with a machine that has other things to do
TURN_SECONDS = 60.0
SCRIPTED = {"HX-Request": "true"}
PASSWORD = "correct horse battery staple"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


class Site:
    """Starts, ends and kills the served process; the data directory and the port stay the same throughout."""

    def __init__(self, data: Path, environment: Mapping[str, str], **settings: object) -> None:
        self.data = data
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **environment,
            "CHATSITE_DATA_DIR": str(data),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **{name: str(value) for name, value in settings.items()},
        }
        self.process: copies.Copy | None = None
        self.cookies: dict[str, dict[str, str]] = {}  # of the people whose browsers need not sign in

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def output(self) -> str:
        path = self.data.with_suffix(".log")
        return path.read_text() if path.exists() else ""

    def start(self) -> None:
        self.launch()
        self.is_up()

    def launch(self) -> None:
        """Start without waiting for it."""
        with self.data.with_suffix(".log").open("ab") as log:
            self.process = copies.start("serve", environment=self.environment, output=log)

    def is_up(self) -> None:
        """Wait until it answers."""
        eventually(self._answers, START_SECONDS)

    def stop(self) -> int:
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """As a power cut would: no last words."""
        return self._end(signal.SIGKILL)

    def manage(self, *arguments: str, said: str = "") -> None:
        copies.run(*arguments, environment=self.environment, said=said).check_returncode()

    def add_person(self, name: str, role: str = "member") -> None:
        self.manage("adduser", name, "--role", role, said=PASSWORD + "\n")

    def add_people(self, **roles: str) -> None:
        """Many in one process, which takes seconds to begin."""
        lines = [f"add_person({name!r}, {PASSWORD!r}, {role!r})" for name, role in roles.items()]
        self.manage("shell", "--no-imports", "-c", "\n".join(("from conversations.accounts import add_person", *lines)))

    @property
    def sandbox(self) -> str:
        """Where the site's own sandbox listens: the site holds its socket."""
        assert self.process is not None
        (port,) = _listening(self.process.pid) - {self.port}
        return f"http://127.0.0.1:{port}"

    def gate(self) -> AbstractContextManager[Gate]:
        """For a reply that goes as far as the test lets it."""
        return gate_of(self.sandbox)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read the database as it lies on the disk."""
        with closing(sqlite3.connect(f"file:{self.data}/chatsite.sqlite3?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def turn_states(self, code: str) -> list[str]:
        """The states of a conversation's turns, once none is running."""
        query = (
            "SELECT turn.state FROM conversations_turn turn JOIN conversations_conversation conversation"
            " ON conversation.id = turn.conversation_id WHERE conversation.code = ? ORDER BY turn.id"
        )
        return eventually(lambda: _all_ended([row[0] for row in self.rows(query, hexed(code))]), TURN_SECONDS)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"the site ended: {self.output}"
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                pass
            # It listens before it serves: one request waits for the rest.
            return httpx.get(f"{self.address}/healthz", timeout=START_SECONDS, **PLAIN).is_success
        except (OSError, httpx.TransportError):
            return False

    def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(START_SECONDS)


class Visitor:
    """A person with a browser that runs no scripts."""

    def __init__(self, site: Site, name: str, http: httpx.Client) -> None:
        self.site, self.name, self.http = site, name, http

    def sign_in(self) -> Self:
        page = self.http.get("/accounts/login/")
        form = {"login": self.name, "password": PASSWORD, "csrfmiddlewaretoken": _token(page.text)}
        answer = self.http.post("/accounts/login/", data=form)
        assert "sessionid" in self.http.cookies or answer.url.path == "/", answer.text
        return self

    def send(self, text: str, model: str, code: str | None = None, key: str | None = None) -> str:
        """Ask; returns the code of the conversation."""
        code = code or str(uuid.uuid4())
        answer = self.ask(text, model, code, key)
        assert answer.status_code == httpx.codes.OK, answer.text
        return code

    def ask(self, text: str, model: str, code: str, key: str | None = None) -> httpx.Response:
        """Ask as the page's script does: the answer is empty, or the words of a refusal."""
        fields = {"text": text, "model": model, "client_key": key or str(uuid.uuid4())}
        return self.post(f"/c/{code}/messages/", SCRIPTED, **fields)

    def post(self, path: str, headers: Mapping[str, str] = MappingProxyType({}), **fields: str) -> httpx.Response:
        token = self.http.cookies.get("csrftoken") or ""
        own = {"X-CSRFToken": token, "Referer": self.site.address}
        return self.http.post(path, data=fields, headers={**own, **headers})

    def page(self, code: str, language: str = "en") -> str:
        """The page of a conversation, loaded anew."""
        answer = self.http.get(f"/c/{code}/", headers={"Accept-Language": language})
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer.text

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())


@contextmanager
def signed_in(site: Site, name: str) -> Iterator[Visitor]:
    with httpx.Client(base_url=site.address, follow_redirects=True, timeout=60) as http:
        yield Visitor(site, name, http).sign_in()


def hexed(code: str) -> str:
    """A code as SQLite keeps it."""
    return code.replace("-", "")


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, page
    return found.group(1)


def _listening(process_id: int) -> set[int]:
    """The ports on which a process listens."""
    held = set()
    for path in Path(f"/proc/{process_id}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(path.readlink()))
    lines = [line.split() for line in Path(f"/proc/{process_id}/net/tcp").read_text().splitlines()[1:]]
    heard = {f"socket:[{line[9]}]": int(line[1].split(":")[1], 16) for line in lines if line[3] == "0A"}
    return {port for inode, port in heard.items() if inode in held}


def _all_ended(states: list[str]) -> list[str]:
    return [] if {"queued", "running"} & set(states) else states


def clean_environment() -> dict[str, str]:
    ours = ("CHATSITE_", "ZHIPU", "ZAI_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
