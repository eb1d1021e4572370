"""The process that reads pictures: `python -m conversations.imaging.child`, started and asked by `readers`.

Files of strangers are decoded here and nowhere else. It has no settings and no keys, writes to no file, opens none but
what its decoders load, and takes so much time and memory a picture and no more. It lives on the socket in the place of
its standard input: when whoever started it is gone, by kill -9 too, it reads the end of it, and ends.
"""

from __future__ import annotations

import math
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from . import decode
from .errors import ImagingError
from .values import Bounds, Encoded
from .wire import LONGEST, TAKEN, Order, made, refused

RESTS_AFTER = 120.0  # seconds without a picture, in which it would only hold memory
PICTURES = 100  # whatever one of them did to it, the next ones are read by another
NICE = 5  # replies come first
DISPENSABLE = "500"  # of 1000

OPEN_FILES = 16
SECONDS = 30  # of processor time a picture; the dearest of 50 million pixels takes a few
BASE, A_PIXEL = 200_000_000, 24  # bytes of memory; of WebP, which takes most, a pixel has 16

Work = Callable[[IO[bytes], Bounds], Sequence[Encoded]]


def _prepare(file: IO[bytes], bounds: Bounds) -> Sequence[Encoded]:
    prepared = decode.decode(file, bounds)
    return prepared.full, prepared.small


def _out_of_focus(file: IO[bytes], bounds: Bounds) -> Sequence[Encoded]:
    return [decode.out_of_focus(file)]


WORKS: dict[str, Work] = {"prepare": _prepare, "out_of_focus": _out_of_focus}


def main() -> None:
    _give_up_what_is_not_needed()
    link = socket.socket(fileno=0)  # left open: its end tells that of the process, after whatever that has to say
    link.settimeout(RESTS_AFTER)
    with suppress(TimeoutError, ConnectionError):
        for _ in range(PICTURES):
            if not _read_one(link):
                return


def _give_up_what_is_not_needed() -> None:
    """Service managers tell all processes of a service to end: requests under way are still answered, and need it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(NICE)
    with suppress(OSError):  # where the kernel has to end somebody for want of memory, not the site
        Path("/proc/self/oom_score_adj").write_text(DISPENSABLE)
    for what, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)):
        resource.setrlimit(what, (most, most))


def _read_one(link: socket.socket) -> bool:
    """False when nobody asks any more."""
    said, handed, *_ = socket.recv_fds(link, LONGEST, 1)  # so short that it comes in one piece
    if not said:
        return False
    order = Order.read(said)
    with open(handed[0], "rb") as file:
        link.sendall(TAKEN)
        file.seek(0)  # its place is also that of whoever handed it over
        _bound(order.bounds)
        for piece in _answer(order, file):
            link.sendall(piece)
    return True


def _answer(order: Order, file: IO[bytes]) -> list[bytes]:
    try:
        return made(WORKS[order.work](file, order.bounds))
    except ImagingError as error:
        return refused(error)


def _bound(bounds: Bounds) -> None:
    """Whoever goes beyond the time is ended by the kernel; memory beyond its bound is not given."""
    _lower(resource.RLIMIT_CPU, math.ceil(time.process_time()) + SECONDS)
    _lower(resource.RLIMIT_DATA, BASE + A_PIXEL * bounds.pixels)


def _lower(what: int, wanted: int) -> None:
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
