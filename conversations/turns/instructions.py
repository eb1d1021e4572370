"""What stands in double braces in the instructions of a preset: read, checked and filled in; pure.

Values are set once, when a conversation begins: after that the beginning of its prompts stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from conversations.models import Variable

KNOWN = ("name", "date")
MOST_VARIABLES = 8
QUESTION_LENGTH = 200

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAME = re.compile(r"[^\W\d]\w{0,39}")


class Unreadable(ValueError):
    """A line that declares no variable; the text is the line."""


def placeholders(text: str) -> list[str]:
    """Their names, each once, in the order in which they stand."""
    return list(dict.fromkeys(_PLACEHOLDER.findall(text)))


def unknown(text: str, variables: Iterable[Variable]) -> list[str]:
    """Placeholders that would stay empty."""
    known = {*KNOWN, *(each.name for each in variables)}
    return [name for name in placeholders(text) if name not in known]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: a value is never looked through for others."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def variables_in(lines: str) -> tuple[Variable, ...]:
    """One a line, as `name: question`; the question may be left out. Raises Unreadable."""
    found: dict[str, Variable] = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        name, _, question = re.sub("[：]", ":", line, count=1).partition(":")
        name, question = name.strip().strip("{}").strip(), question.strip()
        if not _NAME.fullmatch(name) or name in (*KNOWN, *found) or len(question) > QUESTION_LENGTH:
            raise Unreadable(line)
        found[name] = Variable(name, question or name)
    if len(found) > MOST_VARIABLES:
        raise Unreadable(list(found)[MOST_VARIABLES])
    return tuple(found.values())


def lines_of(variables: Iterable[Variable]) -> str:
    return "\n".join(f"{each.name}: {each.question}" for each in variables)
