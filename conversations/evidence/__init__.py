"""Evidence: sealed, chained and never changed.

An entry says what happened to which case and when, and carries the digest of its payload and the hash of the entry
before; the payload lies beside it, encrypted under a key of its own. So the chain can be verified by anybody, and read
only by whoever has the master keys.
"""

from .chain import Head, parse_head
from .hold import end_hold, relock
from .record import add, head, last_payload, recording
from .seal import open_payload
from .verify import Fault, Finding, verify

__all__ = [
    "Fault",
    "Finding",
    "Head",
    "add",
    "end_hold",
    "head",
    "last_payload",
    "open_payload",
    "parse_head",
    "recording",
    "relock",
    "verify",
]
