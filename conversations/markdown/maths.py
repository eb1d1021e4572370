r"""Formulas: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` on lines of their own, as MathML."""

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import cast
from xml.etree.ElementTree import Element, tostring

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from .bounds import DISPLAY_MATHS, DISPLAY_MATHS_LINES, INLINE_MATHS
from .text import escape

_BLOCK_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_DOLLAR = re.compile(r"(?<!\\)(?:\\\\)*\$")
_WIDTH = re.compile(r'\bwidth="([^"]*)"')
_REFERENCE = re.compile(r"&amp;(#x[0-9A-Fa-f]{1,6};)")
# A formula that defines commands can grow without measure when they are expanded.
_MACRO = re.compile(r"\\(?:(?:re|provide)?newcommand|[egx]?def(?![A-Za-z])|let(?![A-Za-z])|Declare)")
_SMALL = re.compile(r"-?\d?(?:\.\d+)?em")


def add_maths(md: MarkdownIt) -> None:
    """Teach the parser formulas: block token `math_block` (or `math_open`), inline tokens `math` and `math_display`."""
    md.block.ruler.before("fence", "maths", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.inline.ruler.before("escape", "maths_bracket", _bracket)
    md.inline.ruler.before("escape", "maths_dollar", _dollar)


def _block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    # Not within quotes: a rule asked there whether it ends a paragraph cannot see where the quote ends.
    start = state.bMarks[first] + state.tShift[first]
    opener = state.src[start : start + 2]
    if opener not in _BLOCK_CLOSERS or state.is_code_block(first) or state.env.get("quotes"):
        return False
    found = state.src.find(_BLOCK_CLOSERS[opener], start + 2, start + 2 + DISPLAY_MATHS)
    if found < 0:
        return _open_block(state, first, end, start, silent)
    last = bisect_left(state.eMarks, found, lo=first)
    body = state.src[start + 2 : found].strip()
    if not body or state.src[found + 2 : state.eMarks[last]].strip() or not _contained(state, first, last, end):
        return False
    if not silent:
        _push(state, "math_block", first, last + 1, _body(state, first, last, found))
    return True


def _open_block(state: StateBlock, first: int, end: int, start: int, silent: bool) -> bool:
    """While a reply grows, a formula that may still be closed is held together: it is not a paragraph yet."""
    if not state.env.get("open") or start + 2 + DISPLAY_MATHS <= len(state.src):
        return False
    if not _contained(state, first, end - 1, end):
        return False
    if not silent:
        _push(state, "math_open", first, end, _body(state, first, end - 1, len(state.src)))
    return True


def _contained(state: StateBlock, first: int, last: int, end: int) -> bool:
    """Say whether the lines up to `last` belong to the same list item or quote, and are not too many."""
    if last >= end or last - first > DISPLAY_MATHS_LINES:
        return False
    indent = min(state.blkIndent, state.sCount[first])
    return all(state.isEmpty(line) or state.sCount[line] >= indent for line in range(first + 1, last + 1))


def _body(state: StateBlock, first: int, last: int, stop: int) -> str:
    start = state.bMarks[first] + state.tShift[first] + 2
    if first == last:
        return state.src[start:stop].strip()
    between = (state.src[state.bMarks[line] : state.eMarks[line]] for line in range(first + 1, last))
    return "\n".join([state.src[start : state.eMarks[first]], *between, state.src[state.bMarks[last] : stop]]).strip()


def _push(state: StateBlock, kind: str, first: int, end: int, body: str) -> None:
    token = state.push(kind, "math", 0)
    token.map = [first, end]
    token.content = body
    token.markup = state.src[state.bMarks[first] + state.tShift[first] :][:2]
    state.line = end


def _bracket(state: StateInline, silent: bool) -> bool:
    opener = state.src[state.pos : state.pos + 2]
    if opener not in ("\\(", "\\["):
        return False
    closer = "\\)" if opener == "\\(" else "\\]"
    end = state.src.find(closer, state.pos + 2, min(state.posMax, state.pos + 2 + INLINE_MATHS))
    if end < 0 or not state.src[state.pos + 2 : end].strip() or state.src.startswith("(", end + 2):
        return False  # "\\[text\\](address)" is a link that its author has escaped
    return _take(state, silent, 2, end, "math" if opener == "\\(" else "math_display")


def _dollar(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$":
        return False
    width = 2 if state.src.startswith("$$", state.pos) else 1
    start = state.pos + width
    found = _DOLLAR.search(state.src, start, min(state.posMax, start + INLINE_MATHS))
    if found is None:
        return False
    end = found.end() - 1
    if width == 2:
        whole = state.src.startswith("$$", end) and end + 2 <= state.posMax and state.src[start:end].strip()
        return bool(whole) and _take(state, silent, 2, end, "math_display")
    return _is_formula(state.src, state.pos, end, state.posMax) and _take(state, silent, 1, end, "math")


def _is_formula(source: str, start: int, end: int, stop: int) -> bool:
    """Tell `$x$` from prices and shell variables: no spaces inside the marks, no letter or digit outside them."""
    body = source[start + 1 : end]
    if not body or body[0].isspace() or body[-1].isspace() or "\n\n" in body:
        return False
    outside = source[max(start - 1, 0) : start] + source[end + 1 : min(end + 2, stop)]
    return not any(one.isascii() and one.isalnum() for one in outside)


def _take(state: StateInline, silent: bool, width: int, end: int, kind: str) -> bool:
    if not silent:
        token = state.push(kind, "math", 0)
        token.content = state.src[state.pos + width : end].strip()
        token.markup = state.src[state.pos : state.pos + width]
    state.pos = end + width
    return True


@lru_cache(maxsize=512)
def mathml(source: str, display: str) -> str:
    """Return the formula as MathML (`display`: "block" or "inline"), or as code where it cannot be converted."""
    if _MACRO.search(source):
        return as_code(source)
    try:
        written = tostring(_converter()(source, display=display), encoding="unicode")
    except Exception:  # the converter raises whatever comes, even StopIteration
        return as_code(source)
    return _WIDTH.sub(_bounded_width, _REFERENCE.sub(r"&\1", written))


def as_code(source: str) -> str:
    """Return the source of a formula as code."""
    return f"<code>{escape(source)}</code>"


def _bounded_width(found: re.Match[str]) -> str:
    # A space of 9999em would push the page apart.
    return found.group() if _SMALL.fullmatch(found.group(1)) else ""


@lru_cache(maxsize=1)
def _converter() -> Callable[..., Element]:
    # The converter reads its symbol tables when imported, which a process without formulas need not pay for. Its
    # elements are taken and not its string, in which `\text{<b>}` would be an element of ours.
    return cast(Callable[..., Element], import_module("latex2mathml.converter").convert_to_element)
