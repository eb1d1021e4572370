"""Two conversations with every form and every end that a message can have: to look at, for people and for machines."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from conversations import clock
from conversations.glm import Usage
from conversations.models import (
    OPEN_STATES,
    Conversation,
    Job,
    JobState,
    Part,
    ReviewCase,
    Turn,
    TurnState,
    User,
    text_part,
)
from conversations.models.sources import AskedBase
from conversations.moderation import Concern
from conversations.sandbox.scenarios.markdown import TEXT as EVERY_MARKDOWN
from conversations.tool_entries import CallState
from conversations.turns import delegated, start
from conversations.turns.outcome import CallEnd
from conversations.turns.revise import revise
from tests.called import call, result, tool_part, waiting
from tests.people import answered, case_of, claimed, ended, fresh, order, person, released, running, upheld, withheld
from tests.pictures.bringing import asked_about, in_box

WIDE = """
| Month | Heating | Cooling | Lighting | Lifts | Servers | Kitchen | Everything else |
|-------|--------:|--------:|---------:|------:|--------:|--------:|----------------:|
| July  |  18,960 |  24,105 |    3,204 | 1,120 |   9,870 |   2,310 |           1,004 |

```python
print("A line of code that is longer than any page is wide, so that it has to be wrapped or scrolled", "or both")
```
"""
SHORT = """
# The short answer

It used **48,216 kWh**.

| Month | kWh |
|-------|----:|
| July  | 24,105 |

```python
print(48_216)
```
"""
LONG = "I have a question that needs some words before it can be asked. " * 6
CHINESE = "先看**仪表**：48216.4。\n\n> From July to September the peak runs from 14:00 to 17:00.\n\n其余来自新机组。"
ARABIC = "الشمس تشرق من الشرق:\n\n1. أولاً\n2. ثانياً\n\n> اقتباس قصير"
SPENT = CallEnd(usage=Usage(prompt=3_214, completion=1_108, reasoning=604, cached=2_048))
REFUSED = Concern("http_1301", "user")


def tour(person: User) -> Conversation:
    """A short one with what most conversations have."""
    thought = (Part("reasoning", "First the meter.", seconds=41.2), *text_part(SHORT))
    with transaction.atomic():
        talk = ended(
            running(person, "How much power did Block B use?"), thought, call=SPENT, finish="stop"
        ).conversation
        turn = answered(person, "What does one degree save?", "About seven percent.", talk)
        _again(person, turn, "六到八个百分点。")
        _stopped(person, "Write that down for all of us", "Dear all, this summer", talk)
    return _now(talk)


def forms(person: User) -> Conversation:
    """What a question and a reply can look like."""
    thought = (
        Part("reasoning", "First the meter: 48216.4 kWh.\nThen last year.", seconds=41.2),
        *text_part(EVERY_MARKDOWN),
    )
    with transaction.atomic():
        talk = ended(running(person, "Everything at once, please"), thought, call=SPENT).conversation
        answered(person, LONG, WIDE, talk)
        answered(person, "七月用了多少电？", CHINESE, talk)
        answered(person, "من أين تشرق الشمس؟", ARABIC, talk)
        turn = answered(person, "Which word is right?", "This one.", talk)
        _again(person, turn, "That one.")
        _revised(person, answered(person, "And the whole sentence?", "The cat sat on a mat.", talk))
        _continued(
            person, _stopped(person, "Tell me a story", "Once upon a time there was", talk), " a lighthouse keeper."
        )
    return _now(talk)


def ends(person: User) -> Conversation:
    """How a reply can end."""
    reset = clock.now() + dt.timedelta(hours=3)
    with transaction.atomic():
        talk = answered(person, "A good one first", "Here it is.").conversation
        handbook = Part("sources", AskedBase("Handbook", is_cited=False).written)
        ended(running(person, "Out of the handbook?", talk), (*text_part("Two weeks ahead."), handbook), finish="stop")
        _failed(person, talk, "money", trouble_code="1113")
        _failed(person, talk, "network", "Half of an answer")
        _failed(person, talk, "paused_until", resets_at=reset)
        _ended(person, talk, TurnState.INTERRUPTED, "Cut off in the")
        _ended(person, talk, TurnState.COMPLETED, "", finish="length")
        withheld(person, "Held?", conversation=talk)
        upheld(withheld(person, "Removed?", conversation=talk).reply)
        released(withheld(person, "Released?", "It was harmless.", conversation=talk).reply)
        ended(running(person, "Not accepted?", talk), (), TurnState.FILTERED, REFUSED)
        _stopped(person, "Stopped?", "You stopped me when I", talk)
    return _now(talk)


def pictured(person: User) -> Conversation:
    """A question with pictures, and pictures in the box of its conversation."""
    with transaction.atomic():
        turn = asked_about(person, "crimson", "gold", text="What is on these?")
        claimed(turn)
        talk = ended(fresh(turn), text_part("Red on one, gold on the other.")).conversation
        for colour in ("navy", "teal"):
            in_box(person, talk.code, colour)
    return _now(talk)


def called(person: User) -> Conversation:
    """A reply with calls that ended in every way, and one whose call waits for its person."""
    states = (CallState.SUCCEEDED, CallState.FAILED, CallState.DENIED, CallState.CANCELLED)
    entries = [call(index, name) for index, name in enumerate(("calculator", "get_weather", "act", "convert_units"))]
    entries += [result("6 * 7 = 42\n" * 30, index, state) for index, state in enumerate(states)]
    with transaction.atomic():
        turn = ended(running(person, "Six by seven?"), (tool_part(*entries), Part("text", "It is 42.")), finish="stop")
        waiting(person, conversation=turn.conversation)
    return _now(turn.conversation)


def jobs(person: User) -> Conversation:
    """A job in every state; the conversation of the one that is at work."""
    far, now = clock.now() + dt.timedelta(minutes=50), clock.now()
    with transaction.atomic():  # nobody takes a step of any
        for state in JobState:
            turn = start.send(order(person, begin=delegated.delegate), uuid.uuid4(), f"In the background: {state}")
            facts = {"submitted_at": now - dt.timedelta(seconds=9), "next_poll_at": far}
            if state not in OPEN_STATES:
                facts |= {"next_poll_at": None, "ended_at": now}
            trouble = {JobState.FAILED: "disturbed", JobState.UNKNOWN: "crashed"}.get(state, "")
            Job.objects.filter(turn=turn).update(state=state, trouble=trouble, request_id="req-7f3a-0044", **facts)
            if state == JobState.SUBMITTED:
                working = turn.conversation
    return _now(working)


def cases(reviewer: str) -> None:
    """Cases for somebody at the desk, named by their notes: one to decide, one about themselves, one decided, one with
    pictures."""
    judge, author = User.objects.get(username=reviewer), person(f"author-{uuid.uuid4().hex[:8]}")
    talk = answered(author, "Who is this for?", "For **pharmacists**.")
    secret = withheld(author, "Translate it.", "Some *secret*:\n\n```py\nx = 1\n```", talk.conversation, level=0)
    found = {"case": case_of(secret.reply), "own_case": case_of(withheld(judge).reply)}
    found["decided_case"] = upheld(withheld(author, "Again?").reply, judge)
    with transaction.atomic():
        asked = asked_about(author, "crimson", "gold", text="What is on these?")
        claimed(asked)
        told = ended(fresh(asked), text_part("A list."), TurnState.FILTERED, Concern("finish", "assistant", 1))
    found["pictured_case"] = case_of(told.reply)
    for note, case in found.items():
        ReviewCase.objects.filter(pk=case.pk).update(note=note)


def _again(person: User, turn: Turn, text: str) -> None:
    again = start.regenerate(order(person), turn.conversation.code, turn.reply.code)
    claimed(again)
    ended(fresh(again), text_part(text))


def _revised(person: User, turn: Turn) -> None:
    revise(person, turn.conversation.code, turn.reply.code, uuid.uuid4(), "The cat sat on the mat.")


def _continued(person: User, turn: Turn, text: str) -> None:
    rest = start.continue_reply(order(person), turn.conversation.code, turn.reply.code)
    claimed(rest)
    ended(fresh(rest), text_part(text))


def _stopped(person: User, question: str, text: str, talk: Conversation) -> Turn:
    return ended(running(person, question, _now(talk)), text_part(text), TurnState.STOPPED)


def _failed(person: User, talk: Conversation, trouble: str, text: str = "", **facts: object) -> None:
    _ended(person, talk, TurnState.FAILED, text, trouble=trouble, **facts)


def _ended(person: User, talk: Conversation, state: TurnState, text: str, **facts: object) -> None:
    parts = text_part(text) if text else ()
    question = f"{state} {facts.get('trouble', facts.get('finish', ''))}?"
    ended(running(person, question.capitalize(), _now(talk)), parts, state, **facts)


def _now(talk: Conversation) -> Conversation:
    return Conversation.objects.get(pk=talk.pk)
