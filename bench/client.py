"""What reading a fast stream costs, in CPU seconds of the reader: ours, and httpx alone, which does not even parse.

    .venv/bin/python -m bench.client [--deltas 10000] [--interval 0.04]

The upstream is uvicorn in a process of its own, one server-sent event per write, as fast as it can.
"""

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import httpx

from conversations.glm import ChatMessage, ChatRequest, Client

REQUEST = ChatRequest("glm-4.6", (ChatMessage("user", "Count."),), "bench-request", "bench-person")


def frame(text: str, finish: str | None = None) -> bytes:
    delta = {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": delta} | ({"finish_reason": finish} if finish else {})
    chunk = {"id": "20261120101502a1b2c3d4e5f60718", "created": 1795140902, "model": "glm-4.6", "choices": [choice]}
    return b"data: " + json.dumps(chunk, separators=(",", ":")).encode() + b"\n\n"


async def upstream(scope: MutableMapping[str, Any], receive: Any, send: Callable[..., Awaitable[None]]) -> None:
    """Streams as many deltas as the query says."""
    if scope["type"] != "http":
        return
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for number in range(int(scope["path"].split("/")[1])):
        await send({"type": "http.response.body", "body": frame(f" {number}"), "more_body": True})
    end = frame("", "stop") + b"data: [DONE]\n\n"
    await send({"type": "http.response.body", "body": end})


async def ours(base_url: str, interval: float) -> None:
    async with Client(base_url, None) as client, client.chat(REQUEST) as stream:
        async for _ in stream:
            await asyncio.sleep(interval)


async def httpx_alone(base_url: str, interval: float) -> None:
    async with httpx.AsyncClient(timeout=60) as client, client.stream("POST", base_url) as response:
        async for _ in response.aiter_raw():
            pass


async def measure(port: int, deltas: int, interval: float) -> None:
    for name, read in (("httpx alone", httpx_alone), ("glm client", ours)):
        best = (float("inf"), 0.0)
        for _ in range(4):
            wall, cpu = time.perf_counter(), time.process_time()
            await read(f"http://127.0.0.1:{port}/{deltas}", interval)
            best = min(best, (time.process_time() - cpu, time.perf_counter() - wall))
        print(f"{name:12} {best[0]:.3f} s CPU, {best[1]:.3f} s in all, for {deltas} deltas")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deltas", type=int, default=10_000)
    parser.add_argument("--interval", type=float, default=0.04, help="seconds between two steps of the reader")
    options = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        fd = str(listening.fileno())
        command = [sys.executable, "-m", "uvicorn", "bench.client:upstream", "--fd", fd, "--log-level", "warning"]
        child = subprocess.Popen(command, pass_fds=[listening.fileno()])
    try:
        asyncio.run(measure(port, options.deltas, options.interval))
    finally:
        child.terminate()
        child.wait()


if __name__ == "__main__":
    main()
