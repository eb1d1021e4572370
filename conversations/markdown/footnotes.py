"""Footnotes: `[^label]` in the text, `[^label]: …` as a block of its own anywhere in it."""

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# The label is short: each "[^" looks for its end, and there may be many.
_MARK = re.compile(r"\[\^([^\s\[\]^]{1,64})\]")
_DEFINITION = re.compile(r"\[\^([^\s\[\]^]{1,64})\]:[ \t]*")


@dataclass(slots=True)
class Notes:
    """The numbers of the footnotes of one text, given in the order of their first marks."""

    prefix: str
    """Begins every id, so that two texts on one page do not share any."""
    labels: set[str]
    numbers: dict[str, int] = field(default_factory=dict)

    def mark(self, label: str) -> str:
        """Return the HTML of one mark; the first mark of a note can be returned to."""
        first = label not in self.numbers
        number = self.numbers.setdefault(label, len(self.numbers) + 1)
        name = f' id="{self.prefix}-{number}-mark"' if first else ""
        return f'<a class="note-mark" href="#{self.prefix}-{number}"{name} role="doc-noteref">{number}</a>'

    def item(self, number: int, html: str) -> str:
        """Return a note as list item, with the way back behind its last words."""
        back = f' <a href="#{self.prefix}-{number}-mark" role="doc-backlink">↩</a>'
        body = f"{html[:-4]}{back}</p>" if html.endswith("</p>") else html + back
        return f'<li id="{self.prefix}-{number}" dir="auto">{body}</li>'


def add_footnotes(md: MarkdownIt) -> None:
    """Teach the parser footnotes: block tokens `note_open` and `note_close`, inline token `note_mark`."""
    md.block.ruler.before("reference", "note", _definition, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.before("link", "note_mark", _mark)


def starts_note(state: StateBlock, line: int) -> bool:
    """Say whether a footnote begins in this line; such a line is never the definition of a link."""
    return _DEFINITION.match(state.src, state.bMarks[line] + state.tShift[line], state.eMarks[line]) is not None


def _definition(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    # Only outermost blocks are definitions. Asked from within a container, the line ends it if it stands outside.
    outside = state.level == 0 or (silent and state.sCount[first] < state.blkIndent)
    if not outside or state.is_code_block(first):
        return False
    start = state.bMarks[first] + state.tShift[first]
    found = _DEFINITION.match(state.src, start, state.eMarks[first])
    if found is None:
        return False
    if not silent:
        _push(state, first, end, found)
    return True


def _push(state: StateBlock, first: int, end: int, found: re.Match[str]) -> None:
    """Parse the definition's content as if its first line were indented like the lines that follow it."""
    opening = state.push("note_open", "", 1)
    opening.meta = {"label": found.group(1)}
    saved = state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType
    state.bMarks[first], state.tShift[first], state.sCount[first] = found.end(), 0, 4
    state.parentType = "note"
    state.blkIndent += 4
    state.md.block.tokenize(state, first, end)
    state.blkIndent -= 4
    state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType = saved
    opening.map = [first, state.line]
    state.push("note_close", "", -1)


def _mark(state: StateInline, silent: bool) -> bool:
    notes = state.env.get("notes")
    if notes is None or state.src[state.pos] != "[":
        return False
    found = _MARK.match(state.src, state.pos, state.posMax)
    if found is None or found.group(1) not in notes.labels:
        return False
    if not silent:
        state.push("note_mark", "", 0).meta = {"label": found.group(1)}
    state.pos = found.end()
    return True
