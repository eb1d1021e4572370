"""Text as models and hosts write it → text fit to show and store, however it is split into deltas.

Met in the wild: reasoning inline as `<think>…</think>` (glm-z1, glm-4.1v, self-hosted weights), the answer
of glm-4.5v in a box of marks, marks of the chat template at the very end (hosts that do not stop at them),
NUL and lone surrogates (no database or UTF-8 encoder takes them), newlines before the first word.
"""

import re

_THINK, _THINK_END = "<think>", "</think>"
_BOX = ("<|begin_of_box|>", "<|end_of_box|>")
_TEMPLATE = ("<|user|>", "<|assistant|>", "<|observation|>", "<|system|>", "<|endoftext|>")
_MARKS = (*_BOX, *_TEMPLATE)
_ANY_BOX = re.compile("|".join(map(re.escape, _BOX)))
_RUN = re.compile(r"(?:\s|" + "|".join(map(re.escape, _MARKS)) + ")*")
_HIGH = re.compile("[\ud800-\udbff]\\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


def scrub(text: str) -> str:
    """Without NUL; halves of a surrogate pair are joined, lone ones become U+FFFD."""
    text = text.replace("\0", "")
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _beginning_at_end(text: str, marks: tuple[str, ...]) -> int:
    """How many characters at the end of `text` may be the beginning of a mark."""
    at = text.find("<", max(0, len(text) - max(map(len, marks)) + 1))
    while at >= 0:
        if any(mark.startswith(text[at:]) and len(text) - at < len(mark) for mark in marks):
            return len(text) - at
        at = text.find("<", at + 1)
    return 0


def _run_start(text: str) -> int:
    """Where the marks begin that end `text`, with blanks after each; its length when none does."""
    start = len(text)
    while True:
        end = start
        while end and text[end - 1].isspace():
            end -= 1
        mark = next((mark for mark in _MARKS if text.endswith(mark, 0, end)), None)
        if mark is None:
            return start
        start = end - len(mark)


class _Scrubber:
    """`scrub` across deltas: the first half of a pair waits for the second."""

    __slots__ = ("_half",)

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        if not self._half and text.isascii() and "\0" not in text:
            return text
        text = self._half + text.replace("\0", "")
        self._half = text[-1:] if _HIGH.search(text) else ""
        return scrub(text[:-1] if self._half else text)

    def flush(self) -> str:
        half, self._half = self._half, ""
        return scrub(half)


class _Think:
    """Splits inline reasoning from the text. Only at the beginning: later it is a word like others."""

    __slots__ = ("_held", "_is_inside", "_is_over")

    def __init__(self) -> None:
        self._held, self._is_inside, self._is_over = "", False, False

    def feed(self, text: str) -> tuple[str, str]:
        """(reasoning, text)"""
        if self._is_over:
            return "", text
        self._held += text
        if not self._is_inside and not self._begin():
            return "", self._release() if self._is_over else ""
        return self._inside()

    def flush(self) -> tuple[str, str]:
        held = self._release()
        return (held, "") if self._is_inside else ("", held)

    def _begin(self) -> bool:
        start = self._held.lstrip()
        self._is_inside = start.startswith(_THINK)
        self._is_over = not self._is_inside and not _THINK.startswith(start)
        if self._is_inside:
            self._held = start.removeprefix(_THINK)
        return self._is_inside

    def _inside(self) -> tuple[str, str]:
        before, end, after = self._held.partition(_THINK_END)
        if end:
            self._is_inside, self._is_over, self._held = False, True, ""
            return before, after
        cut = len(before) - _beginning_at_end(before, (_THINK_END,))
        self._held = before[cut:]
        return before[:cut], ""

    def _release(self) -> str:
        held, self._held = self._held, ""
        return held


class _Marks:
    """Drops the marks of a box, and those of the template where nothing but blanks comes after them.

    A run of marks waits for what follows: text (then the template's marks were meant, as in an explanation
    of templates) or the end.
    """

    __slots__ = ("_open", "_run")

    def __init__(self) -> None:
        self._run: list[str] = []
        self._open = ""

    def feed(self, text: str) -> str:
        if not self._open and not self._run and "<" not in text:
            return text
        text = self._open + text
        released = ""
        if self._run:
            end = _RUN.match(text).end()  # type: ignore[union-attr]  # it matches the empty text too
            self._run.append(text[:end])
            text = text[end:]
            if len(text) == _beginning_at_end(text, _MARKS):
                self._open = text
                return ""
            released, self._run = "".join(self._run), []
        return _ANY_BOX.sub("", released) + self._cut(text)

    def flush(self) -> str:
        held = "" if self._run else self._open
        self._run, self._open = [], ""
        return held

    def _cut(self, text: str) -> str:
        end = len(text) - _beginning_at_end(text, _MARKS)
        text, self._open = text[:end], text[end:]
        start = _run_start(text)
        if start < end:
            self._run = [text[start:]]
        return _ANY_BOX.sub("", text[:start])


class _Start:
    """Strips newlines before the first word, once: GLM begins both channels with one."""

    __slots__ = ("_is_over",)

    def __init__(self) -> None:
        self._is_over = False

    def feed(self, text: str) -> str:
        if not self._is_over:
            text = text.lstrip("\r\n")
            self._is_over = bool(text)
        return text


class Cleaner:
    """The two channels of one reply. What it gives is fit to show; what may be a mark is held back."""

    __slots__ = ("_marks", "_reasoning", "_reasoning_start", "_text", "_text_start", "_think")

    def __init__(self) -> None:
        self._reasoning, self._text = _Scrubber(), _Scrubber()
        self._reasoning_start, self._text_start = _Start(), _Start()
        self._think, self._marks = _Think(), _Marks()

    def reasoning(self, delta: str) -> str:
        return self._reasoning_start.feed(self._reasoning.feed(delta))

    def text(self, delta: str) -> tuple[str, str]:
        """(reasoning, text): inline reasoning comes first."""
        inline, text = self._think.feed(self._text.feed(delta))
        return self._reasoning_start.feed(inline), self._text_start.feed(self._marks.feed(text))

    def flush(self) -> tuple[str, str]:
        """(reasoning, text) held back, at the end of the reply."""
        inline, text = self._think.feed(self._text.flush())
        more_inline, more_text = self._think.flush()
        text = self._marks.feed(text + more_text) + self._marks.flush()
        reasoning = self._reasoning.flush() + inline + more_inline
        return self._reasoning_start.feed(reasoning), self._text_start.feed(text)
