"""Replies as people take them along: with what continues them and what they rest on, as Markdown or as plain text."""

from __future__ import annotations

from conversations import present
from conversations.markdown import plain
from conversations.models import Conversation, Message, Node


def markdown_of(conversation: Conversation, message: Message) -> str:
    """The text of a message as it was written, joined with what continues it; nothing of what is withheld."""
    ids = _with_continuations(conversation, message)
    rows = {each.pk: each for each in conversation.messages.filter(pk__in=ids)}
    return "".join(present.text_of(rows[each]) for each in ids)


def with_sources_of(conversation: Conversation, message: Message) -> str:
    """The same as people take it along: marks lead to the sources, which follow as a numbered list, and then the
    knowledge that was looked into."""
    return _taken(conversation, message, is_linked=True)


def plain_text_of(conversation: Conversation, message: Message) -> str:
    """That without its markup."""
    return plain(_taken(conversation, message, is_linked=False))


def _taken(conversation: Conversation, message: Message, *, is_linked: bool) -> str:
    ids = _with_continuations(conversation, message)
    rows = {each.pk: each for each in conversation.messages.filter(pk__in=ids)}
    texts: list[str] = []
    lines: list[str] = []
    bases: list[str] = []
    for each in ids:
        text, more, asked = present.taken_text(rows[each], len(lines), is_linked=is_linked)
        texts.append(text)
        lines += more
        bases += asked
    beside = [*filter(None, ["\n".join(lines)]), *dict.fromkeys(bases)]
    text = "".join(texts)
    return "\n\n".join([text.rstrip(), *beside]) if beside else text


def _with_continuations(conversation: Conversation, message: Message) -> list[int]:
    """The messages that are shown as one text with this one; alone if it is of another path."""
    path = conversation.tree().path
    at = next((i for i, node in enumerate(path) if node.id == message.pk), None)
    if at is None:
        return [message.pk]
    first = _first(path, at)
    last = next((i for i in range(at + 1, len(path)) if not path[i].continues), len(path))
    return [node.id for node in path[first:last]]


def _first(path: list[Node], at: int) -> int:
    while path[at].continues:
        at -= 1
    return at
