"""Bytes of an event stream in, frames out. Without I/O, split anywhere."""

from typing import Any, NamedTuple

from .errors import TooLarge
from .lenient import parse_object
from .shape import PlainText, Shape

_DONE = "[DONE]"


class Frame(NamedTuple):
    """One dispatched frame. `value` is its JSON, None when the data is not a JSON object."""

    event: str
    data: str
    value: dict[str, Any] | None

    @property
    def is_done(self) -> bool:
        """Some hosts write more after the marker, so a prefix is enough."""
        return self.data.startswith(_DONE)


class Decoder:
    """Splits an event stream as the HTML standard says, with the liberties that GLM's hosts need.

    Lines end at LF, CRLF and lone CR and nowhere else: `str.splitlines` would cut at U+2028, which GLM
    sends raw inside JSON. A `data:` line that is a whole JSON object is dispatched at once, so a missing or
    late blank line costs nothing; anything else is joined and waits for the blank line.
    """

    __slots__ = (
        "_after_cr",
        "_data",
        "_event",
        "_frame_limit",
        "_is_between",
        "_is_first",
        "_line_limit",
        "_pending",
        "_shape",
        "_size",
    )

    def __init__(self, line_limit: int, frame_limit: int) -> None:
        self._line_limit, self._frame_limit = line_limit, frame_limit
        self._shape = Shape()
        self._pending = bytearray()
        self._after_cr = False
        self._is_first = True
        self._event = ""
        self._data: list[str] = []
        self._size = 0
        self._is_between = True
        """No field of the next frame has come."""

    def feed(self, data: bytes) -> list[Frame | PlainText]:
        """The frames that `data` completes. Raises `TooLarge` beyond the limits for a line or a frame."""
        data = self._normalise(data)
        head, newline, rest = data.rpartition(b"\n")
        if not newline:
            self._keep(rest)
            return []
        block = bytes(self._pending) + head if self._pending else head
        self._pending = bytearray()
        self._keep(rest)
        if len(block) > self._line_limit:
            self._check_lines(block)
        frames: list[Frame | PlainText] = []
        for line in self._text(block).split("\n"):
            if not line:
                self._dispatch(frames)
            elif self._is_between and (plain := self._shape.text_in(line)):
                frames.append(plain)
            else:
                self._line(line, frames)
        return frames

    def flush(self) -> list[Frame | PlainText]:
        """The last frame of a stream that ended without its blank line."""
        frames: list[Frame | PlainText] = []
        if self._pending:
            self._line(self._text(bytes(self._pending)), frames)
            self._pending.clear()
        self._dispatch(frames)
        return frames

    def _normalise(self, data: bytes) -> bytes:
        """All line ends as LF. A CR at the end counts at once; an LF that follows it later is skipped."""
        if self._after_cr and data:
            self._after_cr = False
            data = data.removeprefix(b"\n")
        if b"\r" not in data:
            return data
        self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _keep(self, data: bytes) -> None:
        self._pending += data
        if len(self._pending) > self._line_limit:
            raise TooLarge("line", self._line_limit)

    def _check_lines(self, block: bytes) -> None:
        if max(map(len, block.split(b"\n"))) > self._line_limit:
            raise TooLarge("line", self._line_limit)

    def _text(self, block: bytes) -> str:
        text = block.decode("utf-8", "replace")
        if self._is_first:
            self._is_first = False
            text = text.removeprefix("\ufeff")
        return text

    def _line(self, line: str, frames: list[Frame | PlainText]) -> None:
        if line.startswith("data:"):
            self._add_data(line, line[6:] if line[5:6] == " " else line[5:], frames)
        elif line.startswith("event:"):
            self._event = line[6:].strip()
            self._is_between = False
        elif line == "data":
            self._add_data(line, "", frames)

    def _add_data(self, line: str, data: str, frames: list[Frame | PlainText]) -> None:
        if not self._data and data.endswith("}") and (value := parse_object(data)) is not None:
            self._shape.learn(line, value)
            frames.append(Frame(self._event, data, value))
            self._begin()
            return
        self._data.append(data)
        self._is_between = False
        self._size += len(data) + 1
        if self._size > self._frame_limit:
            raise TooLarge("frame", self._frame_limit)
        if len(self._data) == 1 and data.startswith(_DONE):
            self._dispatch(frames)

    def _dispatch(self, frames: list[Frame | PlainText]) -> None:
        if self._is_between:
            return
        if self._data:
            data = "\n".join(self._data)
            frames.append(Frame(self._event, data, parse_object(data)))
        self._begin()

    def _begin(self) -> None:
        self._event, self._data, self._size = "", [], 0
        self._is_between = True
