"""Compressed or not, in pieces that fit into memory and never more than was allowed.

We ask for `identity`; some servers compress all the same.
"""

import zlib
from collections.abc import Iterator

from .errors import BrokenAnswer, TooLarge, Why

PIECE = 256 * 1024  # however small what it was made of
_AUTOMATIC = 32 + zlib.MAX_WBITS
_KNOWN = ("gzip", "x-gzip", "deflate")


class Inflater:
    """Counts what comes out. Raises TooLarge before more than `limit` bytes have been given out, BrokenAnswer for what
    cannot be decompressed."""

    def __init__(self, encoding: str, limit: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", *_KNOWN):
            raise BrokenAnswer("compressed in a way that nobody asked for", Why.CODING)
        self._limit = self._left = limit
        self._is_compressed = encoding in _KNOWN
        self._member: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        for piece in self._inflated(data) if self._is_compressed else (data,):
            self._left -= len(piece)
            if self._left < 0:
                raise TooLarge(self._limit)
            if piece:
                yield piece

    def end(self) -> None:
        """Raises BrokenAnswer when something is missing."""
        if self._member is not None:
            raise BrokenAnswer("the compressed answer has no end", Why.CODING)

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        """A file may have several members, one behind the other."""
        while data:
            self._member = self._member or zlib.decompressobj(_AUTOMATIC)
            try:
                yield self._member.decompress(data, PIECE)
            except zlib.error:
                raise BrokenAnswer("the answer cannot be decompressed", Why.CODING) from None
            if self._member.eof:
                data, self._member = self._member.unused_data, None
            else:
                data = self._member.unconsumed_tail
