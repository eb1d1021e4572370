"""The shown path: its latest messages, earlier ones, and what of it has changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet, Sum

from conversations.models import (
    Conversation,
    Message,
    Node,
    ReviewCase,
    Role,
    Tree,
    Turn,
    TurnState,
    UpstreamCall,
    Visibility,
)
from conversations.models.kept import kept, kept_rows

from .shown import Alternatives, OpenText, ShownCase, ShownMessage, ShownUsage, Window
from .texts import is_kept_back, may_be_sent, shown_parts, shown_summary, stored_open_text, text_of

WINDOW = 30
WAITING = (Visibility.HELD, Visibility.BLOCKED)
TOKENS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")


def window(
    conversation: Conversation,
    open_text: Mapping[uuid.UUID, OpenText],
    *,
    before: uuid.UUID | None = None,
    around: uuid.UUID | None = None,
) -> Window:
    """The last messages of the shown path, or those before a message of it, or those around one."""
    tree = conversation.tree()
    end = _end_of_window(conversation, tree.path, before, around)
    path = tree.path[max(0, end - WINDOW) : end]
    messages = _shown(conversation, tree, path, open_text)
    earlier = messages[0].code if messages and path[0].depth > 0 else None
    return Window(messages, earlier, end == len(tree.path), conversation.revision, tuple(tree.path))


def changed_since(
    conversation: Conversation, open_text: Mapping[uuid.UUID, OpenText], revision: int
) -> tuple[tuple[ShownMessage, ...], tuple[ShownMessage, ...]]:
    """The messages of the shown path that changed after `revision`, and those that came after it.

    Not only of the latest window: a page may have loaded any of the earlier ones.
    """
    tree = conversation.tree()
    shown = _shown(conversation, tree, tree.path, open_text, newer_than=revision)
    changed = tuple(message for message in shown if message.born <= revision)
    return changed, tuple(message for message in shown if message.born > revision)


def one(
    conversation: Conversation, message_id: int, open_text: Mapping[uuid.UUID, OpenText], tree: Tree | None = None
) -> ShownMessage | None:
    """One message of the shown path; None when the path does not contain it. A `tree` that is at hand is used."""
    tree = tree or conversation.tree()
    path = [node for node in tree.path if node.id == message_id]
    shown = _shown(conversation, tree, path, open_text)
    return shown[0] if shown else None


def just_asked(turn: Turn, number: int) -> tuple[ShownMessage, ShownMessage]:
    """A new question, the `number`th of its path, and its open reply, both the first of their place; no query."""
    return _just_born(turn.question, turn, number), _just_born(turn.reply, turn, number)


def _just_born(message: Message, turn: Turn, number: int) -> ShownMessage:
    return ShownMessage(
        code=message.code,
        conversation=turn.conversation.code,
        role=message.role,
        number=number,
        depth=message.depth,
        born=message.born,
        revision=message.revision,
        created_at=message.created_at,
        visibility=message.visibility,
        is_open=message.is_open,
        continues=message.continues,
        is_last=message.pk == turn.reply.pk,
        parts=shown_parts(message, None),
        text=text_of(message),
        seq=0,
        alternatives=Alternatives(place=1, count=1, previous=None, next=None),
        turn=turn if message.pk == turn.reply.pk else None,
        may_repeat=True,
    )


def _end_of_window(
    conversation: Conversation, path: Sequence[Node], before: uuid.UUID | None, around: uuid.UUID | None
) -> int:
    """Where the window ends. Nothing is before a message that is not on the path, and around it the path's end."""
    code = before or around
    if code is None:
        return len(path)
    found = conversation.messages.filter(code=code).values_list("id", flat=True).first()
    place = next((i for i, node in enumerate(path) if node.id == found), 0 if before else len(path))
    return place if before else min(place + WINDOW // 2, len(path))


def _shown(
    conversation: Conversation,
    tree: Tree,
    path: Sequence[Node],
    open_text: Mapping[uuid.UUID, OpenText],
    *,
    newer_than: int = -1,
) -> tuple[ShownMessage, ...]:
    rows = _messages(conversation.pk)
    if newer_than >= 0:
        found = kept(_newer_messages, conversation.pk, newer_than)
    elif len(path) == 1:
        found = kept(_one_message, conversation.pk, path[0].id)
    else:
        found = list(rows.filter(pk__in=[node.id for node in path]))
    messages = {message.pk: message for message in found}
    if also := _answering(path, messages):
        messages |= {message.pk: message for message in rows.filter(pk__in=also)}
    for message in messages.values():
        message.conversation = conversation
    drawn = [node for node in path if node.id in messages]
    ended = [message.turn for message in messages.values() if hasattr(message, "turn") and not message.turn.is_live]
    facts = Facts(
        tree=tree,
        places=_places(tree.path),
        codes=_codes_of_alternatives(tree, drawn, messages),
        usage=_usage([turn.pk for turn in ended]),
        requests=_requests([turn.pk for turn in ended if turn.state == TurnState.FAILED]),
        open_text=open_text,
        cases=_cases([message.code for message in messages.values() if message.visibility in WAITING]),
    )
    return tuple(_shown_message(conversation, messages[node.id], node, facts) for node in drawn)


def _messages(conversation_id: int) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation_id).select_related("turn__job", "summary")


def _newer_messages(conversation_id: int, revision: int) -> QuerySet[Message]:
    return _messages(conversation_id).filter(revision__gt=revision)


def _one_message(conversation_id: int, message_id: int) -> QuerySet[Message]:
    return _messages(conversation_id).filter(pk=message_id)


def _answering(path: Sequence[Node], messages: Mapping[int, Message]) -> list[int]:
    """Replies whose question has changed: what can be done with them depends on it."""
    pairs = pairwise(path)
    return [b.id for a, b in pairs if a.role == Role.USER and a.id in messages and b.id not in messages]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known around the messages that are drawn; `places`: see `_places`."""

    tree: Tree
    places: dict[int, tuple[int, bool]]
    codes: dict[int, uuid.UUID]
    usage: dict[int, ShownUsage]
    requests: dict[int, str]
    open_text: Mapping[uuid.UUID, OpenText]
    cases: dict[uuid.UUID, ShownCase]


def _shown_message(conversation: Conversation, message: Message, node: Node, facts: Facts) -> ShownMessage:
    turn = getattr(message, "turn", None)
    text = _open_text(message, turn, facts.open_text) if turn and message.is_open else None
    number, may_repeat = facts.places[node.id]
    return ShownMessage(
        code=message.code,
        conversation=conversation.code,
        role=message.role,
        number=number,
        depth=message.depth,
        born=message.born,
        revision=message.revision,
        created_at=message.created_at,
        visibility=message.visibility,
        is_open=message.is_open,
        continues=message.continues,
        is_last=node is facts.tree.path[-1],
        parts=shown_parts(message, text),
        text=text_of(message),
        seq=text.seq if text else 0,
        alternatives=_alternatives(facts.tree.alternatives(node), node.id, facts.codes),
        turn=turn,
        usage=facts.usage.get(turn.pk) if turn else None,
        may_repeat=may_repeat,
        is_edited=message.edited_from is not None,
        released_at=message.released_at,
        is_marked=message.is_marked,
        reason_code=message.reason_code,
        is_purged=message.purged_at is not None,
        length=sum(len(part.text) for part in text.parts) if text else 0,
        request_id=facts.requests.get(turn.pk, "") if turn else "",
        context_end=message.context_end,
        summary=shown_summary(getattr(message, "summary", None)),
        case=facts.cases.get(message.code),
    )


def _open_text(message: Message, turn: Turn, known: Mapping[uuid.UUID, OpenText]) -> OpenText | None:
    """As whoever writes or follows the reply here has it, else as it is stored."""
    if message.code in known:
        return None if is_kept_back(turn) else known[message.code]
    return stored_open_text(turn)


def _places(path: Sequence[Node]) -> dict[int, tuple[int, bool]]:
    """For each message of the path the number of the question it belongs to, and whether that may be sent again."""
    number, may_be_asked, places = 0, False, {}
    for node in path:
        if node.role == Role.USER:
            number, may_be_asked = number + 1, may_be_sent(node.visibility)
        places[node.id] = number, may_be_asked
    return places


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
    rows = kept_rows(_usage_of_one, turn_ids[0]) if len(turn_ids) == 1 else _sums(turn_id__in=turn_ids)
    return {turn_id: ShownUsage(*sums) for turn_id, *sums in rows}


def _usage_of_one(turn_id: int) -> QuerySet[UpstreamCall, Any]:
    return _sums(turn_id=turn_id)


def _sums(**turns: Any) -> QuerySet[UpstreamCall, Any]:
    rows = UpstreamCall.objects.filter(**turns).order_by().values_list("turn_id")
    return rows.annotate(*(Sum(name) for name in TOKENS))


def _requests(turn_ids: Sequence[int]) -> dict[int, str]:
    """The last request of each turn, as GLM knows it."""
    if not turn_ids:
        return {}
    rows = UpstreamCall.objects.filter(turn_id__in=turn_ids).order_by("pk")
    return {turn_id: request_id for turn_id, request_id in rows.values_list("turn_id", "request_id") if turn_id}


def _cases(codes: Sequence[uuid.UUID]) -> dict[uuid.UUID, ShownCase]:
    """The cases of messages that wait for a person."""
    if not codes:
        return {}
    rows = ReviewCase.objects.filter(message_code__in=codes)
    return {row.message_code: ShownCase(row.pk, row.opened_at, row.due_at, row.source) for row in rows}
