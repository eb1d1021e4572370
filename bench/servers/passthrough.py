"""Yardstick: Starlette on uvicorn hands the upstream's bytes on; nothing is read, stored or drawn."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

JSON = {"Content-Type": "application/json"}
client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None), trust_env=False)


async def answer(request: Request) -> StreamingResponse:
    return StreamingResponse(_bytes(await request.body()), media_type="text/event-stream")


async def _bytes(body: bytes) -> AsyncIterator[bytes]:
    async with client.stream("POST", f"{sys.argv[1]}/chat/completions", content=body, headers=JSON) as response:
        async for data in response.aiter_raw():
            yield data


if __name__ == "__main__":
    app = Starlette(routes=[Route("/", answer, methods=["POST"])])
    uvicorn.run(app, port=0, access_log=False, backlog=1024)
