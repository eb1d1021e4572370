"""The sentences of a text that grows, as they are spoken: each once, when it has ended, and without its markup."""

import re
from html import unescape

CODE = "\x00code"
"""Stands for a block of code among the sentences: its characters are no speech."""
FORMULA = "\x00formula"
"""Stands for a formula on lines of its own."""

LONGEST = 1_000
"""A text without any end is spoken in pieces of about this length."""

# After a Latin end there must be a space: "3.5" and "example.org" go on. A Chinese end needs none.
_END = re.compile(r"[.!?…]+[\"'”’)\]»*_]*(?:\[\^[^\]\s]{1,64}\])*(?=\s)|[。！？…；]+[”’」』）》*_]*|\n")
_BLOCK = re.compile(r"[ \t>]*(?:(`{3,}|~{3,})[^`\n]*|(\$\$|\\\[)[^\n]*)\n")
_END_OF_FORMULA = re.compile(r".*(?:\$\$|\\\])[ \t]*")
_MAY_BE_BLOCK = re.compile(r"[ \t>]*(?:`|~|\$|\\|\Z)")
_LETTER = re.compile(r"[^\W\d_]")

_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}\Z|[ \t|:-]*-[ \t|:-]*\Z")
_MARKER = re.compile(r"\A[ \t]*(?:(?:>|[-*+]|#{1,6}|\d{1,9}[.)])[ \t]+|\[[ xX]\][ \t]+|\[\^[^\]\s]+\]:[ \t]*)+")
_NOTE = re.compile(r"\[\^[^\]\s]+\]")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()\s]*(?:[ \t][^()]*)?\)|\[[^\[\]]*\])")
_MARKS = re.compile(r"\*{1,3}|_{2}|~{2}|`+|\\(?=[^\w\s]|\Z)|^\|[ \t]*|[ \t]*\|[ \t]*\Z")


class Sentences:
    """Takes a growing text and gives back what has become whole sentences since."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._is_at_line_start = True
        self._closing: re.Pattern[str] | None = None

    def feed(self, text: str) -> list[str]:
        """Take a piece and return the sentences that it ends; CODE and FORMULA stand for what is not spoken."""
        self._text, self._at = self._text[self._at :] + text, 0
        sentences: list[str] = []
        while self._take(sentences):
            pass
        return sentences

    def flush(self) -> list[str]:
        """Return the rest: nothing more comes."""
        return self.feed("\n")

    def _take(self, sentences: list[str]) -> bool:
        """Go on by a sentence, or by a line of a block; False when none is complete."""
        if self._closing is not None:
            return self._pass_line(self._closing)
        if self._is_at_line_start and _MAY_BE_BLOCK.match(self._text, self._at):
            opening = _BLOCK.match(self._text, self._at)
            if opening:
                self._enter(opening, sentences)
                return True
            if self._text.find("\n", self._at) < 0 and len(self._text) - self._at < LONGEST:
                return False
        end = self._end()
        if end is None:
            return False
        self._is_at_line_start = self._text[end - 1] == "\n"
        words = spoken(self._text[self._at : end])
        self._at = end
        if any(map(str.isalnum, words)):
            sentences.append(words)
        return True

    def _end(self) -> int | None:
        """Where the next sentence ends. A number of a list has a point, but says nothing."""
        seen, last = self._at, self._at + LONGEST
        for found in _END.finditer(self._text, self._at, last):
            if found.group() == "\n" or _LETTER.search(self._text, seen, found.start()):
                return found.end()
            seen = found.end()
        if len(self._text) < last:
            return None
        return self._text.rfind(" ", self._at + 1, last) + 1 or last

    def _enter(self, opening: re.Match[str], sentences: list[str]) -> None:
        fence, formula = opening.groups()
        self._at = opening.end()
        if fence:
            self._closing = re.compile(rf"[ \t>]*{fence[0]}{{{len(fence)},}}[ \t]*")
        elif not _closes_at_once(opening.group().strip(), formula):
            self._closing = _END_OF_FORMULA
        sentences.append(CODE if fence else FORMULA)

    def _pass_line(self, closing: re.Pattern[str]) -> bool:
        end = self._text.find("\n", self._at)
        if end < 0:
            if len(self._text) - self._at > LONGEST:  # whatever still comes, this line closes nothing
                self._text, self._at = "x", 0
            return False
        if closing.fullmatch(self._text, self._at, end):
            self._closing = None
        self._at = end + 1
        return True


def spoken(sentence: str) -> str:
    """Return a sentence, or a line, without its markup."""
    line = sentence.strip("\n")
    if _RULE.fullmatch(line):
        return ""
    line = _LINK.sub(r"\1", _NOTE.sub("", _MARKER.sub("", line, count=1)))
    line = _MARKS.sub("", line.strip()).replace(" | ", ", ").replace("|", ", ")
    return " ".join(unescape(line).split())


def _closes_at_once(line: str, opening: str) -> bool:
    closing = "$$" if opening == "$$" else "\\]"
    return len(line) > len(opening) and line.endswith(closing)
