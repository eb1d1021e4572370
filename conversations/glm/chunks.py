"""The payload of many HTTP chunks at once, without I/O.

A server that streams sends each delta as an HTTP chunk of its own. The HTTP parser under httpx makes an
event of each, and each passes a dozen generators: ten times the cost of reading the delta's JSON.
"""

import re

# The line break belongs to the chunk before; ahead of the first one we put it ourselves (RFC 9112 §7.1).
_SIZE = re.compile(rb"\r\n([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
_SIZE_LINE_LIMIT = 1024


class Dechunker:
    """Fed with a chunked body, split anywhere, it gives the payload.

    It never judges: at the last chunk, or the first byte that it does not expect, it stops, and `rest` is
    what the parser proper must see to come to its own conclusion.
    """

    __slots__ = ("_buffer", "_left", "is_over", "rest")

    def __init__(self) -> None:
        self.is_over = False
        self.rest = b""
        self._buffer = b"\r\n"
        self._left = 0

    def feed(self, data: bytes) -> bytes:
        if self._buffer:
            data, self._buffer = self._buffer + data, b""
        payload = [data[: self._left]]
        at = len(payload[0])
        self._left -= at
        while not self._left:
            size = _SIZE.match(data, at)
            if size is None or not (length := int(size[1], 16)):
                self._interrupt(data[at:], is_last=size is not None)
                break
            start = size.end()
            at = start + length
            piece = data[start:at]
            payload.append(piece)
            self._left = length - len(piece)
        return b"".join(payload)

    def _interrupt(self, rest: bytes, *, is_last: bool) -> None:
        """No further chunk in `rest`: half a size line, the end, or nonsense."""
        if not is_last and rest.find(b"\r\n", 2) < 0 and len(rest) < _SIZE_LINE_LIMIT:
            self._buffer = rest
        else:
            self.is_over, self.rest = True, rest.removeprefix(b"\r\n")
