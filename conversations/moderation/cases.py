"""Cases: one a message. Later flags join it, and open it again when it was decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from conversations import broadcast, clock, crypto, evidence, pictures
from conversations.models import (
    Act,
    CaseState,
    EvidenceKind,
    Flag,
    Message,
    OnFlag,
    ReviewCase,
)

from . import dossier, rules, withdrawal
from .concern import Concern
from .rules import Ruling
from .steps import record, step

WORST = 0
ROLE_LENGTH = 12  # a foreign server's word is cut to its column
UNDECIDED: dict[str, Any] = {
    "claimed_by": None,
    "claimed_until": None,
    "proposed_by": None,
    "decided_by": None,
    "decided_at": None,
    "announce_at": None,
    "announced_at": None,
    "is_self_reviewed": False,
}


def open_case(message: Message, concerns: Sequence[Concern], *, withdraw: bool = True) -> ReviewCase | None:
    """Write flags down, do with the text what the rules say, and ask for a person; None when they are only noted.

    A part of the caller's `evidence.recording()`. With `withdraw` false the message has no text to take back. The
    caller has raised the conversation's revision and announces it.
    """
    with evidence.recording():
        rulings = rules.rule_on(concerns, message.conversation.owner)
        ruling = rules.strictest(rulings)
        if ruling.on_flag == OnFlag.NOTE:
            _flag(None, message, concerns, rulings)
            evidence.add(EvidenceKind.FLAGGED, None, dossier.of_note(message, concerns))
            return None
        case = _case(message, concerns, ruling)
        _flag(case, message, concerns, rulings)
        pictures.hold(message, case.code)
        evidence.add(EvidenceKind.FLAGGED, case.code, dossier.of_case(case, message))
        if ruling.on_flag == OnFlag.MARK:
            withdrawal.mark(message)
        elif withdraw:
            withdrawal.withdraw(message)
    return case


def due_at(level: int | None, since: dt.datetime) -> dt.datetime:
    worst = level == WORST
    return since + dt.timedelta(
        seconds=settings.CHATSITE_REVIEW_DEADLINE_WORST if worst else settings.CHATSITE_REVIEW_DEADLINE
    )


def _case(message: Message, concerns: Sequence[Concern], ruling: Ruling) -> ReviewCase:
    now, level = clock.now(), _worst(*(concern.level for concern in concerns))
    case, is_new = ReviewCase.objects.get_or_create(
        message_code=message.code,
        defaults={
            "conversation_code": message.conversation.code,
            "person_code": message.conversation.owner.code,
            "role": message.role,
            "source": concerns[0].source,
            "level": level,
            "on_flag": ruling.on_flag,
            "needs_second": ruling.needs_second,
            "likeness": _likeness(message),
            "opened_at": now,
            "due_at": due_at(level, now),
        },
    )
    if is_new:
        Flag.objects.filter(message_code=message.code, case=None).update(case=case)
        record(case, None, Act.OPENED, "")
        broadcast.queue_moved()
    else:
        _join(case, level, ruling, now)
    return case


def _join(case: ReviewCase, level: int | None, ruling: Ruling, now: dt.datetime) -> None:
    """A further flag: the worse of the two counts, and what was decided is open again; nobody decides meanwhile."""
    case.refresh_from_db(from_queryset=ReviewCase.objects.select_for_update())
    worst = _worst(case.level, level)
    changes: dict[str, Any] = {
        "level": worst,
        "on_flag": rules.stricter(case.on_flag, ruling.on_flag),
        "needs_second": case.needs_second or ruling.needs_second,
    }
    if case.is_decided:
        step(case, None, CaseState.OPEN, Act.REOPENED, **UNDECIDED, **changes, due_at=due_at(worst, now))
        return
    changes["due_at"] = min(case.due_at, due_at(worst, now))
    ReviewCase.objects.filter(pk=case.pk).update(**changes)
    for name, value in changes.items():
        setattr(case, name, value)
    record(case, None, Act.FLAGGED)


def _flag(case: ReviewCase | None, message: Message, concerns: Sequence[Concern], rulings: Sequence[Ruling]) -> None:
    now = clock.now()
    Flag.objects.bulk_create(
        Flag(
            case=case,
            message_code=message.code,
            source=concern.source,
            role=concern.role[:ROLE_LENGTH],
            level=concern.level,
            call_code=concern.call_code,
            on_flag=ruling.on_flag,
            detail={"v": 1, **concern.detail},
            words=concern.words,
            raised_by=concern.raised_by,
            raised_at=now,
        )
        for concern, ruling in zip(concerns, rulings, strict=True)
    )


def _likeness(message: Message) -> str:
    text = " ".join(" ".join(part.text for part in message.parts).casefold().split())
    return crypto.likeness(f"{message.role}\n{text}") if text else ""


def _worst(*levels: int | None) -> int | None:
    return min((level for level in levels if level is not None), default=None)
