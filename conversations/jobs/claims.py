"""Taking jobs for a step: by a guarded update that gives a lease and a fencing token to one taker alone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Min, Q

from conversations import upstream
from conversations.models import FAR, Job, JobState, Turn
from conversations.rooms import rooms
from conversations.turns.claim import database_now
from conversations.turns.queue import bound, one_after_the_other

MARGIN = 15.0  # seconds of a lease for what is done beside the network
HEADS = 500  # of those who wait, looked at together


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to take one step of a job, until somebody takes it with a higher token."""

    job_id: int
    code: uuid.UUID
    state: str
    token: int

    @property
    def guard(self) -> Q:
        return Q(lease_token=self.token)

    @property
    def packed(self) -> tuple[int, str, str, int]:
        """As a message carries it."""
        return self.job_id, str(self.code), self.state, self.token


def lease() -> dt.timedelta:
    """As long as one step may take."""
    network = settings.CHATSITE_CONNECT_TIMEOUT + 2 * settings.CHATSITE_JOB_TIMEOUT
    return dt.timedelta(seconds=network + MARGIN)


def take_due(most: int) -> list[Ticket]:
    """Take what is due: jobs to ask for, steps whose taker fell silent; the longest due first."""
    rows = Job.objects.due(database_now())
    if not rows.exists():  # a transaction would make SQLite's other writers wait
        return []
    with transaction.atomic():
        if connection.vendor == "postgresql":
            rows = rows.select_for_update(skip_locked=True)
        return _taken(list(rows.values_list("pk", "code", "state", "lease_token")[:most]))


def take_queued(most: int) -> list[Ticket]:
    """Take of those who wait as many as GLM has room for, one of each person and kind, so that nobody's many stand
    before somebody's first. Replies that people watch go before jobs."""
    if not Job.objects.queued().exists():
        return []
    with one_after_the_other(), transaction.atomic():
        models, people = _models_at_work(), _people_at_work()
        models.update(Turn.objects.running().values_list("model_name", flat=True))
        return _taken(_chosen(most, models, people))


def _models_at_work() -> Counter[str]:
    """How many jobs of each model are at GLM; counted by the database, for there may be thousands."""
    counts = Job.objects.at_work().order_by().values_list("model_name").annotate(Count("pk"))
    return Counter(dict(counts))


def _people_at_work() -> Counter[tuple[int, str]]:
    counts = Job.objects.at_work().order_by().values_list("person_id", "kind").annotate(Count("pk"))
    return Counter({(person, kind): count for person, kind, count in counts})


def _chosen(most: int, models: Counter[str], people: Counter[tuple[int, str]]) -> list[tuple[int, uuid.UUID, str, int]]:
    chosen: list[tuple[int, uuid.UUID, str, int]] = []
    for pk, code, token, model, person, kind in _heads(_full(models)):
        has_room = not _is_full(model, models) and people[person, kind] < settings.CHATSITE_JOBS_AT_ONCE
        if has_room and len(chosen) < most:
            chosen.append((pk, code, JobState.QUEUED, token))
            models[model] += 1
            people[person, kind] += 1
    return chosen


def _heads(full: Collection[str]) -> list[tuple[int, uuid.UUID, int, str, int, str]]:
    """The first of each person and kind that may be handed over now."""
    now = database_now()
    ready = Q(next_poll_at=None) | Q(next_poll_at__lte=now) | Q(next_poll_at__gt=now + FAR)
    firsts = Job.objects.queued().filter(ready).exclude(model_name__in=full).order_by()
    ids = firsts.values("person_id", "kind").annotate(first=Min("pk")).values_list("first", flat=True)
    rows = Job.objects.queued().filter(pk__in=list(ids.order_by("first")[:HEADS])).order_by("pk")
    return list(rows.values_list("pk", "code", "lease_token", "model_name", "person_id", "kind"))


def _full(models: Counter[str]) -> set[str]:
    """Models without a place, and those whose replies people wait for."""
    waited_for = set(Turn.objects.queued().values_list("model_name", flat=True).order_by().distinct())
    return waited_for | {model for model in models if _is_full(model, models)}


def _is_full(model: str, models: Counter[str]) -> bool:
    most = rooms.limit(model, bound(model))
    return most is not None and models[model] >= most


def _taken(rows: list[tuple[int, uuid.UUID, str, int]]) -> list[Ticket]:
    """Nobody else can have seen these: SQLite has one writer, PostgreSQL has locked the rows or the queue."""
    if not rows:
        return []
    end: Any = database_now() + lease()
    mine = Job.objects.filter(pk__in=[pk for pk, *_ in rows])
    mine.update(lease_token=F("lease_token") + 1, lease_until=end, next_poll_at=end)
    return [Ticket(pk, code, state, token + 1) for pk, code, state, token in rows]


def note_places() -> None:
    """Let this process know how many places jobs have, wherever they were handed over."""
    rooms.note_jobs(_models_at_work())


def is_upstream_of(job: Job) -> bool:
    """Whether the server in use is the one that took it: another has never heard of it."""
    return job.upstream == upstream.current().name
