"""Long conversations of the first person: `python -m bench.transcripts 500 5000` writes them as rows.

Prints the code of each. Every reply has its turn and its call, as one that was asked for; 500 messages hold 200 KB.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.texts import MARKDOWN, PARAGRAPH  # noqa: E402
from conversations.models import (  # noqa: E402
    CallKind,
    Conversation,
    Message,
    Role,
    Turn,
    TurnState,
    UpstreamCall,
    User,
    text_part,
)

QUESTION = "第 {} 个问题:今天的天气怎么样,出门要带伞吗?"
LAST_WORDS = "最后一行。"


def replies() -> Iterator[str]:
    """Two paragraphs of plain text, and one reply in six with all that Markdown has: 730 bytes each on average."""
    plain = f"{PARAGRAPH}\n\n{PARAGRAPH}"
    while True:
        yield MARKDOWN
        yield from (plain for _ in range(5))


@transaction.atomic
def make(person: User, count: int) -> uuid.UUID:
    """A conversation of `count` messages."""
    now = timezone.now()
    conversation = Conversation.objects.create(
        owner=person, title=f"{count} messages", model_name="bench", revision=1, active_at=now
    )
    first = (Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    texts = replies()
    messages = []
    for number in range(count):
        is_question = number % 2 == 0
        text = QUESTION.format(number // 2 + 1) if is_question else next(texts)
        messages.append(
            Message(
                id=first + number,
                conversation=conversation,
                parent_id=first + number - 1 if number else None,
                depth=number,
                role=Role.USER if is_question else Role.ASSISTANT,
                parts=text_part(text if number < count - 1 else f"{PARAGRAPH}\n\n{LAST_WORDS}"),
                revision=1,
                born=1,
                created_at=now,
                sealed_at=now,
            )
        )
    Message.objects.bulk_create(messages, batch_size=500)
    _add_turns(conversation, messages)
    Conversation.objects.filter(pk=conversation.pk).update(leaf_id=messages[-1].pk)
    return conversation.code


def _add_turns(conversation: Conversation, messages: list[Message]) -> None:
    now, person = timezone.now(), conversation.owner
    facts = {"model_name": "bench", "queued_at": now, "started_at": now, "ended_at": now, "finish": "stop"}
    turns = [
        Turn(
            conversation=conversation,
            person=person,
            question=question,
            reply=reply,
            state=TurnState.COMPLETED,
            **facts,
        )
        for question, reply in zip(messages[::2], messages[1::2], strict=True)
    ]
    Turn.objects.bulk_create(turns, batch_size=500)
    calls = [
        UpstreamCall(
            turn=turn,
            turn_code=turn.code,
            person_code=person.code,
            kind=CallKind.CHAT,
            upstream="bench",
            model_asked="bench",
            request_id=str(turn.code),
            prompt_tokens=120,
            completion_tokens=240,
            started_at=now,
        )
        for turn in turns
    ]
    UpstreamCall.objects.bulk_create(calls, batch_size=500)


if __name__ == "__main__":
    somebody = User.objects.order_by("pk")[0]
    for size in sys.argv[1:]:
        print(make(somebody, int(size)))
