"""A fast GLM server of the load: one HTTP chunk per delta, and a log of the moment each one was sent.

`python -m bench.servers.upstream` listens on a free port of this machine, prints it, and ends with its standard input.
The prompt says what to answer (`load.Shape`); `GET /log/<key>` tells when, in seconds of the system's monotonic
clock. Frames have the shape of GLM's streamed chat completions (docs.bigmodel.cn, "chat completion").
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from array import array
from functools import cache
from typing import Any, ClassVar

import uvloop

from bench import texts
from bench.load import Shape, key_of

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS_PER_TURN = 64

RECEIPT = b'{"id":"job","task_status":"PROCESSING"}'

logs: dict[str, array[float]] = {}


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def frame(choice: dict[str, Any], **more: Any) -> bytes:
    value = {
        "id": "20261120193000a1b2c3d4e5f60718",
        "created": 1795200000,
        "object": "chat.completion.chunk",
        "model": "bench",
        "choices": [{"index": 0, **choice}],
        **more,
    }
    return chunk(b"data: %b\n\n" % json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


@cache
def frames(kind: str, count: int) -> tuple[bytes, ...]:
    return tuple(frame({"delta": {"role": "assistant", "content": each}}) for each in texts.deltas(kind, count))


def judged() -> bytes:
    """GLM's moderation ends the reply when its text is out already."""
    last = {"finish_reason": "sensitive", "delta": {"role": "assistant", "content": ""}}
    return frame(last, content_filter=[{"role": "assistant", "level": 1}]) + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


def ending(count: int) -> bytes:
    usage = {"prompt_tokens": 12, "completion_tokens": count, "total_tokens": 12 + count}
    last = frame({"finish_reason": "stop", "delta": {"role": "assistant", "content": ""}}, usage=usage)
    return last + chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


class Upstream(asyncio.Protocol):
    """One connection; requests come one after another on it."""

    transport: asyncio.Transport
    step_count: ClassVar[int] = 0  # of jobs, which are never done

    def __init__(self) -> None:
        self._received = b""
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, error: Exception | None) -> None:
        if self._answering:
            self._answering.cancel()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        size = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        if found and len(body) >= size:
            self._received = b""
            self._answer(head.split(b" ", 2)[1].decode(), body)

    def _answer(self, path: str, body: bytes) -> None:
        if path.startswith("/log/"):
            self._send_whole(logs.pop(path[5:], array("d")).tobytes(), b"application/octet-stream")
        elif path.endswith("/models"):
            self._send_whole(b'{"object":"list","data":[{"id":"bench","object":"model"}]}', b"application/json")
        elif "/async" in path:
            Upstream.step_count += 1
            self._send_whole(RECEIPT, b"application/json")
        elif path == "/steps":
            self._send_whole(b"%d" % Upstream.step_count, b"text/plain")
        else:
            prompt = json.loads(body)["messages"][-1]["content"]
            self._answering = asyncio.get_running_loop().create_task(self._reply(prompt))

    def _send_whole(self, body: bytes, kind: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        self.transport.write(head % (kind, len(body)) + body)

    async def _reply(self, prompt: str) -> None:
        shape = Shape.of(prompt)
        sent = logs[key_of(prompt)] = array("d")
        self.transport.write(HEAD)
        if shape.rate:
            await self._send_at_pace(shape, sent)
        else:
            await self._send_at_once(shape, sent)
        if shape.is_judged:
            sent.append(time.monotonic())
        self.transport.write(judged() if shape.is_judged else ending(shape.count))

    async def _send_at_pace(self, shape: Shape, sent: array[float]) -> None:
        began = time.monotonic()
        for number, data in enumerate(frames(shape.plain_text, shape.count)):
            wait = began + number / shape.rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            sent.append(time.monotonic())
            self.transport.write(data)

    async def _send_at_once(self, shape: Shape, sent: array[float]) -> None:
        for number, data in enumerate(frames(shape.plain_text, shape.count), 1):
            sent.append(time.monotonic())
            self.transport.write(data)
            if number % CHUNKS_PER_TURN == 0:
                await self._may_write.wait()
                await asyncio.sleep(0)


async def serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Upstream, "127.0.0.1", 0, backlog=1024)
    print(f"serving on {server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    uvloop.run(serve())
