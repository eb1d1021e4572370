"""What a reviewer sees of a case: the turns around it, and what is like it. Every look is written down."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.db import models
from django.utils.safestring import mark_safe

from conversations import broadcast, evidence, present
from conversations.markdown import language_of
from conversations.models import (
    Act,
    CaseState,
    Conversation,
    EvidenceKind,
    Message,
    Part,
    ReviewCase,
    Role,
    User,
    Visibility,
)
from conversations.present import ShownPart, ShownPicture
from conversations.tool_entries import calls_in

from . import reviewers
from .steps import record

AROUND = 2  # messages before and after
MOST_ALIKE = 200


@dataclass(frozen=True, slots=True)
class SurroundingMessage:
    """A message as a reviewer reads it, whatever others see of it. `number` is that of the question it belongs to."""

    code: uuid.UUID
    role: str
    visibility: str
    created_at: dt.datetime
    parts: tuple[Part, ...]
    is_subject: bool
    number: int = 0

    @property
    def shown(self) -> tuple[ShownPart, ...]:
        """The parts as HTML, drawn as their author would see them."""
        return tuple(_shown(index, part) for index, part in enumerate(self.parts))

    @property
    def pictures(self) -> tuple[ShownPicture, ...]:
        return present.pictures_in(self.parts)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The turns around a case. `is_sealed`: the text was deleted for good, and this is what the evidence has;
    without messages its hold has ended too."""

    messages: tuple[SurroundingMessage, ...]
    is_sealed: bool = False

    @property
    def pictures(self) -> tuple[ShownPicture, ...]:
        """Those of all the messages."""
        return tuple(picture for message in self.messages for picture in message.pictures)

    @property
    def subject(self) -> SurroundingMessage | None:
        return next((each for each in self.messages if each.is_subject), None)


def look(case: ReviewCase, actor: User) -> None:
    """Somebody opens the page of a case: facts only, no text yet."""
    reviewers.check(case, actor)
    record(case, actor, Act.LOOKED)


def show_text(case: ReviewCase, actor: User, reason: str = "") -> Surroundings:
    """The text in question and the turns around it."""
    reviewers.check(case, actor)
    record(case, actor, Act.TEXT_SHOWN, note=reason)
    broadcast.queue_moved()
    return surroundings(case)


def text_for_review(case: ReviewCase) -> str:
    """All that was withdrawn, reasoning too: a release gives it all back. The caller has recorded who looks and why."""
    subject = surroundings(case).subject
    return "\n\n".join(part.text for part in subject.parts) if subject else ""


def length_of(case: ReviewCase) -> int | None:
    """How many characters there are to read; None when only the evidence knows."""
    message = Message.objects.filter(code=case.message_code).first()
    return sum(len(part.text) for part in message.parts) if message else None


def picture_count_of(case: ReviewCase) -> int:
    """How many pictures the message in question has; 0 too when only the evidence knows."""
    message = Message.objects.filter(code=case.message_code).first()
    return len(present.pictures_in(message.parts)) if message else 0


def author_sees(case: ReviewCase) -> str:
    """The visibility of the message in question at this moment; "" when it is gone."""
    conversation = Conversation.objects.filter(code=case.conversation_code, deleted_at=None)
    found = Message.objects.filter(code=case.message_code, conversation__in=conversation)
    return found.values_list("visibility", flat=True).first() or ""


def earlier_cases(case: ReviewCase) -> dict[str, int]:
    """How many other cases the author has, by state: counts only."""
    others = ReviewCase.objects.filter(person_code=case.person_code).exclude(pk=case.pk)
    return dict(others.values_list("state").annotate(models.Count("pk")).order_by("state"))


def alike(case: ReviewCase, actor: User) -> list[ReviewCase]:
    """Other undecided cases of the same text and kind, which this reviewer may decide."""
    if not case.likeness:
        return []
    same = ReviewCase.objects.filter(likeness=case.likeness, source=case.source, level=case.level)
    free = models.Q(state=CaseState.OPEN) | models.Q(state=CaseState.CLAIMED, claimed_by=actor.code)
    others = same.filter(free).exclude(pk=case.pk).exclude(person_code=actor.code)
    return list(others.order_by("due_at", "pk")[:MOST_ALIKE])


def surroundings(case: ReviewCase) -> Surroundings:
    """The turns around a case, for those who have written down that they read them."""
    message = Message.objects.select_related("conversation").filter(code=case.message_code, purged_at=None).first()
    if message is None:
        return _of_evidence(case)
    tree = message.conversation.tree()
    path = tree.path_to(tree.latest_leaf(message.pk))
    place = next(i for i, node in enumerate(path) if node.id == message.pk)
    numbers = accumulate(int(node.role == Role.USER) for node in path)
    around = list(zip(path, numbers, strict=True))[max(0, place - AROUND) : place + AROUND + 1]
    return Surroundings(_read({node.id: number for node, number in around}, message))


def _of_evidence(case: ReviewCase) -> Surroundings:
    sealed = evidence.last_payload(case.code, EvidenceKind.FLAGGED)
    if sealed is None:
        return Surroundings((), is_sealed=True)
    path = [*sealed["path"], sealed["message"]]
    numbers = accumulate(int(each["role"] == Role.USER) for each in path)
    around = list(zip(path, numbers, strict=True))[-AROUND - 1 :]
    return Surroundings(tuple(_as_sealed(each, number, case) for each, number in around), is_sealed=True)


def _as_sealed(message: dict[str, Any], number: int, case: ReviewCase) -> SurroundingMessage:
    is_subject = message["code"] == str(case.message_code)
    may_read = is_subject or message["visibility"] == Visibility.SHOWN
    return SurroundingMessage(
        code=uuid.UUID(message["code"]),
        role=message["role"],
        visibility=message["visibility"],
        created_at=dt.datetime.fromisoformat(message["at"]),
        parts=tuple(Part(**part) for part in message["parts"]) if may_read else (),
        is_subject=is_subject,
        number=number,
    )


def _read(numbers: Mapping[int, int], subject: Message) -> tuple[SurroundingMessage, ...]:
    found = Message.objects.select_related("turn").in_bulk(list(numbers))
    read = [(found[pk], number) for pk, number in numbers.items() if pk in found]
    return tuple(_as_read(message, number, is_subject=message.pk == subject.pk) for message, number in read)


def _as_read(message: Message, number: int, *, is_subject: bool) -> SurroundingMessage:
    # Other withdrawn messages have cases of their own, in which they are read.
    may_read = is_subject or message.visibility == Visibility.SHOWN
    return SurroundingMessage(
        code=message.code,
        role=message.role,
        visibility=message.visibility,
        created_at=message.created_at,
        parts=message.parts if may_read else (),
        is_subject=is_subject,
        number=number,
    )


def _shown(index: int, part: Part) -> ShownPart:
    if part.kind == "sources":
        return present.sources_part(index, part.text)
    html = mark_safe(present.render_part(part))  # noqa: S308
    calls = calls_in([part.text]) if part.kind == "tool" else ()
    language = "" if calls else language_of(part.text)
    return ShownPart(index, part.kind, html, language=language, seconds=part.seconds, calls=calls)
