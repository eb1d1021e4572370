"""The site as one ASGI application: health, static files, Django, sockets.

Under a server with the lifespan protocol it also starts and stops the background work; `serve` does that
itself, since Daphne has no such protocol.
"""

import json
import os
from http import HTTPStatus
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
os.environ.setdefault("CHATSITE_ROLE", "web")
django.setup()

# Models can be imported only now.
from channels.routing import URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.staticfiles.finders import get_finders  # noqa: E402
from structlog.contextvars import bound_contextvars  # noqa: E402

from chatsite.one_hop import OneHopHandler  # noqa: E402
from chatsite.origin import SameOrigin, refuse  # noqa: E402
from chatsite.request_id import request_id  # noqa: E402
from chatsite.static import StaticFiles, answer  # noqa: E402
from conversations import background  # noqa: E402
from conversations.live.routing import websocket_urlpatterns  # noqa: E402
from conversations.web.health import Readiness  # noqa: E402


def static_roots() -> list[Path]:
    """The collected files; while debugging, the folders they are collected from."""
    if not settings.CHATSITE_DEBUG:
        return [settings.STATIC_ROOT]
    storages = {id(storage): storage for finder in get_finders() for _, storage in finder.list([])}
    return [Path(storage.path("")) for storage in storages.values()]


pages = OneHopHandler(settings.CHATSITE_REQUEST_THREADS)
static = StaticFiles(static_roots(), settings.STATIC_URL, live=settings.CHATSITE_DEBUG)
routes = URLRouter(websocket_urlpatterns)


async def known_sockets(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The consumer for a path; without one the socket is refused (channels' router raises instead)."""
    path = scope["path"].removeprefix("/")
    if any(route.pattern.match(path) for route in websocket_urlpatterns):
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        with bound_contextvars(request=request_id(given)):
            await routes(scope, receive, send)
    else:
        await refuse(receive, send)


readiness = Readiness()
sockets = SameOrigin(known_sockets, settings.ALLOWED_HOSTS, settings.CHATSITE_PUBLIC_URL)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "lifespan":
        await live_and_stop(receive, send)
    elif scope["path"] == "/healthz":
        await answer(send, HTTPStatus.OK, b"ok\n")
    elif scope["path"] == "/readyz":
        await tell_readiness(send)
    elif scope["path"].startswith(static.prefix):
        await static(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def tell_readiness(send: Any) -> None:
    is_ready, report = await readiness.report()
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    body = json.dumps({"ready": is_ready, "checks": report}).encode() + b"\n"
    await answer(send, status, body, b"application/json")


async def live_and_stop(receive: Any, send: Any) -> None:
    await receive()
    background.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await background.stop()
    await send({"type": "lifespan.shutdown.complete"})
