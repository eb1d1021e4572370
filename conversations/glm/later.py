"""Work that GLM finishes later: what it says when it takes some, and when it is asked for it. Pure.

https://docs.bigmodel.cn/api-reference: a task is PROCESSING, SUCCESS or FAIL. What a failed one looks like beside its
state is not documented; the shapes read here were met in public fixtures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from . import errors
from .bounds import Limits
from .errors import AnswerError, GlmError, ProtocolError
from .lenient import mapping_of, name_of, parse_object
from .reading import Reading
from .results import Reply


class TaskState(Enum):
    """GLM's own states; whatever else it says counts as being at work, and has a deadline."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAIL = "FAIL"

    @classmethod
    def of(cls, word: object) -> TaskState:
        try:
            return cls(word)
        except ValueError:
            return cls.PROCESSING


@dataclass(frozen=True, slots=True)
class Task:
    """A task as GLM tells of it. `value` is the whole answer, `failure` why it failed, `reply` what a chat came to."""

    id: str
    state: TaskState
    model: str = ""
    value: Mapping[str, Any] = field(default_factory=dict)
    reply: Reply | None = None
    failure: GlmError | None = None
    http_status: int | None = None
    log_id: str = ""


def accepted(body: str, status: int) -> Task:
    """GLM's receipt for an order. Raises AnswerError where it says no, ProtocolError for anything without an id."""
    value = parse_object(body)
    if value is None or (not name_of(value.get("id")) and not errors.error_in(value)):
        raise ProtocolError("the answer is no receipt", http_status=status, raw=body)
    state = TaskState.of(value.get("task_status"))
    if errors.error_in(value) or state is TaskState.FAIL:
        raise errors.from_value(value, body, status)
    return Task(name_of(value.get("id")), state, name_of(value.get("model")), value, http_status=status)


def told(body: str, status: int, asked: str, limits: Limits) -> Task:
    """What GLM says of the task that it calls `asked`. Raises GlmError where it says nothing of it."""
    value = parse_object(body)
    if value is None:
        raise ProtocolError("the answer is not GLM's", http_status=status, raw=body)
    if "task_status" not in value and "choices" not in value:
        if errors.error_in(value):
            raise errors.from_value(value, body, status)
        raise ProtocolError("the answer tells of no task", http_status=status, raw=body)
    # A whole reply without a state is one all the same.
    state = TaskState.of(value.get("task_status", TaskState.SUCCESS.value))
    task = Task(name_of(value.get("id")) or asked, state, name_of(value.get("model")), value, http_status=status)
    if state is TaskState.FAIL:
        return _with(task, failure=_failure(value, body))
    if state is TaskState.SUCCESS and value.get("choices"):
        return _answered(task, body, limits)
    return task


def _answered(task: Task, body: str, limits: Limits) -> Task:
    reading = Reading(limits)
    reading.feed_whole(body)
    reading.end()
    if reading.failure is not None:
        return _with(task, failure=reading.failure)
    return _with(task, reply=reading.reply)


def _failure(value: Mapping[str, Any], body: str) -> AnswerError:
    """A failure may come bare, with `error` as an object or as words, or with `message` beside the state."""
    inner = value.get("error")
    told = value if mapping_of(inner) else {**value, "error": {"message": inner or value.get("message") or ""}}
    if not mapping_of(inner) and value.get("code"):
        told = {**told, "error": {**told["error"], "code": value["code"]}}
    return errors.from_value(told, body)


def _with(task: Task, *, reply: Reply | None = None, failure: GlmError | None = None) -> Task:
    value, state = task.value, TaskState.FAIL if failure else task.state
    return Task(task.id, state, task.model, value, reply, failure, task.http_status)
