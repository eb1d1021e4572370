"""What anybody may see of a message: the one place that decides, and the keeper of its stored HTML."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import OperationalError
from django.db.models import Sum
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from conversations.markdown import RENDERER_VERSION, Stream, render
from conversations.models import Conversation, Message, Node, Part, Role, Tree, Turn, UpstreamCall, Visibility

WINDOW = 30
TITLE_LENGTH = 60
TOKENS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part as HTML; `tail` is the piece of an open part that may still change."""

    index: int
    kind: str
    html: SafeString
    tail: SafeString | None = None


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Where a message stands among its siblings, counted from 1."""

    place: int
    count: int
    previous: uuid.UUID | None
    next: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class ShownUsage:
    """Sums over the calls of a turn; null where GLM did not say."""

    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None
    cached_tokens: int | None


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """All that a page or a frame may draw of one message."""

    code: uuid.UUID
    conversation: uuid.UUID
    role: str
    number: int
    born: int
    revision: int
    created_at: dt.datetime
    visibility: str
    is_open: bool
    continues: bool
    is_last: bool
    parts: tuple[ShownPart, ...]
    text: str
    seq: int
    alternatives: Alternatives
    turn: Turn | None
    usage: ShownUsage | None

    @property
    def is_question(self) -> bool:
        return self.role == Role.USER

    @property
    def is_shown(self) -> bool:
        return self.visibility == Visibility.SHOWN


@dataclass(frozen=True, slots=True)
class Window:
    """The latest messages of the shown path; `earlier` is the code to ask for those before."""

    messages: tuple[ShownMessage, ...]
    earlier: uuid.UUID | None
    revision: int


@dataclass(frozen=True, slots=True)
class OpenText:
    """What is known of an open reply: its parts and the number of the last piece in them."""

    parts: tuple[Part, ...]
    seq: int


def render_part(part: Part) -> str:
    """The HTML of one sealed part. Reasoning is shown as it was written."""
    return render(part.text) if part.kind == "text" else str(escape(part.text))


def render_parts(parts: Iterable[Part]) -> list[str]:
    return [render_part(part) for part in parts]


def may_be_read(message: Message) -> bool:
    """Whether its author sees the text: shown, or blocked on the way in."""
    return message.visibility in (Visibility.SHOWN, Visibility.BLOCKED)


def may_be_sent(visibility: str) -> bool:
    """Whether the text may go into a prompt, a title, a copy or a search."""
    return visibility == Visibility.SHOWN


def text_of(message: Message) -> str:
    """The text parts that may be read, as markdown; nothing for held, removed and open messages."""
    return joined_text(message.parts) if may_be_read(message) else ""


def prompt_text(message: Message) -> str:
    """The text that a prompt may contain."""
    return joined_text(message.parts) if may_be_sent(message.visibility) else ""


def title_of(text: str) -> str:
    """The first words of a question, until somebody finds a better title."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def joined_text(parts: Iterable[Part]) -> str:
    return "\n\n".join(part.text for part in parts if part.kind == "text")


def stored_html(message: Message) -> list[str]:
    """The rendered parts; anew, and stored again, when an older renderer made them."""
    if message.html is not None and message.renderer_version == RENDERER_VERSION:
        return list(message.html)
    html = render_parts(message.parts)
    seen = Message.objects.filter(pk=message.pk, visibility=message.visibility, state=message.state)
    # A page must not fail because another writer keeps the database: the next one stores it.
    with suppress(OperationalError):
        seen.update(html=html, renderer_version=RENDERER_VERSION)
    return html


def shown_parts(message: Message, open_text: OpenText | None) -> tuple[ShownPart, ...]:
    if not may_be_read(message):
        return ()
    if message.is_open:
        return open_parts(open_text.parts) if open_text else ()
    html = stored_html(message)
    return tuple(ShownPart(i, part.kind, mark_safe(html[i])) for i, part in enumerate(message.parts))  # noqa: S308


def open_parts(parts: Sequence[Part]) -> tuple[ShownPart, ...]:
    """Parts of an open reply as they stand: sealed blocks and open tail; only the last part can still grow."""
    last = len(parts) - 1
    return tuple(_open_part(i, part, is_last=i == last) for i, part in enumerate(parts))


def _open_part(index: int, part: Part, *, is_last: bool) -> ShownPart:
    if not is_last or part.kind != "text":
        tail = mark_safe("") if is_last else None
        return ShownPart(index, part.kind, mark_safe(render_part(part)), tail)  # noqa: S308
    stream = Stream()
    stream.feed(part.text)
    stream.update()
    return ShownPart(index, part.kind, mark_safe(stream.sealed), mark_safe(stream.tail))  # noqa: S308


def window(
    conversation: Conversation, open_text: Mapping[uuid.UUID, OpenText], *, before: uuid.UUID | None = None
) -> Window:
    """The last messages of the shown path, or those before the message `before`."""
    tree = conversation.tree()
    end = _end_of_window(conversation, tree.path, before)
    path = tree.path[max(0, end - WINDOW) : end]
    messages = _shown(conversation, tree, path, open_text)
    earlier = messages[0].code if messages and path[0].depth > 0 else None
    return Window(messages, earlier, conversation.revision)


def changed_since(
    conversation: Conversation, open_text: Mapping[uuid.UUID, OpenText], revision: int
) -> tuple[tuple[ShownMessage, ...], tuple[ShownMessage, ...]]:
    """Of the latest window: the messages that changed after `revision`, and those that came after it."""
    tree = conversation.tree()
    shown = _shown(conversation, tree, tree.path[-WINDOW:], open_text, newer_than=revision)
    changed = tuple(message for message in shown if message.born <= revision)
    return changed, tuple(message for message in shown if message.born > revision)


def one(conversation: Conversation, message_id: int, open_text: Mapping[uuid.UUID, OpenText]) -> ShownMessage | None:
    """One message of the shown path; None when the path does not contain it."""
    tree = conversation.tree()
    path = [node for node in tree.path if node.id == message_id]
    shown = _shown(conversation, tree, path, open_text)
    return shown[0] if shown else None


def _end_of_window(conversation: Conversation, path: Sequence[Node], before: uuid.UUID | None) -> int:
    if before is None:
        return len(path)
    found = conversation.messages.filter(code=before).values_list("id", flat=True).first()
    return next((i for i, node in enumerate(path) if node.id == found), 0)


def _shown(
    conversation: Conversation,
    tree: Tree,
    path: Sequence[Node],
    open_text: Mapping[uuid.UUID, OpenText],
    *,
    newer_than: int = -1,
) -> tuple[ShownMessage, ...]:
    ids = [node.id for node in path]
    rows = conversation.messages.filter(pk__in=ids, revision__gt=newer_than).select_related("turn")
    messages = {message.pk: message for message in rows}
    usage = _usage([m.turn.pk for m in messages.values() if hasattr(m, "turn") and not m.turn.is_live])
    codes = _codes_of_alternatives(tree, path, messages)
    numbers = _numbers(tree.path)
    last = tree.path[-1].id if tree.path else None
    return tuple(
        _shown_message(conversation, messages[node.id], tree, node, codes, numbers[node.id], last, usage, open_text)
        for node in path
        if node.id in messages
    )


def _shown_message(
    conversation: Conversation,
    message: Message,
    tree: Tree,
    node: Node,
    codes: dict[int, uuid.UUID],
    number: int,
    last: int | None,
    usage: dict[int, ShownUsage],
    open_text: Mapping[uuid.UUID, OpenText],
) -> ShownMessage:
    turn = getattr(message, "turn", None)
    text = open_text.get(message.code) or (OpenText(turn.open_parts, turn.seq) if turn and message.is_open else None)
    return ShownMessage(
        code=message.code,
        conversation=conversation.code,
        role=message.role,
        number=number,
        born=message.born,
        revision=message.revision,
        created_at=message.created_at,
        visibility=message.visibility,
        is_open=message.is_open,
        continues=message.continues,
        is_last=message.pk == last,
        parts=shown_parts(message, text),
        text=text_of(message),
        seq=text.seq if text else 0,
        alternatives=_alternatives(tree.alternatives(node), node.id, codes),
        turn=turn,
        usage=usage.get(turn.pk) if turn else None,
    )


def _numbers(path: Sequence[Node]) -> dict[int, int]:
    """The number of the question that each message of the path belongs to."""
    number, numbers = 0, {}
    for node in path:
        number += node.role == Role.USER
        numbers[node.id] = number
    return numbers


def _codes_of_alternatives(tree: Tree, path: Sequence[Node], messages: dict[int, Message]) -> dict[int, uuid.UUID]:
    siblings = {i for node in path if len(tree.alternatives(node)) > 1 for i in tree.alternatives(node)}
    known = {pk: message.code for pk, message in messages.items()}
    missing = siblings - known.keys()
    return known | (dict(Message.objects.filter(pk__in=missing).values_list("id", "code")) if missing else {})


def _alternatives(siblings: Sequence[int], message_id: int, codes: dict[int, uuid.UUID]) -> Alternatives:
    place = siblings.index(message_id)
    return Alternatives(
        place=place + 1,
        count=len(siblings),
        previous=codes[siblings[place - 1]] if place > 0 else None,
        next=codes[siblings[place + 1]] if place + 1 < len(siblings) else None,
    )


def _usage(turn_ids: Sequence[int]) -> dict[int, ShownUsage]:
    if not turn_ids:
        return {}
    rows = UpstreamCall.objects.filter(turn_id__in=turn_ids).order_by().values_list("turn_id")
    return {turn_id: ShownUsage(*sums) for turn_id, *sums in rows.annotate(*(Sum(name) for name in TOKENS))}
