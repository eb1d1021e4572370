"""Taking jobs for a step: by a guarded update that gives a lease and a fencing token to one taker alone.

This goes round before every step, so its statements are written out instead of built by the ORM each time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from conversations import upstream
from conversations.models import FAR, Job, JobState
from conversations.models.job import AT_WORK_STATES, STEPPED_STATES, among
from conversations.models.prepared import FromNow, moment
from conversations.rooms import rooms
from conversations.turns.queue import bound, one_after_the_other

MARGIN = 15.0  # seconds of a lease for what is done beside the network
HEADS = 500  # of those who wait, looked at together

NOW = FromNow()
STEPPED, AT_WORK, QUEUED = among(STEPPED_STATES), among(AT_WORK_STATES), among((JobState.QUEUED,))
# A time that lies farther off than anything is ever put was written before the clock was set back.
DUE = f"{STEPPED} AND (next_poll_at <= {{now}} OR next_poll_at > {{far}})"
READY = f"{QUEUED} AND (next_poll_at IS NULL OR next_poll_at <= {{now}} OR next_poll_at > {{far}})"

FIND_DUE = f"SELECT id, code FROM conversations_job WHERE {DUE} ORDER BY next_poll_at LIMIT %s"  # noqa: S608
FIND_READY = f"SELECT 1 FROM conversations_job WHERE {READY} LIMIT 1"  # noqa: S608
COUNT_MODELS = f"SELECT model_name, count(*) FROM conversations_job WHERE {AT_WORK} GROUP BY model_name"  # noqa: S608
# Of those who wait some are taken already, and are at work in a moment.
COUNT_AT_WORK = " UNION ALL ".join(
    f"SELECT model_name, person_id, kind, count(*) FROM conversations_job WHERE {each} "  # noqa: S608
    "GROUP BY model_name, person_id, kind"
    for each in (AT_WORK, f"{QUEUED} AND lease_until > {{now}}")
)
COUNT_TURNS = (
    "SELECT model_name, state, count(*) FROM conversations_turn WHERE state IN ('queued', 'running') "
    "GROUP BY model_name, state"
)
FIRSTS = f"SELECT min(id) FROM conversations_job WHERE {READY} {{but}} GROUP BY person_id, kind ORDER BY 1 LIMIT %s"  # noqa: S608
FIND_HEADS = f"SELECT id, code, model_name, person_id, kind FROM conversations_job WHERE id IN ({FIRSTS}) ORDER BY id"  # noqa: S608
TAKE = (
    "UPDATE conversations_job SET lease_token = lease_token + 1, lease_until = {end}, next_poll_at = {end} "
    "WHERE id IN ({ids}) AND {guard} RETURNING id, state, lease_token"
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to take one step of a job, until somebody takes it with a higher token."""

    job_id: int
    code: uuid.UUID
    state: str
    token: int

    @property
    def held(self) -> dict[str, int]:
        """What must still be so for whoever writes by it."""
        return {"lease_token": self.token}

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
    due, times = _at(DUE)
    found = _rows(FIND_DUE.format(**_times()), [*times, most])
    if not found:  # a transaction would make SQLite's other writers wait
        return []
    with transaction.atomic():
        return _taken(found, due, times)


def take_queued(most: int) -> list[Ticket]:
    """Take of those who wait as many as GLM has room for, one of each person and kind, so that nobody's many stand
    before somebody's first. Replies that people watch go before jobs."""
    ready, times = _at(READY)
    if not _rows(FIND_READY.format(**_times()), times):
        return []
    with one_after_the_other(), transaction.atomic():
        return _taken(_chosen(most), ready, times)


def note_places() -> None:
    """Let this process know how many places jobs have, wherever they were handed over."""
    rooms.note_jobs(Counter(dict(_rows(COUNT_MODELS))))


def is_upstream_of(job: Job) -> bool:
    """Whether the server in use is the one that took it: another has never heard of it."""
    return job.upstream == upstream.current().name


def _chosen(most: int) -> list[tuple[int, Any]]:
    models, people = _at_work()
    waited_for: set[str] = set()
    for model, state, count in _rows(COUNT_TURNS):
        models[model] += count if state == "running" else 0
        waited_for |= {model} if state == "queued" else set()
    chosen: list[tuple[int, Any]] = []
    for pk, code, model, person, kind in _heads(waited_for | {model for model in models if _is_full(model, models)}):
        has_room = not _is_full(model, models) and people[person, kind] < settings.CHATSITE_JOBS_AT_ONCE
        if has_room and len(chosen) < most:
            chosen.append((pk, code))
            models[model] += 1
            people[person, kind] += 1
    return chosen


def _at_work() -> tuple[Counter[str], Counter[tuple[int, str]]]:
    """How many jobs are at GLM or on their way there, of each model and of each person and kind; counted by the
    database, for there may be thousands."""
    models: Counter[str] = Counter()
    people: Counter[tuple[int, str]] = Counter()
    for model, person, kind, count in _rows(COUNT_AT_WORK.format(**_times()), [moment(NOW)[1]]):
        models[model] += count
        people[person, kind] += count
    return models, people


def _heads(full: set[str]) -> list[tuple[Any, ...]]:
    """The first of each person and kind that may be handed over now, but for models without a place and those whose
    replies people wait for."""
    but = f"AND model_name NOT IN ({', '.join(['%s'] * len(full))})" if full else ""
    _ready, times = _at(READY)
    return _rows(FIND_HEADS.format(but=but, **_times()), [*times, *full, HEADS])


def _is_full(model: str, models: Counter[str]) -> bool:
    most = rooms.limit(model, bound(model))
    return most is not None and models[model] >= most


def _taken(found: Sequence[tuple[int, Any]], guard: str, times: list[Any]) -> list[Ticket]:
    """Of what was found what still is so now: nobody else can have taken it meanwhile, or they have and it is not."""
    if not found:
        return []
    end, until = moment(FromNow(lease()))
    ids = ", ".join(["%s"] * len(found))
    given = [until, until, *(pk for pk, _code in found), *times]
    taken = {row[0]: row[1:] for row in _rows(TAKE.format(end=end, ids=ids, guard=guard), given)}
    return [Ticket(pk, _uuid(code), *taken[pk]) for pk, code in found if pk in taken]


def _at(condition: str) -> tuple[str, list[Any]]:
    """A condition with the present moment in it, and its parameters."""
    return condition.format(**_times()), [moment(NOW)[1], moment(FromNow(FAR))[1]]


def _times() -> dict[str, str]:
    return {"now": moment(NOW)[0], "far": moment(FromNow(FAR))[0]}


def _rows(sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _uuid(value: Any) -> uuid.UUID:
    """SQLite keeps it as text."""
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
