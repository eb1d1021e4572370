"""Markdown as plain text: what people paste where no Markdown is read."""

from collections.abc import Iterable

from markdown_it.token import Token

from .blocks import Document
from .bounds import Extent
from .links import allowed
from .text import clean

_RULE = "———"
_APART = frozenset({"heading_open", "fence", "code_block", "math_block", "hr", "table_open", "note_open"})
_LISTS = frozenset({"bullet_list_open", "ordered_list_open", "blockquote_open"})
_SOURCE = frozenset({"fence", "code_block", "math_block"})


def plain(text: str) -> str:
    """Return a text without its markup; beyond the bounds of Markdown it stays as it was written."""
    markdown, surplus = Extent().split(clean(text))
    document = Document()
    reading = document.read(markdown)
    page = _Page()
    for block in reading.blocks:
        for token in block.tokens:
            if token.type == "inline":
                token.children = document.parse_line(token, reading.references)
            page.take(token)
    return "\n\n".join(filter(None, [page.text, surplus.strip("\n")]))


class _Page:
    """Lines with what stands before them: the marks of quotes, and of list items."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._before: list[str] = []
        self._marker = ""
        self._gap: str | None = None
        self._row: list[str] | None = None

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def take(self, token: Token) -> None:
        """Write the next token of a block."""
        kind = token.type
        if self._gap is None and self._stands_apart(token):
            outside = self._before[:-1] if self._marker else self._before
            self._gap = "".join(outside).rstrip()
        if kind == "inline":
            self._inline(token)
        elif kind in _SOURCE:
            self._put(token.content.removesuffix("\n"))
        elif kind == "hr":
            self._put(_RULE)
        elif kind == "tr_open":
            self._row = []
        elif kind == "tr_close":
            self._end_row()
        else:
            self._container(token)

    def _container(self, token: Token) -> None:
        match token.type:
            case "list_item_open":
                self._open(_marker(token))
            case "note_open":
                self._open(f"[^{token.meta['label']}]: ")
            case "list_item_close" | "note_close":
                if self._marker:  # an item without a word
                    self._put("")
                self._before.pop()
            case "blockquote_open":
                self._before.append("> ")
            case "blockquote_close":
                self._before.pop()

    def _open(self, marker: str) -> None:
        if self._marker:
            self._put("")
        self._marker = marker
        self._before.append(" " * len(marker))

    def _inline(self, token: Token) -> None:
        words = _words(token.children or ())
        if self._row is None:
            self._put(words)
        else:
            self._row.append(words.replace("\n", " "))

    def _end_row(self) -> None:
        self._put("\t".join(self._row or ()))
        self._row = None

    def _put(self, text: str) -> None:
        if self._gap is not None and self._lines:
            self._lines.append(self._gap)
        self._gap = None
        for line in text.split("\n"):
            before = "".join(self._before)
            if self._marker:
                before = before[: len(before) - len(self._marker)] + self._marker
                self._marker = ""
            self._lines.append((before + line).rstrip())

    def _stands_apart(self, token: Token) -> bool:
        if token.type == "paragraph_open":
            return not token.hidden
        is_in_item = any(each.isspace() for each in self._before)
        return token.type in _APART or (token.type in _LISTS and not is_in_item)


def _marker(item: Token) -> str:
    checked = item.meta.get("checked")
    task = "" if checked is None else "[x] " if checked else "[ ] "
    return f"{item.info}{item.markup} {task}" if item.info else f"- {task}"


def _words(tokens: Iterable[Token]) -> str:
    out: list[str] = []
    addresses: list[tuple[str, int]] = []
    for token in tokens:
        match token.type:
            case "softbreak" | "hardbreak":
                out.append("\n")
            case "link_open":
                addresses.append((str(token.attrs.get("href", "")), len(out)))
            case "link_close":
                address, start = addresses.pop()
                out.append(_address(address, "".join(out[start:])))
            case "image":
                alternative = _words(token.children or ())
                out.append(alternative + _address(str(token.attrs.get("src", "")), alternative))
            case _:
                out.append(token.content)
    return "".join(out)


def _address(address: str, shown: str) -> str:
    """Return what is written behind a link: its address, unless that is what is shown."""
    if not allowed(address) or shown in (address, address.removeprefix("mailto:")):
        return ""
    return f" ({address})" if shown else address
