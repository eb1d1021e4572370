"""What it costs to copy a large video that GLM made: `python -m bench.copying [MEGABYTES]`.

A site of its own orders a small video and then a large one from a server here, and copies each, while its memory is
looked at all the time. The first brings what is loaded once; what the second adds is told.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.drill_jobs import is_over, stage, states
from bench.process import memory_of

SMALL, USUAL = 1, 500  # megabytes
HEAD = b"\x1a\x45\xdf\xa3"  # as every WebM begins
PIECE = 1 << 20
LOOK_EVERY = 0.05  # seconds
LONGEST = 600.0
SIZE = re.compile(r"size-(\d+)")


class Maker(BaseHTTPRequestHandler):
    """Takes orders for videos and has made them at once, as large as the prompt says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        found = SIZE.search(body)
        self._answer({"id": f"size-{found[1] if found else SMALL}", "task_status": "PROCESSING"})

    def do_GET(self) -> None:
        found = SIZE.search(self.path)
        megabytes = int(found[1]) if found else SMALL
        if "async-result" in self.path:
            link = f"http://{self.headers['Host']}/size-{megabytes}.webm"
            self._answer({"task_status": "SUCCESS", "video_result": [{"url": link, "cover_image_url": None}]})
        else:
            self._send(megabytes * 1_000_000)

    def _send(self, length: int) -> None:
        self._head("video/webm", length)
        self.wfile.write(HEAD)
        left = length - len(HEAD)
        while left > 0:
            self.wfile.write(b"\0" * min(PIECE, left))
            left -= PIECE

    def _answer(self, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self._head("application/json", len(body))
        self.wfile.write(body)

    def _head(self, media_type: str, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def maker() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Maker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/paas/v4"
    finally:
        server.shutdown()
        server.server_close()


def order(megabytes: int) -> None:
    """A video of that size, by a person of its own."""
    from conversations.models import User
    from conversations.turns import delegated, start
    from conversations.turns.orders import Order

    person = User.objects.create_user(f"person{megabytes}", password=None)
    begin = partial(delegated.delegate, kind="video", ordered={"v": 1, "parameters": {}})
    wish = Order(person, "cogvideox-3", None, begin)
    start.send(wish, uuid.uuid4(), f"size-{megabytes}")


def until_copied(pid: int, count: int) -> float:
    """The most memory that the process had until so many jobs were over."""
    most, began = 0.0, time.monotonic()
    while not is_over(found := states(), count):
        most = max(most, memory_of(pid))
        time.sleep(LOOK_EVERY)
        if time.monotonic() - began > LONGEST:
            raise SystemExit(f"not copied in {LONGEST:.0f} s: {dict(found)}")
    if found["succeeded"] != count:
        raise SystemExit(f"it did not come: {dict(found)}")
    return most


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL
    with maker() as address, stage("embedded", address) as crew:
        crew.start()
        order(SMALL)
        until_copied(crew.pids[0], 1)
        before, used, began = memory_of(crew.pids[0]), crew.processor_seconds(), time.monotonic()
        order(megabytes)
        most = until_copied(crew.pids[0], 2)
        seconds, used = time.monotonic() - began, crew.processor_seconds() - used
    grown = most - before
    print(f"a video of {megabytes} MB: copied in {seconds:.0f} s with {used:.1f} s of processor time, "
          f"memory grown by {grown:.1f} MB at most")  # fmt: skip


if __name__ == "__main__":
    main()
