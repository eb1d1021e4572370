"""Writes the parser's tokens as the page's HTML: the markup and class names of the style sheets `prose` and `code`."""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from markdown_it.token import Token

from .bounds import EMPHASIS_DEPTH, Budget
from .code import figure
from .footnotes import Notes
from .links import allowed, bare_links, opening
from .marks import Marks
from .maths import as_code, mathml
from .outline import Outline
from .text import escape
from .tongue import TELLING, language_of

# Where the parser stops to look for markup; at a bracket it looks far.
_MARKS = re.compile(r"[\n!#$%&*+\-:<=>@\[\\\]^_`{}~]")
_BRACKET_WEIGHT = 4
_ALIGNED = {"text-align:right": ' class="end"', "text-align:center": ' class="center"'}
_PLAIN_TAGS = frozenset({"ul", "thead", "tbody", "tr"})


class Writer:
    """Writes blocks one after another, in the order of the text.

    `parse_inline` reads a line's own markup; it becomes the children of its token. `budget` is spent on the way, and
    `outline` knows the headings so far. What may still grow (`is_open`) does not say the languages of its quotes. With
    `marks` those of sources are links.
    """

    def __init__(
        self,
        parse_inline: Callable[[Token], list[Token]],
        budget: Budget,
        outline: Outline,
        notes: Notes | None,
        marks: Marks | None = None,
        *,
        is_open: bool = False,
    ) -> None:
        self._parse_inline = parse_inline
        self._budget = budget
        self._outline = outline
        self._notes = notes
        self._marks = marks
        self._is_open = is_open
        self._out: list[str] = []
        self._links = 0
        self._written_links: list[bool] = []
        self._emphasis = 0
        self._heading = 0
        self._task: bool | None = None

    def write(self, tokens: Sequence[Token]) -> str:
        """Return the HTML of some blocks."""
        self._out = []
        for index, token in enumerate(tokens):
            if token.type == "blockquote_open" and not self._is_open:
                token.meta["language"] = language_of(_quoted(tokens, index))
            self._block(token)
        return "".join(self._out)

    def _block(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            self._inline(token)
        elif kind in _LEAVES:
            _LEAVES[kind](self, token)
        elif kind == "heading_open":
            self._heading = self._outline.place(int(token.tag[1]))
            self._out.append(f'<h{self._heading} dir="auto">')
        elif kind == "heading_close":
            self._out.append(f"</h{self._heading}>")
        elif kind == "list_item_close":
            self._close_item()
        elif token.nesting and token.tag and not token.hidden:
            self._out.append(_open_tag(token) if token.nesting > 0 else _close_tag(token))
            if kind == "list_item_open":
                self._task = token.meta.get("checked")

    def _close_item(self) -> None:
        if self._task is not None:
            self._out.append(f"{self._checkbox()}</label>")
        self._out.append("</li>")

    def _checkbox(self) -> str:
        checked = " checked" if self._task else ""
        self._task = None
        return f'<label><input type="checkbox" disabled{checked}> '

    def _inline(self, token: Token) -> None:
        is_task = self._task is not None
        if is_task:
            self._out.append(self._checkbox())
        marks = len(_MARKS.findall(token.content)) + token.content.count("[") * _BRACKET_WEIGHT
        if self._budget.spend_marks(marks):
            token.children = self._parse_inline(token)
            self._spans(token.children)
        else:
            self._out.append(escape(token.content))
        if is_task:
            self._out.append("</label>")

    def _spans(self, tokens: Sequence[Token]) -> None:
        self._emphasis = 0
        for token in tokens:
            write = _SPANS.get(token.type)
            if write is not None:
                write(self, token)

    def _text(self, token: Token) -> None:
        if self._links:
            self._out.append(escape(token.content))
            return
        for text, numbers in self._marks.pieces(token.content) if self._marks else ((token.content, ()),):
            self._out.append(self._marks.html(numbers) if numbers and self._marks else _with_links(text))

    def _escaped(self, token: Token) -> None:
        self._out.append(escape(token.content))

    def _break(self, token: Token) -> None:
        self._out.append("\n" if token.type == "softbreak" else "<br>")

    def _code_span(self, token: Token) -> None:
        self._out.append(f"<code>{escape(token.content)}</code>")

    def _emphasis_open(self, token: Token) -> None:
        self._emphasis += 1
        if self._emphasis <= EMPHASIS_DEPTH:
            self._out.append(f"<{_EMPHASIS[token.tag]}>")

    def _emphasis_close(self, token: Token) -> None:
        if self._emphasis <= EMPHASIS_DEPTH:
            self._out.append(f"</{_EMPHASIS[token.tag]}>")
        self._emphasis -= 1

    def _link_open(self, token: Token) -> None:
        address = str(token.attrs.get("href", ""))
        written = allowed(address)
        self._links += 1
        self._written_links.append(written)
        if written:
            self._out.append(opening(address, str(token.attrs.get("title", ""))))

    def _link_close(self, _token: Token) -> None:
        self._links -= 1
        if self._written_links.pop():
            self._out.append("</a>")

    def _image(self, token: Token) -> None:
        """Write an image as a link to it: a page loads nothing from other hosts by itself."""
        address = str(token.attrs.get("src", ""))
        alternative = _words(token.children or ())
        if self._links or not allowed(address):
            self._out.append(escape(alternative))
        else:
            self._out.append(f"{opening(address)}{escape(alternative or address)}</a>")

    def _note_mark(self, token: Token) -> None:
        label = token.meta["label"]
        if self._notes is None or self._links:
            self._out.append(escape(f"[^{label}]"))
        else:
            self._out.append(self._notes.mark(label))

    def _formula(self, token: Token) -> None:
        display = "inline" if token.type == "math" else "block"
        if self._budget.spend_formula(len(token.content)):
            self._out.append(mathml(token.content, display))
        else:
            self._out.append(as_code(token.content))

    def _formula_block(self, token: Token) -> None:
        self._out.append('<div class="scroll" tabindex="0">')
        self._formula(token)
        self._out.append("</div>")

    def _open_formula(self, token: Token) -> None:
        self._out.append(f'<div class="scroll" tabindex="0">{as_code(token.content)}</div>')

    def _code(self, token: Token) -> None:
        language = (token.info.split() or [""])[0].strip("{}.")
        source = token.content.removesuffix("\n")
        wanted = bool(language) and not token.meta.get("open")
        self._out.append(figure(language, source, highlighted=wanted and self._budget.spend_highlighting(len(source))))

    def _rule(self, _token: Token) -> None:
        self._out.append("<hr>")

    def _table(self, token: Token) -> None:
        self._out.append('<div class="scroll" tabindex="0"><table>' if token.nesting > 0 else "</table></div>")


def _with_links(text: str) -> str:
    pieces = bare_links(text)
    return "".join(f"{opening(address)}{escape(shown)}</a>" if address else escape(shown) for shown, address in pieces)


_EMPHASIS = {"em": "em", "strong": "strong", "s": "del"}

_LEAVES: dict[str, Callable[[Writer, Token], None]] = {
    "fence": Writer._code,
    "code_block": Writer._code,
    "math_block": Writer._formula_block,
    "math_open": Writer._open_formula,
    "hr": Writer._rule,
    "table_open": Writer._table,
    "table_close": Writer._table,
}

_SPANS: dict[str, Callable[[Writer, Token], None]] = {
    "text": Writer._text,
    "text_special": Writer._escaped,
    "softbreak": Writer._break,
    "hardbreak": Writer._break,
    "code_inline": Writer._code_span,
    "em_open": Writer._emphasis_open,
    "em_close": Writer._emphasis_close,
    "strong_open": Writer._emphasis_open,
    "strong_close": Writer._emphasis_close,
    "s_open": Writer._emphasis_open,
    "s_close": Writer._emphasis_close,
    "link_open": Writer._link_open,
    "link_close": Writer._link_close,
    "image": Writer._image,
    "note_mark": Writer._note_mark,
    "math": Writer._formula,
    "math_display": Writer._formula,
}


def _open_tag(token: Token) -> str:
    tag = token.tag
    if tag in _PLAIN_TAGS:
        return f"<{tag}>"
    if tag == "ol":
        start = token.attrs.get("start")
        return "<ol>" if start is None else f'<ol start="{start}">'
    aligned = _ALIGNED.get(str(token.attrs.get("style")), "")
    scope = ' scope="col"' if tag == "th" else ""
    language = token.meta.get("language")
    spoken = f' lang="{language}"' if language else ""
    return f'<{tag}{scope}{spoken}{aligned} dir="auto">'


def _close_tag(token: Token) -> str:
    return f"</{token.tag}>"


def _words(tokens: Sequence[Token]) -> str:
    """Return the words of an image's description, without its markup."""
    return "".join(_words(token.children) if token.children else token.content for token in tokens)


def _quoted(tokens: Sequence[Token], start: int) -> str:
    """Return the first words of the quote that opens at `start`."""
    words = ""
    for token in islice(tokens, start + 1, None):
        if len(words) >= TELLING or token.level <= tokens[start].level:
            break
        words += f"{token.content}\n" if token.type == "inline" else ""
    return words
