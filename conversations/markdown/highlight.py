"""Marks syntax in code with five classes: keyword, function, comment, string, number (`k f c s m`).

Our own, and small: the style sheet has no more than these; a general highlighter costs ten times the work, and
its patterns can be driven to minutes by a few kilobytes of hostile code. Here a source is read once from its
beginning to its end, in one pass of one pattern.
"""

import re
from functools import cache

from .languages import Language
from .text import escape

_NUMBER = r"(?<![\w.])(?:0[xXbBoO][\da-fA-F_]++|\d[\d_]*+(?:\.\d[\d_]*+)?(?:[eE][+-]?\d++)?)[A-Za-z%]*+"
_WORD = r"[^\W\d][\w]*+"
_NEVER = r"(?!)"
_DEFINING = frozenset({
    "class", "def", "defmodule", "defn", "defp", "defun", "enum", "fn", "fun", "func", "function", "interface", "macro",
    "module", "namespace", "object", "protocol", "record", "struct", "sub", "trait", "type",
})  # fmt: skip


def highlight(language: Language, source: str) -> str:
    """Return the source as HTML with its syntax in spans. It loses no character."""
    html: list[str] = []
    end, before = 0, ""
    for found in _pattern(language).finditer(source):
        kind, text = found.lastgroup or "", found.group()
        if kind == "word":
            kind, before = _kind_of_word(language, text, before), text
        if kind:
            html.append(f'{escape(source[end : found.start()])}<span class="{kind}">{escape(text)}</span>')
            end = found.end()
    return "".join([*html, escape(source[end:])])


def _kind_of_word(language: Language, word: str, before: str) -> str:
    """Return its class, or nothing: a word of the language, or the name that is being defined behind such a word."""
    if (word.lower() if language.ignores_case else word) in language.words:
        return "k"
    return "f" if before in _DEFINING and before in language.words else ""


@cache
def _pattern(language: Language) -> re.Pattern[str]:
    return re.compile(
        f"(?P<f>{language.label or _NEVER})|(?P<c>{language.comment or _NEVER})|(?P<s>{language.string or _NEVER})"
        f"|(?P<k>{language.keyword or _NEVER})|(?P<m>{_NUMBER})|(?P<word>{_WORD})",
        re.DOTALL,
    )
