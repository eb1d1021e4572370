"""One answer, from bytes to events and reply, without I/O: what every shell around a socket feeds."""

from .bounds import Limits
from .errors import ConnectionLost, GlmError, ProtocolError, TooLarge, error_in
from .events import Event
from .fold import Fold
from .lenient import parse_object
from .reader import Reader
from .results import Reply
from .shape import PlainText
from .sse import Decoder, Frame


class Reading:
    """Feed it what came; it gives the events that are certain by now.

    `failure` is set instead of raised, so that the events before it reach the person first.
    """

    def __init__(self, limits: Limits) -> None:
        self._decoder = Decoder(limits.line, limits.frame)
        self._reader = Reader()
        self._fold = Fold()
        self.failure: GlmError | None = None

    @property
    def reply(self) -> Reply:
        return self._fold.reply

    @property
    def is_over(self) -> bool:
        """Nothing that comes from here on is read."""
        return self._reader.is_done or self.failure is not None

    def feed(self, data: bytes) -> tuple[Event, ...]:
        """The events that `data` makes certain; none once the reading is over."""
        frames: list[Frame | PlainText] = []
        try:
            frames = self._decoder.feed(data)
        except TooLarge as error:
            self.fail(error)
        return self._read(frames)

    def feed_whole(self, body: str) -> tuple[Event, ...]:
        """A whole answer in one JSON object, from a server that does not stream."""
        value = parse_object(body)
        if value is None or not ("choices" in value or error_in(value)):
            self.fail(ProtocolError("the answer is not GLM's", raw=body))
            return ()
        return self._read([Frame("", body, value)])

    def fail(self, error: GlmError) -> None:
        self.failure = self.failure or error

    def end(self, error: GlmError | None = None) -> tuple[Event, ...]:
        """The stream is over, cleanly or by `error`, which counts only while the reply has no end.

        A connection that breaks in the middle of a reply counts as an end without a reason, as when GLM's host
        closes it in good order: who reads must not care which of them it was.
        """
        events = self._read(self._last_frames())
        rest = self._reader.flush()
        self._fold.add(rest)
        is_broken_off = isinstance(error, ConnectionLost) and self._reader.has_begun
        if error and not (is_broken_off or self._fold.is_finished):
            self.fail(error)
        elif not self._reader.has_begun:
            self.fail(ProtocolError("the stream holds no reply", raw=self._reader.odd))
        self._fold.break_off()
        return (*events, *rest)

    def _last_frames(self) -> list[Frame | PlainText]:
        try:
            return [] if self.is_over else self._decoder.flush()
        except TooLarge as error:
            self.fail(error)
            return []

    def _read(self, frames: list[Frame | PlainText]) -> tuple[Event, ...]:
        events = self._reader.feed(frames)
        self._fold.add(events)
        if self._reader.error:
            self.fail(self._reader.error)
        return tuple(events)
