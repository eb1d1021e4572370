"""The queue of turns: rows that any process may take, everybody in turn, as far as GLM has room."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Count

from conversations import clock, company, upstream
from conversations.line import Place, Waiting, ordered, places, waits
from conversations.models import Job, Turn
from conversations.rooms import rooms

from .claim import Assignment, claim

logger = structlog.get_logger(__name__)

LOOKED_AT = 1000  # of those who wait
LOCK = 0x6368_6174_0001  # a number of ours among the locks of the database

AtWork = tuple[int, str, float]


def has_place(turn: Turn) -> bool:
    """Take a place for a turn that is just being made, of those that this process gives away; False: it has to wait."""
    of_person = settings.CHATSITE_REPLIES_PER_PERSON
    return rooms.take(turn.pk, turn.person_id, turn.model_name, company.share(bound(turn.model_name)), of_person)


def bound(model_name: str) -> int | None:
    """How many requests of a model may be at work at once, as far as anybody has said."""
    return settings.CHATSITE_REQUESTS_AT_ONCE or upstream.entry(model_name).concurrency


def take_waiting(runner: str, room: int) -> tuple[list[Assignment], dict[uuid.UUID, Place]]:
    """Claim at most `room` of those who wait, everybody in turn; and where the others stand."""
    if not Turn.objects.queued().exists():
        rooms.expect(())
        return [], {}
    with one_after_the_other():
        at_work = _at_work()
        line = ordered(_waiting(), Counter(person for person, _model, _age in at_work), rooms.served())
        taken, left = _taken(line, at_work, runner, room)
    rooms.expect({each.model for each in left})
    return taken, places(left, _estimates(left, at_work))


@contextmanager
def one_after_the_other() -> Iterator[None]:
    """Of several processes one looks at the queue: two would give the last place away twice."""
    if connection.vendor != "postgresql" or not settings.REDIS_URL:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


def _taken(
    line: Sequence[Waiting], at_work: Sequence[AtWork], runner: str, room: int
) -> tuple[list[Assignment], list[Waiting]]:
    """Whoever runs anywhere counts, until the lease of its process is over; so do jobs, which GLM counts with them."""
    taken: list[Assignment] = []
    left: list[Waiting] = []
    models, people = Counter(each[1] for each in at_work), Counter(each[0] for each in at_work)
    models.update(dict(Job.objects.at_work().order_by().values_list("model_name").annotate(Count("pk"))))
    for each in line:
        has_room = len(taken) < room and _has_room(each, models, people)
        assignment = _claimed(each.turn_id, runner) if has_room else None
        if assignment is not None:
            taken.append(assignment)
            models[each.model] += 1
            people[each.person] += 1
        elif not has_room:
            left.append(each)
    return taken, left


def _has_room(each: Waiting, models: Counter[str], people: Counter[int]) -> bool:
    most, of_person = rooms.limit(each.model, bound(each.model)), settings.CHATSITE_REPLIES_PER_PERSON
    if (most is not None and models[each.model] >= most) or (of_person and people[each.person] >= of_person):
        return False
    return rooms.take_waiting(each.turn_id, each.person, each.model, most, of_person)


def _claimed(turn_id: int, runner: str) -> Assignment | None:
    assignment = None
    try:
        assignment = claim(turn_id, runner)
    except OperationalError:
        raise
    except Exception:
        # It stays queued, where it can be stopped, and must not stand in the way of those behind it.
        logger.exception("turn cannot be taken", turn_id=turn_id)
    finally:
        if assignment is None:
            rooms.release(turn_id)
    return assignment


def _waiting() -> list[Waiting]:
    rows = (
        Turn.objects.queued().select_related("reply").only("code", "reply__code", "person", "model_name", "queued_at")
    )
    return [
        Waiting(each.pk, each.code, each.reply.code, each.person_id, each.model_name, each.queued_at.timestamp())
        for each in rows[:LOOKED_AT]
    ]


def _at_work() -> list[AtWork]:
    """Whom, by which model and for how long a reply is being written."""
    now = clock.now()
    rows = Turn.objects.running().values_list("person_id", "model_name", "started_at")
    return [(person, model, (now - started).total_seconds() if started else 0.0) for person, model, started in rows]


def _estimates(left: Sequence[Waiting], at_work: Sequence[AtWork]) -> dict[str, list[float]]:
    ages: defaultdict[str, list[float]] = defaultdict(list)
    for _person, model, age in at_work:
        ages[model].append(age)
    counts = Counter(each.model for each in left)
    found: dict[str, Any] = {}
    for model, count in counts.items():
        usual, slots = rooms.usual_seconds(model), rooms.limit(model, bound(model))
        if usual is not None:
            found[model] = waits(count, ages[model], slots or max(len(ages[model]), 1), usual)
    return found
