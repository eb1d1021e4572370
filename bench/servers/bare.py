"""Yardstick: a Channels consumer on Daphne that sends each delta on as a frame; nothing is stored or drawn."""

from __future__ import annotations

import asyncio
import json
import socket
import sys

import httpx
from channels.generic.websocket import AsyncWebsocketConsumer
from daphne.server import Server
from django.conf import settings

client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None), trust_env=False)


class BareConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Asks the upstream whatever comes."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self._task = asyncio.get_running_loop().create_task(self._answer(text_data or ""))

    async def _answer(self, prompt: str) -> None:
        body = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": prompt}]}
        async with client.stream("POST", f"{sys.argv[1]}/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: {"):
                    delta = json.loads(line[6:])["choices"][0]["delta"]
                    await self.send(json.dumps({"text": delta["content"]}, ensure_ascii=False))
        await self.send('{"ended": true}')


if __name__ == "__main__":
    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}})
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    print(f"serving on {listener.getsockname()[1]}", flush=True)
    Server(BareConsumer.as_asgi(), endpoints=[f"fd:fileno={listener.fileno()}"], verbosity=0).run()
