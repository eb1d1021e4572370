"""The Markdown we read: CommonMark, GitHub's tables, strikethrough and task lists, footnotes, formulas; no HTML."""

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, fence, list_block, reference

from .bounds import CONTAINER_LEVEL, INLINE_NESTING
from .footnotes import add_footnotes, starts_note
from .maths import add_maths

_INTERRUPTS = ["paragraph", "reference", "blockquote"]


class Grammar(MarkdownIt):
    """The parser. It takes any address as a link: which of them become links is decided where HTML is written."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": INLINE_NESTING, "tasklists": True})
        self.enable(["table", "strikethrough"])
        self.disable(["html_block", "html_inline"])
        self.block.ruler.at("list", _list, {"alt": _INTERRUPTS})
        self.block.ruler.at("blockquote", _quote, {"alt": [*_INTERRUPTS, "list"]})
        self.block.ruler.at("fence", _fence, {"alt": [*_INTERRUPTS, "list"]})
        self.block.ruler.at("reference", _reference)
        add_footnotes(self)
        add_maths(self)

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Let every address pass."""
        return True


def _list(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    # Deeper than the parser's own limit it would drop the rest of the text; here deeper markers stay as text.
    return state.level <= CONTAINER_LEVEL and list_block(state, first, end, silent)


def _quote(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Read a quote; `quotes` in the environment counts how many are open around the line being read."""
    if silent or state.level > CONTAINER_LEVEL:
        return state.level <= CONTAINER_LEVEL and blockquote(state, first, end, silent)
    state.env["quotes"] = state.env.get("quotes", 0) + 1
    try:
        return blockquote(state, first, end, silent)
    finally:
        state.env["quotes"] -= 1


def _reference(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    return not starts_note(state, first) and reference(state, first, end, silent)


def _fence(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Read a fence and note whether its closing line was there."""
    if not fence(state, first, end, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        token.meta["open"] = not _is_closing(state, first, state.line - 1, token.markup)
    return True


def _is_closing(state: StateBlock, first: int, last: int, markup: str) -> bool:
    line = state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]].rstrip(" \t")
    return last > first and not state.is_code_block(last) and len(line) >= len(markup) and not line.strip(markup[0])
