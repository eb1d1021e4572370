"""How a reader is asked and how it answers, for both ends of the socket between them.

A reader has had a stranger's file in its hands, so its answers are believed no more than the file is: no pickles, and
types, sides and sizes only as they may be.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .errors import Broken, Empty, ImagingError, NotAPicture, TooHard, TooManyPixels, TooNarrow
from .values import Bounds, Encoded

Receive = Callable[[int], bytes]
"""So many bytes of an answer."""

TAKEN = b"+"
"""Comes before the answer, once a reader has begun: whatever becomes of it from then on comes of the picture."""

LONGEST = 4096  # bytes, of all but the pictures themselves
LONGEST_WORDS = 200  # of what a decoder says
SMALL_SIZE = 1_000_000  # bytes
WIDEST = 10_000  # pixels
REFUSALS = {each.__name__: each for each in (Empty, NotAPicture, Broken, TooManyPixels, TooNarrow, TooHard)}

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made of a file: `work` is one of `child.WORKS`, of which so many pictures come."""

    work: str
    count: int
    bounds: Bounds

    def packed(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> Order:
        told = json.loads(data)
        return cls(told["work"], told["count"], Bounds(**told["bounds"]))


def made(pictures: Sequence[Encoded]) -> list[bytes]:
    """An answer with pictures, in pieces."""
    rows = [[len(each.data), each.media_type, each.width, each.height] for each in pictures]
    return [_packed({"made": rows}), *(each.data for each in pictures)]


def refused(error: ImagingError) -> list[bytes]:
    told = [each if isinstance(each, int) else str(each)[:LONGEST_WORDS] for each in error.args[:1]]
    return [_packed({"refused": type(error).__name__, "told": told})]


def answer(receive: Receive, order: Order) -> list[Encoded]:
    """The pictures of an answer. Raises the ImagingError that was told, and ValueError for what no reader says."""
    match _unpacked(receive):
        case {"made": [*rows]} if len(rows) == order.count:
            most = (order.bounds.size, SMALL_SIZE)
            return [_picture(row, receive, size) for row, size in zip(rows, most, strict=False)]
        case {"refused": str(name), "told": [] | [int() | str()] as told} if name in REFUSALS:
            raise REFUSALS[name](*told)
    raise ValueError("no answer of a reader")


def _picture(row: Any, receive: Receive, most: int) -> Encoded:
    match row:
        case [int(size), "image/jpeg" | "image/png" | "image/webp" as media_type, int(width), int(height)]:
            if 0 < size <= most and 0 < width <= WIDEST and 0 < height <= WIDEST:
                return Encoded(receive(size), media_type, width, height)
    raise ValueError("no picture of a reader")


def _packed(value: Any) -> bytes:
    text = json.dumps(value).encode()
    return _LENGTH.pack(len(text)) + text


def _unpacked(receive: Receive) -> Any:
    (length,) = _LENGTH.unpack(receive(_LENGTH.size))
    if length > LONGEST:
        raise ValueError("longer than readers answer")
    try:
        return json.loads(receive(length))
    except RecursionError:
        raise ValueError("deeper than readers answer") from None
