"""What the drill plays on: PostgreSQL and Redis behind relays, an upstream, two web processes, nginx before them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx

from bench.process import ROOT, Process
from bench.upstream import base_of, upstream
from tests.own_database import own_database
from tests.served.nginx import Nginx
from tests.served.site import clean_environment, free_port

WAIT = 0.1  # seconds between two looks
START_WITHIN = 180  # seconds, on a machine that has other things to do


class Relays:
    """The relays of the child process, by name."""

    def __init__(self, folder: Path, **targets: str) -> None:
        command = [sys.executable, "-m", "bench.drill.relays", *(f"{name}={to}" for name, to in targets.items())]
        self._child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = self._answer().split()[2:]
        self.ports = dict(zip(targets, map(int, ports), strict=True))

    def order(self, *words: object) -> None:
        assert self._child.stdin is not None
        print(*words, file=self._child.stdin, flush=True)
        self._answer()

    def end(self) -> None:
        self._child.kill()
        self._child.wait()

    def _answer(self) -> str:
        assert self._child.stdout is not None
        if line := self._child.stdout.readline():
            return line
        raise RuntimeError("the relays ended")


class Redis:
    """A server of our own, which keeps nothing: started again it is empty."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command = ["redis-server", *options, "--dir", str(self._folder)]
        self._child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.pid = self._child.pid
        until(lambda: _listens(self.port), "Redis")

    def end(self) -> None:
        self._child.kill()
        self._child.wait()


class Web:
    """A web process that somebody starts again whenever it has ended."""

    def __init__(self, name: str, log: Path, environment: dict[str, str]) -> None:
        self.name, self.port, self._log = name, free_port(), log
        self._environment = {**environment, "PORT": str(self.port)}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._child.pid if self._child else 0

    def keep_running(self) -> None:
        """To be called now and then."""
        if self._child is None or self._child.poll() is not None:
            with self._log.open("ab") as log:
                command = [sys.executable, "manage.py", "serve"]
                self._child = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def comes_up(self) -> bool:
        self.keep_running()
        return self.is_ready()

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def send(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.send_signal(number)

    def end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()


class Stage:
    """Everything that runs, and the handles to break it."""

    def __init__(
        self, database: str, redis: Redis, relays: Relays, webs: list[Web], nginx: Nginx, upstream: Process
    ) -> None:
        self.database, self.redis, self.relays, self.webs, self.nginx = database, redis, relays, webs, nginx
        self.address, self.upstream = nginx.address, upstream


@contextmanager
def stage(
    folder: Path, people: int, *, relayed: bool = True, titles: bool = False
) -> Iterator[tuple[Stage, list[str]]]:
    """The stage, and a Cookie header for each of so many people. Not `relayed`, the processes reach the stores
    directly: nothing can be cut, and times are their own. With `titles` conversations get one, as by default."""
    with ExitStack() as undo:
        database = undo.enter_context(own_database())
        redis = Redis(folder)
        undo.callback(redis.end)
        parts = urlsplit(database)
        relays = Relays(folder, database=f"{parts.hostname}:{parts.port or 5432}", redis=f"127.0.0.1:{redis.port}")
        undo.callback(relays.end)
        glm = undo.enter_context(upstream(folder, 0))
        os.sched_setaffinity(glm.pid, range(os.cpu_count() or 1))
        environment = {
            **clean_environment(),
            "PYTHONUNBUFFERED": "1",
            "CHATSITE_DATA_DIR": str(folder / "data"),
            "DATABASE_URL": _through(database, relays.ports["database"]) if relayed else database,
            "REDIS_URL": f"redis://127.0.0.1:{relays.ports['redis'] if relayed else redis.port}/0",
            "ZHIPUAI_BASE_URL": base_of(glm),
            "CHATSITE_MODELS": "bench",
            "CHATSITE_TRUSTED_PROXIES": "1",
            "CHATSITE_TITLES": str(titles).lower(),
        }
        webs = [Web(name, folder / f"{name}.log", environment) for name in ("web1", "web2")]
        for web in webs:
            undo.callback(web.end)
            until(web.comes_up, web.name)
        command = [sys.executable, "-m", "bench.people", str(people)]
        made = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
        yield Stage(database, redis, relays, webs, _front(folder, webs, undo), glm), made.stdout.splitlines()


def _front(folder: Path, webs: list[Web], undo: ExitStack) -> Nginx:
    """nginx with the files of deploy/nginx: it is what decides whom a dying process leaves without an answer."""
    if shutil.which("nginx") is None:
        raise SystemExit("The drill needs nginx (apt-get install nginx-light).")
    return undo.enter_context(Nginx(folder / "nginx", [web.port for web in webs]))


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    person = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    return urlunsplit(parts._replace(netloc=f"{person}127.0.0.1:{port}"))


def _listens(port: int) -> bool:
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", port)) == 0


def until(condition: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + START_WITHIN
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} did not start in {START_WITHIN} s")
        time.sleep(WAIT)
