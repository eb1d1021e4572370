"""Jobs: work that GLM finishes later."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import trace
from conversations.codes import new_code

from .conversation import Conversation
from .lifecycle import Lifecycle, Transitions
from .turn import Turn
from .upstream_call import UpstreamCall
from .user import User


class JobState(models.TextChoices):
    QUEUED = "queued", _("queued")
    SUBMITTING = "submitting", _("being handed over")
    SUBMITTED = "submitted", _("working")
    FETCHING = "fetching", _("being fetched")
    SUCCEEDED = "succeeded", _("done")
    FAILED = "failed", _("failed")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    UNKNOWN = "unknown", _("unknown")


S = JobState
# What is not over: somebody waits for it. Of what is at GLM one has a place among the requests at work.
OPEN_STATES = (S.QUEUED, S.SUBMITTING, S.SUBMITTED, S.FETCHING, S.UNKNOWN)
AT_WORK_STATES = (S.SUBMITTING, S.SUBMITTED, S.FETCHING)
# What comes round by itself. A cancelled job that GLM has is still asked for, so that its usage is known.
STEPPED_STATES = (S.SUBMITTING, S.SUBMITTED, S.FETCHING, S.CANCELLED)
STATES: Transitions = {
    S.QUEUED: frozenset({S.SUBMITTING, S.CANCELLED, S.FAILED}),
    S.SUBMITTING: frozenset({S.QUEUED, S.SUBMITTED, S.FETCHING, S.FAILED, S.UNKNOWN}),
    S.SUBMITTED: frozenset({S.FETCHING, S.FAILED, S.EXPIRED, S.CANCELLED, S.UNKNOWN}),
    S.FETCHING: frozenset({S.SUCCEEDED, S.FAILED}),
    # Never back to the queue: nobody knows whether GLM has it, so trying again is another job.
    S.UNKNOWN: frozenset({S.SUBMITTED, S.FAILED}),
}

# Farther off than anything is ever put: such a time was written before the clock was set back.
FAR = dt.timedelta(hours=1)


def among(states: tuple[JobState, ...]) -> str:
    """The condition of a partial index, letter by letter: without parameters SQLite sees that the index has all the
    rows that are asked for."""
    return f"state IN ({', '.join(repr(str(state)) for state in states)})"


class JobQuerySet(models.QuerySet["Job"]):
    def of(self, person: User) -> JobQuerySet:
        return self.filter(person=person)

    def open(self) -> JobQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def queued(self) -> JobQuerySet:
        return self._indexed("conversations_job.state = 'queued'")

    def at_work(self) -> JobQuerySet:
        return self._indexed(f"conversations_job.{among(AT_WORK_STATES)}")

    def _indexed(self, condition: str) -> JobQuerySet:
        rows: Any = self.extra(where=[condition])  # noqa: S610
        return cast(JobQuerySet, rows)


class Job(Lifecycle):
    """One order to GLM that is answered later: stored before anything is asked, and moved on step by step.

    Whoever takes a step holds `lease_until` and writes only while `lease_token`, which rises with each taking, is
    still theirs. `next_poll_at` is when the next step is due: the end of the lease while one is taken, and for a queued
    job the time before which it is not handed over, null for at once. `deadline_at` runs from the moment when GLM
    took it.

    `input` is what was ordered, beside what a turn knows; `result` what came of it, in the words of its kind.
    `provider_id` is GLM's name for it, `request_id` ours for the last attempt, `call` that attempt's row. `upstream`
    is where it was handed over and is asked for. `trouble`, `trouble_code` and `resets_at` are those of the last
    answer that was none. `exchange` keeps what went over the wire, without what people or models wrote. `cost` is null
    while nobody knows it. `revision` is the person's at the last visible change.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, related_name="jobs")
    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, null=True, related_name="job")
    call = models.OneToOneField(UpstreamCall, on_delete=models.SET_NULL, null=True, related_name="+")
    client_key = models.UUIDField(null=True)
    trace = models.CharField(max_length=trace.LENGTH, blank=True, default=trace.current)
    kind = models.CharField(_("kind"), max_length=20)
    state = models.CharField(_("state"), max_length=12, choices=JobState, default=JobState.QUEUED)
    model_name = models.CharField(_("model"), max_length=100)
    upstream = models.CharField(max_length=200, blank=True)
    is_simulated = models.BooleanField(default=False)
    input: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    result: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    exchange: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    request_id = models.CharField(max_length=64, blank=True)
    provider_id = models.CharField(max_length=256, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    poll_count = models.PositiveIntegerField(default=0)
    failure_count = models.PositiveIntegerField(default=0)
    next_poll_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.PositiveBigIntegerField(default=0)
    deadline_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, blank=True)
    trouble_code = models.CharField(max_length=20, blank=True)
    resets_at = models.DateTimeField(null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    cost_currency = models.CharField(max_length=3, blank=True)
    revision = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["next_poll_at"], name="job_due", condition=models.Q(state__in=STEPPED_STATES)),
            models.Index(fields=["person", "kind", "id"], name="job_queue", condition=models.Q(state=S.QUEUED)),
            models.Index(
                fields=["model_name", "person"], name="job_at_work", condition=models.Q(state__in=AT_WORK_STATES)
            ),
            models.Index(fields=["kind", "model_name", "-id"], name="job_usual", condition=models.Q(state=S.SUCCEEDED)),
            models.Index(fields=["person", "-id"], name="job_list"),
            models.Index(fields=["person", "revision"], name="job_catch_up"),
            models.Index(fields=["conversation", "-id"], name="job_of_conversation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "client_key"],
                condition=models.Q(client_key__isnull=False),
                name="job_one_per_client_key",
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def may_be_cancelled(self) -> bool:
        """While GLM is being told of it a wish to cancel waits for the end of that step."""
        return self.state in (S.QUEUED, S.SUBMITTING, S.SUBMITTED) and self.cancel_asked_at is None

    def cancel(self, now: dt.datetime) -> bool:
        """Let go of it, inside the caller's transaction; False when it is over. What GLM has made of it by then is
        dropped; it is only asked what that has used."""
        if self.state in (S.QUEUED, S.SUBMITTED):
            at = now if self.state == S.SUBMITTED else None
            return self.move(S.CANCELLED, cancel_asked_at=now, ended_at=now, next_poll_at=at)
        if self.state == S.UNKNOWN:
            return self.move(S.FAILED, trouble="unknown", cancel_asked_at=now, ended_at=now)
        mine = Job.objects.filter(pk=self.pk, state=S.SUBMITTING, cancel_asked_at=None)
        return bool(mine.update(cancel_asked_at=now))
