"""Who saw how much of a text, for the record of a flag."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import models

from conversations import clock, evidence
from conversations.models import EvidenceKind, Exposure, Message, ReviewCase, SeenBy

FACTS = ("person_code", "session", "how", "shown", "at")


@dataclass(frozen=True, slots=True)
class Seen:
    """How many characters of a message a session had been sent; `shown` is None when nobody knows."""

    message_code: uuid.UUID
    person_code: uuid.UUID | None
    session: str
    how: str
    shown: int | None
    at: dt.datetime


def keep(seen: Sequence[Seen]) -> None:
    """Write down what was seen; of what is flagged already it is sealed as well."""
    with evidence.recording():
        Exposure.objects.bulk_create(Exposure(**asdict(each)) for each in seen)
        by_message: dict[uuid.UUID, list[Seen]] = defaultdict(list)
        for each in seen:
            by_message[each.message_code].append(each)
        for case in ReviewCase.objects.filter(message_code__in=by_message):
            facts = [asdict(each) for each in by_message[case.message_code]]
            evidence.add(EvidenceKind.SEEN, case.code, {"message": case.message_code, "seen": facts})


def keep_of_flagged(seen: Sequence[Seen]) -> None:
    """The same of those messages only that were flagged: a log is blanked for other reasons too."""
    codes = {each.message_code for each in seen}
    flagged = set(ReviewCase.objects.filter(message_code__in=codes).values_list("message_code", flat=True))
    if found := [each for each in seen if each.message_code in flagged]:
        keep(found)


def unknown(message: Message, person_code: uuid.UUID) -> None:
    """A process was killed, and what it had sent is known to nobody."""
    keep([Seen(message.code, person_code, "", SeenBy.UNKNOWN, None, clock.now())])


def exposures_of(case: ReviewCase) -> models.QuerySet[Exposure]:
    return Exposure.objects.filter(message_code=case.message_code).order_by("pk")


def facts_of(message: Message) -> list[dict[str, Any]]:
    """What is known when a flag is raised. Of a text that had long been there it is unknown which sessions saw it."""
    known = list(Exposure.objects.filter(message_code=message.code).order_by("pk").values(*FACTS))
    return known or [{"how": SeenBy.UNKNOWN.value, "shown": None}]
