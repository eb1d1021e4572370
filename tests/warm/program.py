"""The process that copies are made of; it ends with the one that asks it for them.

Each message brings the arguments and the environment of a copy, and four files: its standard ones, and a socket on
which its number is told and, when it has ended, how.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from typing import Any, NoReturn

MESSAGE = 1 << 20
FILES = 4

# What `serve` loads and what asks for no setting. Nothing here may make an event loop, which copies would share.
LOADED = (
    *("asyncio", "cryptography.fernet", "httpx", "jsonschema", "multiprocessing", "re2", "structlog", "whitenoise"),
    *("autobahn.websocket.protocol", "twisted.internet.asyncioreactor", "twisted.internet.endpoints"),
    *("twisted.internet.tcp", "twisted.protocols.policies"),
    *("channels.layers", "csp.constants", "django.core.handlers.asgi", "django.core.management", "django.db.models"),
    *("django.db.migrations.executor", "django.forms", "django.template.loader", "django.test", "django.urls"),
    *("conversations.characters", "conversations.families", "conversations.glm", "conversations.http_tools"),
    *("conversations.markdown", "conversations.outgoing", "conversations.spoken", "conversations.words"),
)


def load() -> None:
    gc.disable()
    for name in LOADED:
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules
    gc.freeze()


def until_copied(asking: socket.socket) -> None:
    """Make copies for as long as somebody asks; returns only in a copy."""
    while True:
        message, files, _, _ = socket.recv_fds(asking, MESSAGE, FILES)
        if not message:
            sys.exit()
        if not os.fork():
            asking.close()
            _attend(json.loads(message), files)
            return
        for each in files:
            os.close(each)


def _attend(wanted: dict[str, Any], files: list[int]) -> None:
    """In between: forks the copy, which returns from here, tells of it, and goes with it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *standard, last = files
    telling = socket.socket(fileno=last)
    if copy := os.fork():
        _tell_of(copy, telling, standard)
    telling.close()
    _become(wanted, standard)


def _tell_of(copy: int, telling: socket.socket, standard: list[int]) -> NoReturn:
    for each in (0, 1, 2, *standard):  # whoever reads what the copy says must see its end
        os.close(each)
    telling.send(str(copy).encode())
    telling.send(str(os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])).encode())
    os._exit(0)


def _become(wanted: dict[str, Any], standard: list[int]) -> None:
    for number, each in enumerate(standard):
        os.dup2(each, number)
        os.close(each)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    sys.argv = ["manage.py", *wanted["arguments"]]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through="PYTHONUNBUFFERED" in os.environ)  # type: ignore[union-attr]
    gc.enable()


if __name__ == "__main__":
    load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever attends a copy is waited for by nobody
    until_copied(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_path("manage.py", run_name="__main__")
