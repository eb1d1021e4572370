"""One text as blocks, and each block as HTML: what `render` does at once and `Stream` step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from hashlib import blake2s
from itertools import islice
from typing import Any

from markdown_it.token import Token

from .allowlist import allow
from .bounds import Budget, Extent
from .footnotes import Notes
from .grammar import Grammar
from .html import Writer
from .marks import Marks
from .outline import Outline
from .text import clean, escape, is_words

RENDERER_VERSION = 3
"""Rises when the same text gives other HTML; stored HTML of an older version is rendered anew."""

# These end with their own last line; of the others, a quote, table or paragraph ends with a blank line.
_ENDS_BY_ITSELF = frozenset({"heading_open", "hr", "fence", "math_block"})
_ENDS_WITH_BLANK = frozenset({"paragraph_open", "table_open", "blockquote_open"})


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the outermost level: its tokens and its lines (from `first`, before `end`)."""

    tokens: Sequence[Token]
    first: int
    end: int

    @property
    def kind(self) -> str:
        """The type of its first token."""
        return self.tokens[0].type

    @property
    def ends_with_blank(self) -> bool:
        """Say whether a blank line is sure to end it."""
        return self.kind in _ENDS_WITH_BLANK

    def is_final(self, line_count: int) -> bool:
        """Say whether no further line can change it, given that `line_count` complete lines are known."""
        if self.kind in _ENDS_BY_ITSELF and not self.tokens[0].meta.get("open"):
            # Whatever its one line is, with a bar in it the next line may make it the head of a table.
            return self.end < line_count or (self.end == line_count and self.end - self.first > 1)
        return self.ends_with_blank and self.end < line_count


@dataclass(frozen=True, slots=True)
class Reading:
    """What the parser made of a piece of text."""

    blocks: Sequence[Block]
    references: dict[str, dict[str, Any]]
    """The targets of `[links][by name]` known at its end."""


class Document:
    """Reads and writes the blocks of one text in their order.

    `references`, the budget and the outline go from block to block. With `notes`, footnotes are numbered and linked;
    without, their marks stay text and their content stays where it stands. `marks` are those of sources, as far as they
    are known when a block is written.
    """

    def __init__(self, notes: Notes | None = None, marks: Marks | None = None) -> None:
        self.references: dict[str, dict[str, Any]] = {}
        self.notes = notes
        self.marks = marks
        self._budget = Budget()
        self._outline = Outline()
        self._tail_references: dict[str, dict[str, Any]] = {}
        self._tail_lines: dict[str, list[Token]] = {}

    def read(self, text: str, *, is_open: bool = False) -> Reading:
        """Parse a piece that begins where a block may begin; `is_open` when more text may follow."""
        env: dict[str, Any] = {"references": dict(self.references), "open": is_open}
        tokens: list[Token] = []
        _grammar().block.parse(text, _grammar(), env, tokens)
        return Reading(_blocks(tokens), env["references"])

    def parse_line(self, token: Token, references: dict[str, dict[str, Any]]) -> list[Token]:
        """Return the inline tokens of a line."""
        return _parse_inline(self._env(references), token)

    def write(self, blocks: Sequence[Block], references: dict[str, dict[str, Any]]) -> str:
        """Return the HTML of blocks that are final."""
        parse_inline = partial(_parse_inline, self._env(references))
        return _write(blocks, Writer(parse_inline, self._budget, self._outline, self.notes, self.marks))

    def write_tail(self, blocks: Sequence[Block], references: dict[str, dict[str, Any]]) -> str:
        """Return the HTML of the open tail. It is written again and again: it spends nothing, and what stays the same
        in it, such as the earlier items of a list, is not parsed again.
        """
        if references != self._tail_references:
            self._tail_references, self._tail_lines = references, {}
        env, known = self._env(references), self._tail_lines
        seen: dict[str, list[Token]] = {}

        def parse_inline(token: Token) -> list[Token]:
            text = token.content
            seen[text] = known[text] if text in known else _parse_inline(env, token)
            return seen[text]

        budget, outline = self._budget.for_tail(), self._outline.for_tail()
        html = _write(blocks, Writer(parse_inline, budget, outline, self.notes, self.marks, is_open=True))
        self._tail_lines = seen
        return html

    def _env(self, references: dict[str, dict[str, Any]]) -> dict[str, Any]:
        return {"references": references, "notes": self.notes}


def _write(blocks: Sequence[Block], writer: Writer) -> str:
    return "".join(allow(writer.write(block.tokens)) for block in blocks)


def _parse_inline(env: dict[str, Any], token: Token) -> list[Token]:
    return _grammar().inline.parse(token.content, _grammar(), env, [])


def render(text: str, marks: Marks | None = None) -> str:
    """Return a text as HTML that is safe to put into a page; with `marks`, those of sources lead to them.

    A text beyond the bounds is shown to its end, the surplus as plain paragraphs. The result holds no words that
    are not in the text, and no ids but those of footnotes.
    """
    if marks is None and is_words(text):
        return paragraph(text)
    markdown, plain = Extent().split(clean(text))
    reading = Document().read(markdown)
    notes = _definitions(reading.blocks)
    if not notes:
        return Document(marks=marks).write(reading.blocks, reading.references) + paragraphs(plain)
    return _with_notes(markdown, reading, notes, marks) + paragraphs(plain)


def paragraphs(text: str) -> str:
    """Return each line as a paragraph of plain text."""
    return "".join(paragraph(line) for line in text.split("\n") if line.strip())


def paragraph(line: str) -> str:
    """Return a line as a paragraph of plain text."""
    return f'<p dir="auto">{escape(line)}</p>'


def _definitions(blocks: Sequence[Block]) -> dict[str, Block]:
    found: dict[str, Block] = {}
    for block in blocks:
        if block.kind == "note_open":
            found.setdefault(block.tokens[0].meta["label"], block)
    return found


def _with_notes(text: str, reading: Reading, definitions: dict[str, Block], marks: Marks | None) -> str:
    """Write the text, then the notes in the order of their marks; a note may mark further notes."""
    notes = Notes("n" + blake2s(text.encode(), digest_size=5).hexdigest(), set(definitions))
    document = Document(notes, marks)
    html = document.write([block for block in reading.blocks if block.kind != "note_open"], reading.references)
    items: list[str] = []
    while len(items) < len(notes.numbers):
        label = next(islice(notes.numbers, len(items), None))
        items.append(notes.item(len(items) + 1, document.write([definitions[label]], reading.references)))
    if not items:
        return html
    return html + allow(f'<section role="doc-endnotes"><ol>{"".join(items)}</ol></section>')


def _blocks(tokens: Sequence[Token]) -> Sequence[Block]:
    blocks: list[Block] = []
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            first, end = tokens[start].map or (0, 0)
            blocks.append(Block(tokens[start : index + 1], first, end))
            start = index + 1
    return blocks


@cache
def _grammar() -> Grammar:
    return Grammar()
