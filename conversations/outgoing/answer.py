"""What both clients know of an answer, whoever brings the bytes."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpcore

from .bounds import Bounds
from .errors import BrokenAnswer, NotAllowed, NotReached, TookTooLong, TooLarge, Why
from .inflate import Inflater


class Head:
    """Status and headers, names in small letters. Raises TooLarge for a body that is announced as too large."""

    def __init__(self, status: int, headers: Sequence[tuple[bytes, bytes]], bounds: Bounds) -> None:
        self.status = status
        self.headers: dict[str, str] = {}
        for name, value in headers:
            self.headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
        self.inflater = Inflater(self.headers.get("content-encoding", ""), bounds.most_bytes)
        if (self.length or 0) > bounds.most_bytes:
            raise TooLarge(bounds.most_bytes)

    @property
    def length(self) -> int | None:
        """Bytes on the wire as the server announces them."""
        told = self.headers.get("content-length", "")
        return int(told) if told.isascii() and told.isdecimal() else None

    @property
    def media_type(self) -> str:
        """Such as `text/html`, in small letters; "" when the server does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """As the server says it; "" when it does not."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'").lower()
        return ""


@contextmanager
def own_errors() -> Iterator[None]:
    """httpcore's exceptions as those of this package."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise TookTooLong("no complete answer in time") from error
    except httpcore.ConnectError as error:
        raise NotReached("no connection", Why.CONNECTION) from error
    except httpcore.LocalProtocolError as error:
        raise NotAllowed("this cannot be asked in HTTP", Why.FORM) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise BrokenAnswer("no whole answer came", Why.ANSWER) from error


@contextmanager
def handshake() -> Iterator[None]:
    """Around one: whoever cannot show to be the one that was meant is told from nobody. httpcore's pool forgets why."""
    try:
        yield
    except httpcore.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLError):
            raise NotReached("the certificate is not to be trusted", Why.CERTIFICATE) from error
        raise
