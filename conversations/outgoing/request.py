"""What is asked and of whom, looked at before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import httpx

from .addresses import is_public
from .errors import NotAllowed, NotReached, Why

USER_AGENT = "chatsite"
MOST_ADDRESSES = 4  # of a name that has many, so many are tried
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` may hold secrets, so they are not part of what it says of itself."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that may be reached although its address is not public. Only the process itself says so: for the server
    that its jobs go to, and for the sandbox. No person and no tool can."""

    host: str
    port: int

    @classmethod
    def of(cls, base_url: str) -> Self:
        """The server behind an address of the settings. Raises ValueError for what is none."""
        parts = _parsed(base_url)
        if parts is None or not parts.host:
            raise ValueError("no address of a server")
        return cls(parts.host.lower(), parts.port or _PORTS.get(parts.scheme, 0))


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its parts, as HTTP needs them: `authority` is what the header Host says."""

    scheme: str
    host: str
    port: int
    authority: bytes
    path: bytes

    def is_at(self, own: OwnServer | None) -> bool:
        return own is not None and (self.host, self.port) == (own.host.lower(), own.port)


def target_of(url: str) -> Target:
    """Raises NotAllowed for an address that cannot be asked, whoever stands behind it."""
    parts = _parsed(url)
    if parts is None or not parts.host or parts.userinfo:
        raise NotAllowed("this is no address, or one with a name or password in it", Why.FORM)
    if parts.scheme not in _PORTS:
        raise NotAllowed("only http and https can be asked", Why.SCHEME)
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    if not 0 < port < 1 << 16:
        raise NotAllowed("there is no such port", Why.FORM)
    host = parts.raw_host.decode("ascii").lower()
    return Target(parts.scheme, host, port, parts.netloc, parts.raw_path)


def allowed(target: Target, found: Sequence[str], own: OwnServer | None) -> tuple[str, ...]:
    """Of the addresses that a name has those to connect to, in order.

    A name that leads to a public address and to another is refused whole: nobody who means well has such a name, and
    which of them is tried first would be left to chance. Raises NotAllowed, NotReached for a name without any.
    """
    addresses = tuple(dict.fromkeys(found))
    if not addresses:
        raise NotReached("the name has no address", Why.NAME)
    if not target.is_at(own) and not all(map(is_public, addresses)):
        raise NotAllowed("the address is not public", Why.PRIVATE)
    return addresses[:MOST_ADDRESSES]


def headers_of(request: Request, target: Target) -> list[tuple[bytes, bytes]]:
    """Ours first; those of the request take the place of ours, but for Host."""
    given = [(name.encode("ascii"), value.encode("ascii")) for name, value in request.headers]
    named = {name.lower() for name, _value in given} | {b"host"}
    ours = ((b"Accept", b"*/*"), (b"Accept-Encoding", b"identity"), (b"User-Agent", USER_AGENT.encode()))
    kept = [(name, value) for name, value in ours if name.lower() not in named]
    return [(b"Host", target.authority), *kept, *(pair for pair in given if pair[0].lower() != b"host")]


def _parsed(url: str) -> httpx.URL | None:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        return None
