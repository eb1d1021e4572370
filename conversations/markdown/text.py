"""The characters a text may hold, before anything else looks at it."""

import re

_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?")
_UNFINISHED = re.compile(r"[\r\ud800-\udbff]\Z")

# A letter, then nothing that means anything to the parser anywhere in a line.
_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;?\"'()#%/+\-，。、；：？！（）《》“”‘’…—])*(?<! )")


def is_words(text: str) -> bool:
    """Say whether a text is one line of words without markup and addresses, as most questions are."""
    return len(text) <= 1000 and _WORDS.fullmatch(text) is not None and "ww." not in text.lower()


def clean(text: str) -> str:
    r"""Return the text with `\n` line ends, without control characters, and with lone surrogates as U+FFFD."""
    if not _UNWANTED.search(text):
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROL.sub("", _LINE_END.sub("\n", joined))


def escape(text: str) -> str:
    """Return the text as HTML, written exactly as the allow-list's serializer writes it."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\xa0", "&nbsp;")


class Intake:
    """Cleans a text that comes in pieces: a CR LF or a surrogate pair may be split between two of them."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def feed(self, text: str) -> None:
        """Keep a piece; nothing is looked at yet."""
        if text:
            self._pieces.append(text)

    def take(self, *, last: bool = False) -> str:
        """Return what has come since, cleaned; an unfinished end stays behind unless this is the last time."""
        if not self._pieces:
            return ""
        text = "".join(self._pieces)
        self._pieces.clear()
        if not last and _UNFINISHED.search(text):
            self._pieces.append(text[-1])
            text = text[:-1]
        return clean(text)
