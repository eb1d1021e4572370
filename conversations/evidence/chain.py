"""How entries hang together; pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import NamedTuple


class Head(NamedTuple):
    """The end of the chain at some moment: who knows it can prove that nothing before was cut."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class Link(NamedTuple):
    """All of an entry that its hash covers, in order."""

    seq: int
    at: dt.datetime
    kind: str
    case_code: uuid.UUID | None
    payload_digest: str
    prev_hash: str

    def hash(self, seq: int | None = None) -> str:
        """The hash of this entry; with `seq`, what it would be in another place. No field contains a line break."""
        at = self.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
        place = self.seq if seq is None else seq
        text = f"1\n{place}\n{at}\n{self.kind}\n{self.case_code or ''}\n{self.payload_digest}\n{self.prev_hash}"
        return hashlib.sha256(text.encode()).hexdigest()


def parse_head(text: str) -> Head:
    """SEQ:HASH as the log has it; ValueError for anything else."""
    seq, _, digest = text.strip().partition(":")
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(text)
    return Head(int(seq), digest)
