"""Which pages may open a socket here.

Browsers send cookies along with a WebSocket from any page, and cookies do not tell ports apart: a comparison
of host names alone would let in another service on the same host. So the whole origin must be ours.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from django.http.request import split_domain_port, validate_host

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class SameOrigin:
    """Lets a socket through when its Origin is the host it was addressed to, or the public address.

    Others, and clients that send no Origin, are refused before they are accepted (HTTP 403).
    """

    def __init__(self, application: Application, hosts: Sequence[str], public_url: str) -> None:
        self._application = application
        self._hosts = hosts
        self._public_url = public_url

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if self.admits(dict(scope["headers"])):
            await self._application(scope, receive, send)
            return
        await refuse(receive, send)

    def admits(self, headers: dict[bytes, bytes]) -> bool:
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if not origin or not validate_host(split_domain_port(host)[0], self._hosts):
            return False
        return origin == self._public_url or origin in (f"http://{host}", f"https://{host}")


async def refuse(receive: Any, send: Any) -> None:
    """End a socket before it was accepted."""
    await receive()
    await send({"type": "websocket.close"})
