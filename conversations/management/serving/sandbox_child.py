"""The sandbox as a child process, for an installation without a key."""

import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
from typing import IO

from django.conf import settings

from conversations.management.serving import port

FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
LOOK_EVERY = 0.5
# The site's own first page comes first; whoever asks meanwhile waits in the socket's queue.
HEAD_START = 1.0

logger = logging.getLogger(__name__)
said_there = logging.getLogger("conversations.sandbox")


class SandboxChild:
    """Keeps one sandbox running, on a socket that stays ours.

    While the child is being replaced, callers wait in the socket's queue. The child watches its standard
    input and ends when we do, even by kill -9.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._listener: socket.socket = port.listen("127.0.0.1", 0)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/paas/v4"

    async def keep_running(self) -> None:
        """Start it, and start it again whenever it ends, with growing pauses while it ends early."""
        pause = FIRST_PAUSE
        await asyncio.sleep(HEAD_START)
        while True:
            began = time.monotonic()
            self._process = self._start()
            while self._process.poll() is None:  # noqa: ASYNC110 - a process sets no event
                await asyncio.sleep(LOOK_EVERY)
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY_AFTER else min(2 * pause, LONGEST_PAUSE)
            logger.warning("The sandbox ended (%s) and starts again.", self._process.returncode)
            await asyncio.sleep(pause)

    def stop(self) -> None:
        """End it at once: it keeps nothing."""
        self._listener.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if (pipe := self._process.stdin) is not None:
                pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        options = ["--fd", str(descriptor), "--key", self._key, "--until-stdin-closes"]
        # A session of its own: Ctrl-C in a terminal is for us; we end it once the running replies are stored.
        process = subprocess.Popen(
            [sys.executable, "-m", "conversations.sandbox", *options],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[descriptor],
            start_new_session=True,
        )
        if (said := process.stderr) is not None:
            threading.Thread(target=_pass_on, args=(said,), name="chatsite-sandbox", daemon=True).start()
        return process


def _pass_on(said: IO[bytes]) -> None:
    """Its lines go through our log, in the form that this has."""
    with said:
        for line in said:
            said_there.info("%s", line.decode(errors="replace").rstrip())
