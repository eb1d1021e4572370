"""A summary of a conversation: what was asked in each turn, and how its answer begins."""

import re
from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.prompt import is_chinese
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

_REQUEST = r"(?i)\s*summari[sz]e\b.{0,20}\bconversation\b|\s*请?把.{0,10}对话.{0,10}摘要"
_SPEAKER = r"(?m)^(Before|Question|Answer|更早的情况|问|答)[:：][ \t]*"
_SENTENCE = r"[^.!?。！？\n]+[.!?。！？]?"
_MOST_TURNS, _MOST_CHARACTERS = 40, 160


def is_wanted(text: str) -> bool:
    """Whether a prompt asks for the summary of a conversation that it quotes."""
    return bool(re.match(_REQUEST, text[:200]))


def _summary(text: str) -> str:
    pieces = re.split(_SPEAKER, text)[1:]
    said = list(zip(pieces[::2], pieces[1::2], strict=True))
    earlier = "\n".join(words for who, words in said if who in ("Before", "更早的情况"))
    before = [f"- {line.strip(' -')}" for line in _points(earlier)]
    turns = [_turn(words, said[i + 1 :]) for i, (who, words) in enumerate(said) if who in ("Question", "问")]
    return "\n".join([*before, *turns][-_MOST_TURNS:])


def _points(words: str) -> list[str]:
    """The lines of an earlier summary, without the sentence that introduces it."""
    return [line for line in words.splitlines() if line.lstrip().startswith("-")]


def _turn(question: str, rest: list[tuple[str, str]]) -> str:
    answer = _first(rest[0][1]) if rest and rest[0][0] in ("Answer", "答") else ""
    asked = _first(question)
    return f"- {asked} {'→' if answer else ''} {answer}".rstrip()


def _first(words: str) -> str:
    """The first sentence, as a line of text."""
    plain = re.sub(r"[*_`#>|]", "", words).strip()
    found = re.match(_SENTENCE, plain)
    return " ".join((found[0] if found else plain).split())[:_MOST_CHARACTERS]


def _steps(asked: Asked) -> Iterator[Step]:
    nothing = "（没有可摘要的内容。）" if is_chinese(asked.prompt.text) else "(There is nothing to summarise.)"
    reply = Reply(_summary(asked.prompt.text) or nothing)
    yield from usual(asked, reply.limited(asked.max_tokens, asked.stop))


SCENARIO = Scenario("summary", "A line for each turn of a conversation, as asked for when its window is full.", _steps)
