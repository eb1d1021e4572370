"""The texts that a PNG carries beside its pixels; nothing is decoded, and of the file only those texts are read.

https://www.w3.org/TR/png-3/#5DataRep
"""

from __future__ import annotations

import os
import struct
from collections.abc import Collection
from typing import IO

from .errors import TooLong, Unreadable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 10_000
KEYWORD_LENGTH = 79
_HEAD = struct.Struct(">I4s")


def is_png(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(len(SIGNATURE)) == SIGNATURE


def texts(file: IO[bytes], keywords: Collection[str], most: int) -> dict[str, bytes]:
    """The Latin-1 texts (`tEXt`) under these keywords, the first of each. Raises TooLong for one of more than `most`
    bytes, and Unreadable for a file that is cut off or endless."""
    end = file.seek(0, os.SEEK_END)
    at = file.seek(len(SIGNATURE))
    found: dict[str, bytes] = {}
    for _ in range(MOST_CHUNKS):
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise Unreadable("cut off")
        length, kind = _HEAD.unpack(head)
        at += _HEAD.size + length + 4  # behind the four bytes of the checksum
        if at > end:
            raise Unreadable("a piece is longer than the file")
        if kind == b"IEND":
            return found
        if kind == b"tEXt":
            _take(file, length, keywords, most, found)
        file.seek(at)
    raise Unreadable("too many pieces")


def _take(file: IO[bytes], length: int, keywords: Collection[str], most: int, found: dict[str, bytes]) -> None:
    beginning = file.read(min(length, KEYWORD_LENGTH + 1))
    keyword, separator, text = beginning.partition(b"\0")
    name = keyword.decode("latin-1").lower()
    if not separator or name not in keywords or name in found:
        return
    if length > most:
        raise TooLong
    found[name] = text + file.read(length - len(beginning))
