"""The queue at 100,000 cases, 10,000 of them open: its queries, its counters, its page."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from .site import median, rows

CASES, OPEN = 100_000, 10_000
REACH = 0.050


def measure() -> str:
    with rows():
        from conversations import moderation
        from conversations.accounts import add_person

        reviewer = add_person("judge", "a good password", "reviewer")
        _fill(reviewer.code)
        page = median(lambda: list(moderation.queue(reviewer)[:50]))
        mine = median(lambda: list(moderation.queue(reviewer, moderation.QueueFilter(is_mine=True))[:50]))
        overdue = median(lambda: list(moderation.queue(reviewer, moderation.QueueFilter(is_overdue=True))[:50]))
        following = median(lambda: moderation.next_case(reviewer))
        counters = median(lambda: moderation.counters(reviewer))
        whole = median(_visitor(reviewer))
    parts = {"queue": page, "mine": mine, "overdue": overdue, "next case": following, "counters": counters}
    told = ", ".join(f"{name} {seconds * 1000:.1f} ms" for name, seconds in parts.items())
    return f"queue at {CASES:,} cases (≤ {REACH * 1000:.0f} ms): page {whole * 1000:.1f} ms; of it {told}"


def _visitor(reviewer: object):  # type: ignore[no-untyped-def]
    from django.core.management import call_command
    from django.test import Client

    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(headers={"host": "localhost"})
    client.force_login(reviewer, backend="conversations.web.account.AccountBackend")  # type: ignore[arg-type]

    def visit() -> None:
        answer = client.get("/review/")
        if answer.status_code != 200:
            raise RuntimeError(f"the queue was answered with {answer.status_code}")

    return visit


def _fill(judge: uuid.UUID) -> None:
    from django.db import connection

    from conversations import clock
    from conversations.models import CaseState, FlagSource, ReviewCase

    now, luck = clock.now(), random.Random(1)
    sources = [source.value for source in FlagSource]

    def case(number: int) -> ReviewCase:
        opened = now - dt.timedelta(minutes=luck.randint(0, 60 * 24 * 300))
        is_open = number < OPEN
        state = luck.choice((CaseState.OPEN, CaseState.OPEN, CaseState.CLAIMED)) if is_open else CaseState.UPHELD
        return ReviewCase(
            state=state,
            message_code=uuid.uuid4(),
            conversation_code=uuid.uuid4(),
            person_code=uuid.uuid4(),
            role="assistant",
            source=luck.choice(sources),
            level=luck.choice((None, 0, 1, 2)),
            claimed_by=luck.choice((judge, uuid.uuid4())) if state == CaseState.CLAIMED else None,
            claimed_until=now + dt.timedelta(minutes=10) if state == CaseState.CLAIMED else None,
            opened_at=opened,
            due_at=opened + dt.timedelta(hours=24),
            decided_by=None if is_open else judge,
            decided_at=None if is_open else opened + dt.timedelta(hours=1),
            announced_at=None if is_open else opened + dt.timedelta(hours=1, minutes=1),
        )

    ReviewCase.objects.bulk_create((case(number) for number in range(CASES)), batch_size=2000)
    with connection.cursor() as cursor:  # as the database does by itself, sooner or later
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
