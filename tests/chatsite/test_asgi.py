from typing import Any

import pytest

from chatsite import asgi
from conversations import background


async def ask(scope: dict[str, Any], *said: dict[str, Any]) -> list[dict[str, Any]]:
    waiting, sent = list(said), []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await asgi.application(scope, receive, send)
    return sent


async def test_health_is_answered_without_django() -> None:
    start, body = await ask({"type": "http", "path": "/healthz", "method": "GET", "headers": []})
    assert (start["status"], body["body"]) == (200, b"ok\n")


async def test_unknown_static_files_never_reach_django() -> None:
    start, _ = await ask({"type": "http", "path": "/static/none.css", "method": "GET", "headers": []})
    assert start["status"] == 404


@pytest.mark.django_db
async def test_pages_carry_the_strict_policy() -> None:
    scope = {"type": "http", "path": "/accounts/login/", "query_string": b"", "method": "GET", "headers": []}
    start, _ = await ask({**scope, "headers": [(b"host", b"testserver")]}, {"type": "http.request", "body": b""})
    policy = dict(start["headers"])[b"Content-Security-Policy"].decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert start["status"] == 200


async def test_a_socket_without_a_consumer_is_refused_quietly() -> None:
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
    sent = await ask({"type": "websocket", "path": "/ws/none/", "headers": headers}, {"type": "websocket.connect"})
    assert sent == [{"type": "websocket.close"}]


async def test_under_a_server_with_a_lifespan_the_background_lives_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def stop() -> None:
        done.append("stopped")

    monkeypatch.setattr(background, "start", lambda: done.append("started"))
    monkeypatch.setattr(background, "stop", stop)
    sent = await ask({"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    assert done == ["started", "stopped"]
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
