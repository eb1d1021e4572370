"""Goes on where a reply was cut off: with the very rest of it, whenever that can be found."""

import re
from collections.abc import Callable
from dataclasses import replace

from conversations.sandbox.asked import Asked
from conversations.sandbox.prompt import Prompt, bare, is_chinese

from .kind import Answer

_REQUEST = (
    r"(?is)\s*(please\s+)?(continue|go on|carry on|keep going|finish)\b"
    r"|.{0,80}\bcontinue\b.{0,40}from|\s*(请)?(接着|继续|往下)"
    r"|.{0,40}(接着|继续)(写|说|回答|往下)"
)
_QUOTED = r"(?s)[\"“「『]([^\"”」』]{4,})[\"”」』]\s*\W*\s*$"
_OVERLAP = 200
_SHORTEST_ANCHOR = 8


def answer(asked: Asked, direct: Callable[[Asked], Answer]) -> Answer | None:
    """The rest of the cut reply, or a short end to it; None when the prompt does not ask to go on."""
    if not re.match(_REQUEST, asked.prompt.text):
        return None
    anchors = [text for text in (_quoted(asked), _last_reply(asked)) if text]
    if not anchors:
        return None
    rests = (_rest(full, anchor) for full in _earlier_answers(asked, direct) for anchor in anchors)
    chinese = is_chinese(anchors[-1])
    text = next((rest for rest in rests if rest), None) or _closing(chinese)
    return Answer(text, _reasoning(chinese))


def _quoted(asked: Asked) -> str | None:
    """The last words that the prompt itself repeats."""
    found = re.search(_QUOTED, asked.prompt.text[-2000:])
    return found[1] if found else None


def _last_reply(asked: Asked) -> str | None:
    """What was written so far, when it is the message right before the request."""
    before = [item for item in asked.messages if item.role != "system"][-2:-1]
    return before[0].text if before and before[0].role == "assistant" else None


def _earlier_answers(asked: Asked, direct: Callable[[Asked], Answer]) -> list[str]:
    """What earlier prompts would be answered, latest first: answers depend on nothing but the request."""
    users = [(at, item) for at, item in enumerate(asked.messages) if item.role == "user"][:-1]
    return [
        direct(replace(asked, prompt=Prompt(bare(item.text)), messages=asked.messages[: at + 1])).text
        for at, item in reversed(users)
    ]


def _rest(full: str, written: str) -> str | None:
    """What follows in the full text; space at the end may have been lost on the way, or not."""
    words = written.rstrip()
    tail = words[-_OVERLAP:].lstrip()
    at = full.rfind(tail) if len(tail) >= _SHORTEST_ANCHOR else -1
    return full[at + len(tail) :].removeprefix(written[len(words) :]) if at >= 0 else None


def _closing(chinese: bool) -> str:
    if chinese:
        return "\n\n接着上文：到这里，该说的其实已经说完了，剩下的只是一个句号。（模拟回复）\n"
    return "\n\nGoing on: what mattered has been said, and only a full stop was missing. *(simulated)*\n"


def _reasoning(chinese: bool) -> str:
    if chinese:
        return "用户要我接着上次中断的地方写。先找到最后几个字，再从那里继续，不要重复。"
    return "The reply broke off and is to go on. Find the last words, then continue right after them."
