import json
from typing import Any

import pytest
from structlog.contextvars import get_contextvars

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


@pytest.mark.parametrize(("is_ready", "status"), [(True, 200), (False, 503)])
async def test_readiness_is_told_as_json(monkeypatch: pytest.MonkeyPatch, is_ready: bool, status: int) -> None:
    async def report() -> tuple[bool, dict[str, str]]:
        return is_ready, {"database": "ok"}

    monkeypatch.setattr(asgi.readiness, "report", report)
    start, body = await ask({"type": "http", "path": "/readyz", "method": "GET", "headers": []})
    assert start["status"] == status
    assert (b"cache-control", b"no-store") in start["headers"]
    assert json.loads(body["body"]) == {"ready": is_ready, "checks": {"database": "ok"}}


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


async def test_lines_of_a_socket_have_a_number_too(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    async def routes(scope: Any, receive: Any, send: Any) -> None:
        seen.append(get_contextvars()["request"])

    monkeypatch.setattr(asgi, "routes", routes)
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
    path = "/ws/c/01a1fb07-a2b5-742a-831c-afa3a7b4fc94/"
    await ask({"type": "websocket", "path": path, "headers": headers})
    assert len(str(seen[0])) == 11
    assert "request" not in get_contextvars()


async def test_under_a_server_with_a_lifespan_the_background_lives_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    async def stop() -> None:
        done.append("stopped")

    monkeypatch.setattr(background, "start", lambda: done.append("started"))
    monkeypatch.setattr(background, "stop", stop)
    sent = await ask({"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    assert done == ["started", "stopped"]
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
