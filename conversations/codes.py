"""Codes: the only identifiers that leave the server."""

import os
import time
import uuid


def new_code() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits, so that codes sort by time."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return uuid.UUID(int=value)


def code_of(text: str) -> uuid.UUID | None:
    """The code that somebody names; None for anything that is not one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
