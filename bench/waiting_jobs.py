"""What jobs cost that only wait: `python -m bench.waiting_jobs [N]` puts N of them into a site of its own, half in the
queue of a model whose places are taken and half at GLM and not due, and measures the processor time of the process that
looks after them, before and then.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.drill_jobs import Crew

SECONDS = 30.0
AT_REST = 0.2  # processor seconds in a second; a start takes nearly all of them
PATIENCE = 120.0  # seconds


def fill(count: int) -> None:
    from conversations import clock
    from conversations.models import Job, JobState, User

    far, now = clock.now() + dt.timedelta(minutes=50), clock.now()
    people = [User.objects.create_user(f"person{n}", password=None) for n in range(100)]
    rows = []
    for n in range(count):
        state = JobState.QUEUED if (n // 100) % 2 else JobState.SUBMITTED  # everybody has both
        facts = {"next_poll_at": far if state == JobState.SUBMITTED else None, "upstream": "127.0.0.1"}
        rows.append(
            Job(
                code=uuid.uuid4(),
                person=people[n % 100],
                kind="completion",
                model_name="glm-5.3",
                state=state,
                created_at=now,
                **facts,
            )
        )
    Job.objects.bulk_create(rows, batch_size=500)


def rest(crew: Crew) -> None:
    """Wait until it has nothing else to do: what a start costs is another question."""
    used, calm, until = [crew.processor_seconds()], 0, time.monotonic() + PATIENCE
    while calm < 5:
        if time.monotonic() > until:
            raise SystemExit(f"the process did not come to rest in {PATIENCE:.0f} s")
        time.sleep(1)
        used.append(crew.processor_seconds())
        has_begun, spent = used[-1] > 1, used[-1] - used[-2]
        calm = calm + 1 if has_begun and spent < AT_REST else 0


def share(crew: Crew) -> float:
    """Per cent of a core."""
    print(f"at rest; measuring for {SECONDS:.0f} s", flush=True)
    before = crew.processor_seconds()
    time.sleep(SECONDS)
    return 100 * (crew.processor_seconds() - before) / SECONDS


def main() -> None:
    from bench.drill_jobs import stage

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with stage("embedded", "http://127.0.0.1:9/api/paas/v4", CHATSITE_JOBS_AT_ONCE="1") as crew:
        crew.start()
        rest(crew)
        without = share(crew)
        fill(count)
        rest(crew)
        both = share(crew)
    print(f"{count} waiting jobs: {both - without:.1f} % of a core more than the {without:.1f} % of a process at rest")


if __name__ == "__main__":
    main()
