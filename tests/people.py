"""People, their conversations and turns, made by plain functions through the site's own commands."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from itertools import count

from django.contrib.auth.models import Group

from conversations import moderation, turn_log
from conversations.defaults import ADMINISTRATOR, REVIEWER
from conversations.models import Conversation, Message, Part, ReviewCase, Role, Turn, TurnState, User, text_part
from conversations.moderation import Concern
from conversations.turns import start
from conversations.turns.claim import Assignment, claim
from conversations.turns.finish import finish
from conversations.turns.orders import Order
from conversations.turns.outcome import CallEnd, Outcome

RUNNER = "host:1:aaaa"
OTHER_RUNNER = "host:2:bbbb"
MODEL = "sandbox-plain"

_numbers = count(1)


def person(name: str = "", **fields: object) -> User:
    """Somebody with an account; each call makes another one."""
    return User.objects.create_user(name or f"person{next(_numbers)}", password="a good password", **fields)


def reviewer() -> User:
    somebody = person(f"reviewer{next(_numbers)}")
    somebody.groups.add(Group.objects.get(name=REVIEWER))
    return User.objects.get(pk=somebody.pk)


def order(
    somebody: User,
    key: uuid.UUID | None = None,
    model_name: str = MODEL,
    begin: Callable[[Turn], None] | None = None,
) -> Order:
    return Order(somebody, model_name, key, begin)


def asked(
    somebody: User,
    text: str = "Hello?",
    conversation: Conversation | None = None,
    begin: Callable[[Turn], None] | None = None,
) -> Turn:
    """A queued turn: a question at the end of a conversation, a new one unless it is named."""
    return start.send(order(somebody, begin=begin), conversation.code if conversation else uuid.uuid4(), text)


def claimed(turn: Turn, runner: str = RUNNER) -> Assignment:
    assignment = claim(turn.pk, runner)
    assert assignment is not None
    return assignment


def running(somebody: User, text: str = "Hello?", conversation: Conversation | None = None) -> Turn:
    """A turn that RUNNER has taken."""
    turn = asked(somebody, text, conversation)
    claimed(turn)
    return fresh(turn)


def answered(
    somebody: User, text: str = "Hello?", reply: str = "Hi.", conversation: Conversation | None = None
) -> Turn:
    """A turn that came to its end."""
    return ended(running(somebody, text, conversation), text_part(reply))


def ended(
    turn: Turn,
    parts: Sequence[Part] = (),
    state: TurnState = TurnState.COMPLETED,
    *concerns: Concern,
    call: CallEnd | None = None,
    **outcome: object,
) -> Turn:
    """The turn after RUNNER has ended it with `parts`."""
    end = Outcome(state, concerns=concerns, call=call or CallEnd(), **outcome)
    calls = turn.calls.order_by("pk").values_list("pk", flat=True)
    assert finish(turn.pk, RUNNER, end, parts, call_id=calls.last())
    return fresh(turn)


def withheld(
    somebody: User,
    text: str = "Hello?",
    reply: str = "A secret.",
    conversation: Conversation | None = None,
    **levels: int,
) -> Turn:
    """A turn whose reply GLM judged after its text was shown."""
    concern = Concern("finish", "assistant", levels.get("level"))
    return ended(running(somebody, text, conversation), text_part(reply), TurnState.FILTERED, concern)


def case_of(message: Message) -> ReviewCase:
    return ReviewCase.objects.get(message_code=message.code)


def released(message: Message, judge: User | None = None) -> ReviewCase:
    """The case of a message after a verdict that is announced."""
    case = case_of(message)
    assert moderation.release(case, judge or reviewer(), "harmless")
    assert moderation.announce(case)
    return case


def upheld(message: Message, judge: User | None = None) -> ReviewCase:
    case = case_of(message)
    assert moderation.uphold(case, judge or reviewer(), "unlawful")
    assert moderation.announce(case)
    return case


def long_conversation(somebody: User, questions: int, more: str = "") -> Conversation:
    """A conversation of many sealed messages, written as rows: two for each question; `more` makes replies longer."""
    conversation = answered(somebody, "Question 0", "Answer 0").conversation
    parent = conversation.messages.get(role=Role.ASSISTANT)
    for n in range(1, questions):
        for role, text in ((Role.USER, f"Question {n}"), (Role.ASSISTANT, f"Answer {n}{more}")):
            parent = _row(conversation, parent, role, text)
    Conversation.objects.filter(pk=conversation.pk).update(leaf=parent)
    return Conversation.objects.get(pk=conversation.pk)


def _row(conversation: Conversation, parent: Message, role: Role, text: str) -> Message:
    return Message.objects.create(
        conversation=conversation,
        parent=parent,
        depth=parent.depth + 1,
        role=role,
        parts=text_part(text),
        revision=parent.revision,
        born=parent.born,
        created_at=parent.created_at,
        sealed_at=parent.sealed_at,
    )


def fresh(turn: Turn) -> Turn:
    """The turn, its conversation, question and reply as the database has them now."""
    return Turn.objects.select_related("conversation__owner", "person", "question", "reply").get(pk=turn.pk)


def log_of(turn: Turn, *texts: str) -> turn_log.TurnLog:
    """The log of a turn as its runner would have it after `texts`."""
    log = turn_log.begin(turn.code, turn.reply.code, turn.person.code)
    for text in texts:
        log.append("text", text)
    return log


def path_of(conversation: Conversation) -> list[str]:
    """The texts of the shown path, whatever people may see of them."""
    conversation = Conversation.objects.get(pk=conversation.pk)
    texts = {m.pk: "".join(part.text for part in m.parts) for m in conversation.messages.all()}
    return [texts[node.id] for node in conversation.tree().path]


def administrator() -> User:
    somebody = person(f"administrator{next(_numbers)}", is_staff=True)
    somebody.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return User.objects.get(pk=somebody.pk)


def asked_of(somebody: User, model_name: str, text: str = "Hello?") -> Turn:
    """A queued turn that a certain model is to answer."""
    return start.send(order(somebody, model_name=model_name), uuid.uuid4(), text)
