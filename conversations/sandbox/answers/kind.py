"""What one kind of answer is: when it fits, what it says, how a reasoning model thinks it over first."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from conversations.sandbox.asked import Asked
from conversations.sandbox.web import Page


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer, the reasoning that leads to it, and the pages it was made from."""

    text: str
    reasoning: str
    sources: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """`fits` looks at the prompt; `english` and `chinese` are the reasoning, in the prompt's language."""

    name: str
    fits: Callable[[str], bool]
    write: Callable[[Asked], str]
    english: str
    chinese: str

    def answer(self, asked: Asked) -> Answer:
        return Answer(self.write(asked), self.chinese if asked.prompt.is_chinese else self.english)


def mentions(pattern: str) -> Callable[[str], bool]:
    """A test for prompts in which the pattern occurs, whatever the capitals; compiled at its first use."""
    return lambda text: bool(re.search(pattern, text, re.IGNORECASE))


def in_language(english: str, chinese: str) -> Callable[[Asked], str]:
    """A writer whose answer depends on nothing but the prompt's language."""
    return lambda asked: chinese if asked.prompt.is_chinese else english
