"""`python -m bench.usage`: how long the pages of usage take over a million calls, and how long it takes to sum them.

On a database of its own: SQLite in a temporary directory, or the empty one that DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator

from bench.review.site import rows

PEOPLE, DAYS = 500, 365
MODELS = ("glm-5.3", "glm-5.3-flash", "glm-5.2", "glm-4.7", "glm-4.7-flash", "glm-4.6v", "glm-4.5-air", "glm-4-plus")
AT_ONCE, TIMES = 5000, 15
PATHS = ("/usage/", "/usage/?period=90d", "/usage/all/", "/usage/all/?period=90d", "/usage/all/?model=glm-5.3")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.usage", description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    calls: int = parser.parse_args().calls
    with rows():
        return measure(calls)


def measure(calls: int) -> int:
    from django.contrib.auth.models import Group
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from bench.people import session_of
    from conversations import usage
    from conversations.models import UsageDay, User

    call_command("collectstatic", interactive=False, verbosity=0)
    if User.objects.exists():
        print("This database is somebody's; name an empty one.", file=sys.stderr)
        return 1
    people = [User(username=f"person{number}", password="!") for number in range(PEOPLE)]
    User.objects.bulk_create(people)
    people[0].groups.add(Group.objects.get(name="administrator"))
    fill(people, calls)
    began = time.monotonic()
    usage.roll_up()
    taken, rows = time.monotonic() - began, UsageDay.objects.count()
    print(f"{connection.vendor}: {calls:,} calls summed in {taken:.1f} s, {rows:,} rows")
    began = time.monotonic()
    usage.roll_up()
    print(f"summed again, when little has changed: {1000 * (time.monotonic() - began):.0f} ms")
    client = Client()
    client.cookies["sessionid"] = session_of(people[0])
    for path in PATHS:
        print(f"{path}: {look(client, path)}")
    return 0


def look(client: object, path: str) -> str:
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        response = client.get(path, HTTP_HOST="localhost")  # type: ignore[attr-defined]
        times.append(1000 * (time.perf_counter() - began))
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status_code}")
    return f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms"


def fill(people: list, calls: int) -> None:  # type: ignore[type-arg]
    from conversations.models import UpstreamCall

    made: list[UpstreamCall] = []
    for call in new_calls(people, calls):
        made.append(call)
        if len(made) == AT_ONCE:
            UpstreamCall.objects.bulk_create(made)
            made.clear()
    UpstreamCall.objects.bulk_create(made)


def new_calls(people: list, calls: int) -> Iterator:  # type: ignore[type-arg]
    """Over a year, the newest last: some people ask much, each has two models, some calls tell nothing."""
    from conversations.models import UpstreamCall

    chance = random.Random(1)
    now = dt.datetime.now(dt.UTC)
    for number in range(calls):
        started = now - dt.timedelta(days=DAYS) * (1 - number / calls)
        told = chance.random() > 0.02
        prompt, completion = chance.randrange(50, 20_000), chance.randrange(5, 3000)
        who = min(chance.randrange(PEOPLE), chance.randrange(PEOPLE))
        yield UpstreamCall(
            person_code=people[who].code,
            turn_code=uuid.uuid4(),
            kind="chat" if chance.random() > 0.2 else "title",
            upstream="bigmodel.cn",
            model_asked=MODELS[(who + chance.randrange(2)) % len(MODELS)],
            request_id=uuid.uuid4().hex,
            http_status=200,
            finish="stop",
            prompt_tokens=prompt if told else None,
            completion_tokens=completion if told else None,
            reasoning_tokens=completion // 3 if told else None,
            cached_tokens=prompt // 2 if told else None,
            started_at=started,
            first_byte_at=started,
            ended_at=started + dt.timedelta(seconds=4),
        )


if __name__ == "__main__":
    sys.exit(main())
