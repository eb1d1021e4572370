"""The programming languages whose code is shown with its syntax, read from `languages.toml` at the first code block."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .syntax import PATTERNS

_PLAIN_NAMES = {"text": "", "txt": "", "plain": "", "plaintext": "", "mermaid": "Mermaid", "markdown": "Markdown"}
_NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Language:
    """How one language looks: its words, and regular expressions for the rest (None: it has no such thing)."""

    name: str
    words: frozenset[str]
    comment: str | None
    string: str | None
    keyword: str | None
    """More that is set like a word of the language."""
    label: str | None
    """Keys, attributes, decorators, variables: set like the name of a function."""
    ignores_case: bool


def language(word: str) -> Language | None:
    """Return the language that the first word behind a fence means, whichever alias it is."""
    return _by_alias().get(word.lower())


def shown_name(word: str) -> str:
    """Return the name to show for that word; an unknown one is shown as written, up to 40 characters."""
    known = language(word)
    return known.name if known else _PLAIN_NAMES.get(word.lower(), word[:_NAME_LENGTH])


@cache
def _by_alias() -> dict[str, Language]:
    tables = tomllib.loads(Path(__file__).with_name("languages.toml").read_text(encoding="utf-8"))
    found: dict[str, Language] = {}
    for key, table in tables.items():
        known = _language(table)
        found |= dict.fromkeys([key, *table.get("aliases", "").split()], known)
    return found


def _language(table: dict[str, str]) -> Language:
    return Language(
        name=table["name"],
        words=frozenset(table.get("words", "").split()),
        comment=_alternatives(table.get("comment")),
        string=_alternatives(table.get("string")),
        keyword=_alternatives(table.get("keyword")),
        label=_alternatives(table.get("label")),
        ignores_case=bool(table.get("ignores_case")),
    )


def _alternatives(names: str | None) -> str | None:
    return "|".join(PATTERNS[name] for name in names.split()) if names else None
