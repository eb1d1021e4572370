"""`python -m bench.desk`: how long the reviewer's desk takes with a hundred thousand undecided cases.

On SQLite, and on PostgreSQL with `DATABASE_URL` (an empty database, which it fills). `--plans` prints what each query
of the page reads.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.review.site import rows

COUNT = 100_000
TRIES = 15
BATCH = 5_000
VIEWS = {
    "everything": "",
    "a page further on": "?after={middle}",
    "a rare kind": "?source=staff",
    "a kind and a level": "?source=report&level=0",
    "overdue": "?show=overdue",
    "older than a day": "?age=24",
    "for a second person": "?show=second",
    "mine": "?show=mine",
    "decided": "?show=closed",
    "decided, a rare kind": "?show=closed&source=staff",
}


def main() -> None:
    options = _options()
    with rows():
        _measure(options.cases, shows_plans=options.plans)


def _measure(count: int, *, shows_plans: bool) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    call_command("collectstatic", interactive=False, verbosity=0)
    judge = _fill(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE conversations_reviewcase")
    client = Client()
    client.force_login(judge, backend="conversations.web.account.AccountBackend")
    print(f"{connection.vendor}, {count:,} undecided cases and a tenth as many decided ones")
    for name, query in VIEWS.items():
        address = "/review/" + query.format(middle=_middle())
        assert client.get(address, HTTP_HOST="localhost").status_code == 200
        with CaptureQueriesContext(connection) as asked:
            client.get(address, HTTP_HOST="localhost")
        page = _milliseconds(partial(client.get, address, HTTP_HOST="localhost"))
        print(f"{name:24} page {page:6.1f} ms, of which database {_asking(asked.captured_queries):6.1f} ms")
        if shows_plans:
            for each in asked.captured_queries:
                _explain(each["sql"])


def _asking(queries: list[dict[str, Any]]) -> float:
    return sum(float(each["time"]) for each in queries) * 1_000


def _milliseconds(act: Callable[[], Any]) -> float:
    found = []
    for _ in range(TRIES):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return statistics.median(found) * 1_000


def _explain(sql: str) -> None:
    from django.db import connection

    if not sql.startswith("SELECT"):
        return
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ANALYZE ") + sql)
        for row in cursor.fetchall():
            print("   ", row[-1])


def _middle() -> uuid.UUID:
    from conversations.models import ReviewCase

    cases = ReviewCase.objects.undecided().order_by("due_at", "pk").values_list("code", flat=True)
    return cases[cases.count() // 2]  # type: ignore[no-any-return]


def _fill(count: int) -> Any:
    from conversations.models import Flag, ReviewCase
    from tests import people

    judge = people.reviewer()
    author = people.person()
    people.withheld(author)
    wanted = list(_cases(count, author.code, judge.code))
    for start in range(0, len(wanted), BATCH):
        made = ReviewCase.objects.bulk_create(wanted[start : start + BATCH])
        Flag.objects.bulk_create(
            Flag(
                case=each,
                message_code=each.message_code,
                source=each.source,
                level=each.level,
                raised_at=each.opened_at,
            )
            for each in made
        )
    return judge


def _cases(count: int, author: uuid.UUID, judge: uuid.UUID) -> Iterator[Any]:
    from conversations.models import CaseState, FlagSource, ReviewCase

    now = dt.datetime.now(dt.UTC)
    sources = [each.value for each in FlagSource if each != FlagSource.STAFF]
    for n in range(count + count // 10):
        opened = now - dt.timedelta(hours=30) + dt.timedelta(seconds=n)
        is_decided = n >= count
        decided = {"state": CaseState.RELEASED, "decided_at": opened, "decided_by": judge, "announced_at": opened}
        state = {500: CaseState.CLAIMED, 501: CaseState.PROPOSED}.get(n % 1000, CaseState.OPEN)
        holder = {"claimed_by": judge if n % 5000 == 500 else author} if state == CaseState.CLAIMED else {}
        yield ReviewCase(
            message_code=uuid.uuid4(),
            conversation_code=uuid.uuid4(),
            person_code=author if n % 2 else uuid.uuid4(),
            role="assistant",
            source=FlagSource.STAFF if n % 50_000 == 0 else sources[n % len(sources)],
            level=(None, 0, 1, 2, 3)[n % 5],
            likeness=uuid.uuid5(author, str(n % (count // 3))).hex * 2,
            opened_at=opened,
            due_at=opened + dt.timedelta(hours=24),
            **(decided if is_decided else {"state": state, **holder}),
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("--cases", type=int, default=COUNT)
    parser.add_argument("--plans", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
