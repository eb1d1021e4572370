"""A person's jobs on a page of their own, and what they decide about them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from conversations import background, jobs
from conversations.jobs import Decided
from conversations.models import Job, JobState, User
from conversations.models.job import AT_WORK_STATES, JobQuerySet
from conversations.turns import start
from conversations.turns.errors import Unfit

from . import making
from .answers import MemberRequest, command, is_scripted, page, see_other
from .commands import begin_later, order_of

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Filter:
    """One of the lists of the page: jobs in some states."""

    key: str
    label: Promise
    states: tuple[str, ...] = ()
    is_counted: bool = False
    count: int = 0


FILTERS = (
    Filter("", _("All")),
    Filter("running", _("Running"), (JobState.QUEUED, *AT_WORK_STATES), is_counted=True),
    Filter("waiting", _("Needs you"), (JobState.UNKNOWN,), is_counted=True),
    Filter("done", _("Done"), (JobState.SUCCEEDED,)),
    Filter("ended", _("Without a result"), (JobState.FAILED, JobState.EXPIRED, JobState.CANCELLED)),
)


@require_safe
@page
def all_jobs(request: MemberRequest) -> HttpResponse:
    return render(request, "jobs/jobs.html", shown_jobs(request.user, request.GET))


def shown_jobs(person: User, asked: Any) -> dict[str, Any]:
    """What the page shows: one list, a page of it, and how many others have."""
    key = asked.get("show", "")
    chosen = next((each for each in FILTERS if each.key == key), FILTERS[0])
    filters = [replace(each, count=_of(person, each).count()) if each.is_counted else each for each in FILTERS]
    found: Page[Job] = Paginator(_drawn(_of(person, chosen)), PER_PAGE).get_page(asked.get("page"))
    return {"page": found, "filters": filters, "shown": chosen.key}


@require_POST
@command
def cancel(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    return _decided(request, jobs.cancel(_own(request, code)))


@require_POST
@command
def give_up(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Nobody knows what became of it: count it as failed."""
    return _decided(request, jobs.give_up(_own(request, code), str(request.user.code)))


@require_POST
@command
def fetch(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Go on where the result did not come here, in a reply beside the one that has ended."""
    job = _own(request, code)
    order = making.order_to_fetch(request, job)
    is_over = job.state in (JobState.FAILED, JobState.EXPIRED)
    if order is None or job.turn is None or job.conversation is None or not is_over:
        raise Unfit
    start.regenerate(order, job.conversation.code, job.turn.reply.code)
    return _decided(request, Decided.DONE)


@require_POST
@command
def repeat(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Order the same once more, as another job."""
    job = _own(request, code)
    order = making.order_again(request, pk=job.pk) or replace(order_of(request, job.model_name)[0], begin=begin_later)
    jobs.repeat(job, order, str(request.user.code))
    return _decided(request, Decided.DONE)


def _of(person: User, chosen: Filter) -> JobQuerySet:
    rows = Job.objects.of(person)
    return rows.filter(state__in=chosen.states) if chosen.states else rows


def _drawn(rows: JobQuerySet) -> JobQuerySet:
    return rows.select_related("conversation", "turn__reply").order_by("-pk")


def _own(request: MemberRequest, code: uuid.UUID) -> Job:
    job = _drawn(Job.objects.of(request.user)).select_related("person").filter(code=code).first()
    if job is None:
        raise Http404
    return job


def _decided(request: MemberRequest, decided: Decided) -> HttpResponse:
    if decided is Decided.TOO_LATE:
        raise Unfit
    background.step_jobs()
    return HttpResponse() if is_scripted(request) else see_other(reverse("jobs"))
