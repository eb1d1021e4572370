from typing import Any

import pytest

from chatsite.origin import SameOrigin

HOSTS = ["localhost", "chat.example.org"]


async def let_in(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "websocket.accept"})


async def knock(public_url: str = "", **headers: str) -> str:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    wire = [(name.encode(), value.encode()) for name, value in headers.items()]
    await SameOrigin(let_in, HOSTS, public_url)({"headers": wire}, receive, send)
    return str(said[0]["type"])


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:8000"),
        ("LOCALHOST:8000", "http://localhost:8000"),
        ("chat.example.org", "https://chat.example.org"),
    ],
)
async def test_our_own_pages_may_connect(host: str, origin: str) -> None:
    assert await knock(host=host, origin=origin) == "websocket.accept"


async def test_the_public_address_counts_where_a_proxy_rewrites_the_host() -> None:
    knocked = await knock("https://chat.example.org", host="localhost:8000", origin="https://chat.example.org")
    assert knocked == "websocket.accept"


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:8000", "http://localhost:3000"),  # another service on this machine: cookies know no ports
        ("localhost:8000", "http://evil.example"),
        ("localhost:8000", "http://localhost:8000.evil.example"),
        ("localhost:8000", "null"),
        ("evil.example", "http://evil.example"),  # a name that was made to point here
        ("chat.example.org", "https://sub.chat.example.org"),
        ("", "http://"),
    ],
)
async def test_foreign_pages_are_refused(host: str, origin: str) -> None:
    assert await knock(host=host, origin=origin) == "websocket.close"


async def test_a_client_that_names_no_origin_is_refused() -> None:
    assert await knock(host="localhost:8000") == "websocket.close"
