"""Compressed or not, never more than the limit: a bounded decoder for `Content-Encoding`.

We ask for `identity`; some gateways compress all the same.
"""

import zlib

from .errors import ProtocolError, TooLarge

_AUTOMATIC = 32 + zlib.MAX_WBITS


class Inflater:
    """Counts what comes out. Raises `TooLarge` beyond `limit` before more than that is in memory."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = self._left = limit
        self._inflate = None if encoding in ("", "identity") else _decompressor(encoding).decompress

    def feed(self, data: bytes) -> bytes:
        if self._inflate is not None:
            try:
                data = self._inflate(data, self._left + 1)
            except zlib.error:
                raise ProtocolError("the answer cannot be decompressed") from None
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge("answer", self._limit)
        return data


def _decompressor(encoding: str) -> "zlib._Decompress":
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise ProtocolError("the answer is compressed in a way we did not ask for")
    return zlib.decompressobj(_AUTOMATIC)
