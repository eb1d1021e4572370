"""Many small HTTP chunks → few large ones, without I/O.

A server that streams sends each delta as an HTTP chunk of its own. The HTTP parser under httpx makes an
event of each, and each passes a dozen generators: 40 µs per delta, ten times what reading its JSON costs.
Chunk borders carry no meaning (RFC 9112 §7.1), so all payload that has arrived may travel as one chunk.
"""

import re

_CHUNKED = re.compile(rb"(?im)^transfer-encoding:[ \t]*chunked[ \t]*\r?$")
# The line break belongs to the payload before; before the first chunk we put one ourselves.
_SIZE = re.compile(rb"\r\n([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")
_HEAD_END = b"\r\n\r\n"
_HEAD_LIMIT = 128 * 1024
_SIZE_LINE_LIMIT = 1024


class Merger:
    """What a connection sends, the chunks of a chunked answer merged; everything else as it came.

    It never judges: at the first byte that it does not expect it steps aside, and the parser behind it
    decides. `restart` when the next request is written.
    """

    __slots__ = ("_buffer", "_left", "_state")

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._buffer = b""
        self._left = 0
        self._state = self._head

    @property
    def is_merging(self) -> bool:
        """The answer is chunked and its end has not come."""
        return self._state == self._body

    def feed(self, data: bytes) -> tuple[bytes, bytes, bytes]:
        """(as it came, merged payload without its chunk header, as it came): in this order."""
        return self._state(data)

    def _aside(self, data: bytes) -> tuple[bytes, bytes, bytes]:
        return data, b"", b""

    def _head(self, data: bytes) -> tuple[bytes, bytes, bytes]:
        """Heads pass at once; a copy is kept to see where they end."""
        self._buffer += data
        head, end, rest = self._buffer.partition(_HEAD_END)
        if not end:
            if len(self._buffer) > _HEAD_LIMIT:
                self._step_aside()
            return data, b"", b""
        self._buffer = b""
        passed = data[: len(data) - len(rest)]
        if _INTERIM.match(head):
            more, payload, tail = self._head(rest)
            return passed + more, payload, tail
        if not _CHUNKED.search(head):
            self._step_aside()
            return data, b"", b""
        self._state = self._body
        _, payload, tail = self._body(b"\r\n" + rest)
        return passed, payload, tail

    def _body(self, data: bytes) -> tuple[bytes, bytes, bytes]:
        if self._buffer:
            data, self._buffer = self._buffer + data, b""
        payload = [data[: self._left]]
        at = len(payload[0])
        self._left -= at
        tail = b""
        while not self._left:
            size = _SIZE.match(data, at)
            if size is None or not (length := int(size[1], 16)):
                tail = self._interrupt(data[at:], is_last=size is not None)
                break
            start = size.end()
            at = start + length
            piece = data[start:at]
            payload.append(piece)
            self._left = length - len(piece)
        return b"", b"".join(payload), tail

    def _interrupt(self, rest: bytes, *, is_last: bool) -> bytes:
        """No further chunk in `rest`: half a size line, the end, or nonsense."""
        if not is_last and rest.find(b"\r\n", 2) < 0 and len(rest) < _SIZE_LINE_LIMIT:
            self._buffer = rest
            return b""
        self._step_aside()
        return rest.removeprefix(b"\r\n")

    def _step_aside(self) -> None:
        self._buffer = b""
        self._state = self._aside
