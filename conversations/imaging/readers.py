"""The processes that read pictures, as whoever has a picture sees them: started with the first one, a few at most.

A decoder holds the interpreter for as long as it likes, and whatever is wrong in it is open to every file that comes.
So none is ever loaded here: a process of its own is handed the file, as a descriptor, and sends back what it made.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from .errors import ImagingError, NoReader, TooHard
from .values import Encoded
from .wire import TAKEN, Order, answer

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("-W", "ignore", "-m", "conversations.imaging.child")

AT_ONCE = 2  # both cores of a small machine
START_WITHIN, READ_WITHIN = 60.0, 120.0  # seconds on the clock: it comes last on a busy machine

# All of it: keys are in ours. glibc would keep what large pictures have freed, and learn from them to keep more.
ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "1000000"}


class NotTaken(Exception):
    """The reader had gone before it began."""


class Reader:
    """One process, for one picture at a time. Raises NoReader when it cannot be started."""

    def __init__(self) -> None:
        try:
            self._process, self._link = _started()
        except OSError as error:
            raise NoReader(str(error)) from error
        # It ends when it likes, and stays in the list of processes until somebody has waited for it.
        threading.Thread(target=self._process.wait, name="chatsite-reader", daemon=True).start()
        self.is_ready = True

    def ask(self, order: Order, descriptor: int) -> list[Encoded]:
        """Raises an ImagingError, and NotTaken when nobody was there to read the file."""
        self.is_ready = False
        self._begin(order, descriptor)
        self._deadline = time.monotonic() + READ_WITHIN
        try:
            made = answer(self._receive, order)
        except (OSError, ValueError) as error:
            raise TooHard(self._end_of(error)) from error
        except ImagingError as error:
            self.is_ready = not isinstance(error, TooHard)
            raise
        self.is_ready = True
        return made

    def end(self) -> None:
        self._link.close()
        self._process.kill()

    def _begin(self, order: Order, descriptor: int) -> None:
        self._deadline = time.monotonic() + START_WITHIN
        try:
            socket.send_fds(self._link, [order.packed()], [descriptor])
            self._receive(len(TAKEN))
        except OSError as error:
            raise NotTaken(self._end_of(error)) from error

    def _receive(self, count: int) -> bytes:
        data = bytearray(count)
        there = 0
        while there < count:
            self._link.settimeout(max(0.001, self._deadline - time.monotonic()))
            came = self._link.recv_into(memoryview(data)[there:])
            if not came:
                raise ConnectionResetError("it ended")
            there += came
        return bytes(data)

    def _end_of(self, error: Exception) -> str:
        """What became of it, for the log."""
        if isinstance(error, ConnectionError):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # it is about to end by itself, and its own code says more than ours
        self.end()
        return f"{error}; exit code {self._process.wait()}"


class Readers:
    """At most so many. One that is done waits for the next picture, and ends by itself when none comes for a while."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._resting: deque[Reader] = deque()

    def ask(self, order: Order, file: IO[bytes]) -> list[Encoded]:
        """What is made of a file; who comes beyond the number waits. Raises an ImagingError, NoReader, and OSError
        where the disk has no room for a copy of a file that lies in memory."""
        with self._places, ExitStack() as undo:
            descriptor = _descriptor(file, undo)
            if reader := self._at_rest():
                with suppress(NotTaken):  # it has gone since
                    return self._asked(reader, order, descriptor)
            try:
                return self._asked(Reader(), order, descriptor)
            except NotTaken as error:
                raise NoReader(str(error)) from error

    def _at_rest(self) -> Reader | None:
        try:
            return self._resting.pop()
        except IndexError:
            return None

    def _asked(self, reader: Reader, order: Order, descriptor: int) -> list[Encoded]:
        try:
            return reader.ask(order, descriptor)
        finally:
            if reader.is_ready:
                self._resting.append(reader)
            else:
                reader.end()


def _started() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """In a session of its own: Ctrl-C in a terminal is for us; requests under way are still answered, and need it."""
    ours, theirs = socket.socketpair()
    with theirs, ExitStack() as undo:
        undo.enter_context(ours)
        command = [sys.executable, *_as_here(), *PROGRAM]
        process = subprocess.Popen(
            command, cwd=ROOT, env=ENVIRONMENT, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, start_new_session=True
        )
        undo.pop_all()
    return process, ours


def _as_here() -> list[str]:
    """Where compiled modules are kept, which is else told by the environment."""
    kept = ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    return [*kept, "-B"] if sys.dont_write_bytecode else kept


def _descriptor(file: IO[bytes], undo: ExitStack) -> int:
    """Of the file, or of a copy on disk that has no name."""
    file.seek(0)  # what was written last is in the file, too
    with suppress(OSError, AttributeError):  # whatever lies in memory has none
        return file.fileno()
    copy: IO[bytes] = undo.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed by the caller
    shutil.copyfileobj(file, copy)
    copy.flush()
    return copy.fileno()
