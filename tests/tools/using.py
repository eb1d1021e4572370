"""A call as a tool sees it, and tools as a test calls them."""

from __future__ import annotations

import uuid
from typing import Any, cast

from conversations.glm import Client
from conversations.tools import Result, Tool, Use
from conversations.tools import arguments as called_with
from conversations.upstream import Upstream
from tests.fake_glm import FakeGlm

UPSTREAM = Upstream("sandbox", "http://127.0.0.1:1/api/paas/v4", is_simulated=True)


def use(language: str = "en", zone: str = "UTC") -> Use:
    client = cast(Client, FakeGlm())
    return Use(uuid.UUID(int=1), language, zone, uuid.UUID(int=2), 1, UPSTREAM, client)


async def answer(tool: Tool, written: str, zone: str = "UTC") -> str:
    """What the tool tells the model for arguments as the model writes them."""
    found: Result = await tool.run(called_with.read(written, tool.parameters), use(zone=zone))
    return found.text


async def told(tool: Tool, zone: str = "UTC", **arguments: Any) -> str:
    found: Result = await tool.run(arguments, use(zone=zone))
    return found.text
