"""What went over the wire for a job, kept for administrators: without anything that people or models wrote."""

from __future__ import annotations

from typing import Any

from conversations import clock
from conversations.glm import GlmError, Task
from conversations.models import Job

MOST = 20  # entries; the first and the latest are kept
BODY = 2000  # characters of an answer that is none


def of_task(job: Job, what: str, task: Task) -> list[dict[str, Any]]:
    """The exchange with an answer: its shape, not its words."""
    told: dict[str, Any] = {"id": task.id, "state": str(task.value.get("task_status", "")), "status": task.http_status}
    told |= {"model": task.model, "log_id": task.log_id, "keys": sorted(map(str, task.value))[:30]}
    if task.failure is not None:
        told |= {"code": task.failure.code, "error": task.failure.raw[:BODY]}
    return _with(job, what, told)


def of_error(job: Job, what: str, error: GlmError) -> list[dict[str, Any]]:
    told = {"status": error.http_status, "code": error.code, "kind": error.kind.value, "log_id": error.log_id}
    return _with(job, what, {**told, "error": (error.raw or str(error.args[0]))[:BODY]})


def of_person(job: Job, what: str, **facts: Any) -> list[dict[str, Any]]:
    """What a person decided."""
    return _with(job, what, facts)


def _with(job: Job, what: str, told: dict[str, Any]) -> list[dict[str, Any]]:
    entry = {"at": clock.now().isoformat(), "what": what, "attempt": job.attempt_count}
    entry |= {name: value for name, value in told.items() if value not in (None, "", [])}
    kept = [*job.exchange, entry]
    return kept if len(kept) <= MOST else [kept[0], *kept[1 - MOST :]]
