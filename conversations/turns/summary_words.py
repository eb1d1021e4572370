"""What is said to a model that is to summarise a conversation; pure."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.glm import ChatMessage
from conversations.markdown import language_of

SHORTEST = 80  # characters that are left of each message, however little room there is

REQUESTS = {
    "zh": "请把下面这段对话概括成摘要，好让对话不靠原文也能接着进行。保留事实、数字、名字、代码里的标识符、已作的决定、"
    "没解决的问题和对方对写法的要求。用对话本身的语言，分条写，不超过 600 字。只写摘要，不要开场白。\n\n{text}",
    "": "Summarise the following conversation, so that it can go on without its full text. Keep facts, numbers, names, "
    "identifiers of code, decisions, open questions and wishes about the way of writing. Write in the language of the "
    "conversation, as a short list, at most 300 words. Write only the summary, without an introduction.\n\n{text}",
}
SPEAKERS = {
    "zh": {"system": "更早的情况", "user": "问", "assistant": "答", "tool": "工具结果"},
    "": {"system": "Before", "user": "Question", "assistant": "Answer", "tool": "Result of a tool"},
}


def request(messages: Sequence[ChatMessage], most_characters: int) -> str:
    """The prompt, in the language of the conversation where we speak it; long messages lose their middle until all of
    them fit."""
    language = _language(messages)
    words = SPEAKERS[language]
    most = _longest([len(each.content) for each in messages], most_characters)
    talk = "\n\n".join(f"{words[each.role]}: {clipped(each.content, most)}" for each in messages)
    return REQUESTS[language].format(text=talk)


def clipped(text: str, most: int) -> str:
    """At most about `most` characters, of both ends."""
    if len(text) <= most:
        return text
    head = 2 * most // 3
    return f"{text[:head].rstrip()} […] {text[len(text) - (most - head) :].lstrip()}"


def cleaned(text: str) -> str:
    """A summary as it is kept."""
    return text.replace("\x00", "").strip()


def _longest(lengths: Sequence[int], most: int) -> int:
    """The length to which long messages must be cut, so that all have `most` characters together."""
    low, high = SHORTEST, max((*lengths, SHORTEST))
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(length, middle) for length in lengths) <= most:
            low = middle
        else:
            high = middle - 1
    return low


def _language(messages: Sequence[ChatMessage]) -> str:
    """That of the questions."""
    asked = " ".join(each.content[:500] for each in messages if each.role == "user")
    language = language_of(asked)
    return language if language in REQUESTS else ""
