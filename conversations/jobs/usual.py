"""How long jobs usually take: from what this site has seen of late, else from what is known of their kind."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from conversations.models import Job, JobState

SEEN = 50
ENOUGH = 5  # of them, to say anything


@dataclass(frozen=True, slots=True)
class Usual:
    """Seconds from the moment when GLM takes a job: half of all are done by `median`, nine of ten by `longest`. `seen`
    is how many that comes from, 0 for none."""

    median: float
    longest: float
    seen: int = 0


def usual(kind: str, model_name: str, known: float) -> Usual:
    """Of the last that went well; `known` is what holds without them."""
    rows = Job.objects.filter(kind=kind, model_name=model_name, state=JobState.SUCCEEDED).order_by("-pk")
    spans = rows.values_list("submitted_at", "ended_at")[:SEEN]
    times = [(ended - taken).total_seconds() for taken, ended in spans if taken and ended]
    if len(times) < ENOUGH:
        return Usual(known, 3 * known)
    return Usual(statistics.median(times), statistics.quantiles(times, n=10, method="inclusive")[-1], len(times))
