"""How much and how long: the defaults fit GLM, tests and small machines choose their own."""

from dataclasses import dataclass

_KIB, _MIB = 1 << 10, 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counted after decompression. What exceeds them ends the answer with `TooLarge`."""

    line: int = _MIB
    frame: int = 4 * _MIB
    total: int = 32 * _MIB
    error_body: int = 64 * _KIB
    """What is read of an error's body; the rest is cut off, not refused."""
    connection_count: int = 1000
    idle_connection_count: int = 50
    idle_seconds: float = 30.0
    """Shorter than any server's keep-alive we know, so that a request rarely meets a closing connection."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` bounds the silence between two reads: GLM thinks for 90 s and longer without a byte."""

    connect: float = 8.0
    read: float = 300.0
    whole: float = 1800.0
    """The same for a reply in one piece, which is silent until it is written."""
    write: float = 30.0
    pool: float = 10.0
    error_body: float = 30.0
    """For the whole body of an error."""
    drain: float = 0.1
    """What the end of a finished answer may take, so that its connection can be used again."""
