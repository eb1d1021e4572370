"""A client that talks to the scripted server, and what scripts say most."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from conversations.glm import ChatMessage, ChatRequest, ChatStream, Client, GlmError, Reply

from .server import LAST_CHUNK, STREAM_HEAD, Peer, Script, Server, http_chunk, serving

KEY = "a1b2c3d4e5f6.s3cr3ts3cr3t"
REQUEST = ChatRequest("glm-4.6", (ChatMessage("user", "汉堡"),), "request-1", "person-1")


def saying(*pieces: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.say(*pieces)

    return script


def breaking_off(*pieces: bytes) -> Script:
    async def script(peer: Peer) -> None:
        await peer.say(*pieces)
        peer.writer.close()

    return script


def streaming(data: bytes, size: int = 10_000) -> Script:
    chunks = [http_chunk(data[at : at + size]) for at in range(0, len(data), size)]
    return saying(STREAM_HEAD, *chunks, LAST_CHUNK)


@asynccontextmanager
async def connected(script: Script, **options: Any) -> AsyncIterator[tuple[Server, Client]]:
    async with serving(script) as server, Client(server.base_url, KEY, **options) as client:
        yield server, client


async def ask(server: Server, **options: Any) -> Reply:
    async with Client(server.base_url, KEY, **options) as client:
        return await ask_with(client)


async def ask_with(client: Client) -> Reply:
    async with client.chat(REQUEST) as stream:
        async for _ in stream:
            pass
    return stream.reply


async def first_step(client: Client) -> ChatStream:
    """Take one step of a reply and leave."""
    async with client.chat(REQUEST) as stream:
        await anext(stream)
    return stream


async def failure(script: Script, **options: Any) -> GlmError:
    async with serving(script) as server:
        with pytest.raises(GlmError) as caught:
            await ask(server, **options)
    return caught.value
