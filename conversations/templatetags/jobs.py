"""What a card says of a job: its state in a word, how long it has taken and usually takes, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from conversations import clock, jobs
from conversations.jobs import Usual
from conversations.models import Job, JobState

from .endings import TROUBLES

register = template.Library()

Words = Promise | str


@dataclass(frozen=True, slots=True)
class Card:
    """`mark` and `tone` repeat the word of the state as shape and colour. `seconds` go on while it is at work."""

    word: Words
    mark: str
    tone: str = ""
    why: Words = ""
    seconds: float | None = None
    usual: Usual | None = None

    @property
    def bar(self) -> int:
        """Of a thousand, how much of the usual time has gone; it never seems to be over before it is."""
        if self.seconds is None or self.usual is None or self.usual.median <= 0:
            return 0
        return round(1000 * (1 - math.exp(-1.6 * self.seconds / self.usual.median)))


CARDS: dict[str, Card] = {
    JobState.QUEUED: Card(gettext_lazy("Queued"), "is-queued"),
    JobState.SUBMITTING: Card(gettext_lazy("Being handed over"), "is-working", "working"),
    JobState.SUBMITTED: Card(gettext_lazy("Working"), "is-working", "working"),
    JobState.FETCHING: Card(gettext_lazy("Being fetched"), "is-working", "working"),
    JobState.SUCCEEDED: Card(gettext_lazy("Done"), "is-done", "done"),
    JobState.FAILED: Card(gettext_lazy("Failed"), "is-failed", "failed"),
    JobState.EXPIRED: Card(gettext_lazy("Expired"), "clock", "failed"),
    JobState.CANCELLED: Card(gettext_lazy("Cancelled"), "is-ended"),
    JobState.UNKNOWN: Card(gettext_lazy("Outcome unknown"), "is-unknown", "wait"),
}
UNKNOWN_WHY: dict[str, Words] = {
    "crashed": gettext_lazy(
        "The site stopped at the very moment of handing it over. So that nobody pays twice, it is not sent again by "
        "itself."
    ),
    "unheard": gettext_lazy(
        "It was handed over, and GLM's answer did not arrive. So that nobody pays twice, it is not sent again by "
        "itself."
    ),
    "moved": gettext_lazy(
        "It was handed over to another server than the one this site uses now, so it cannot be asked for."
    ),
}
FAILED_WHY: dict[str, Words] = {
    "job_lost": gettext_lazy("Nobody could find out what became of it, and it was given up."),
    "no_tools": gettext_lazy("The model wanted to use a tool, which it cannot do in the background."),
    "words": gettext_lazy("It was not accepted. See the conversation for what can be done."),
    "filtered": gettext_lazy("It was not accepted. See the conversation for what can be done."),
    "refused": gettext_lazy("It was not accepted. See the conversation for what can be done."),
}


@register.simple_tag
def card_of(job: Job) -> Card:
    """What the card of a job shows."""
    card = replace(CARDS[_shown_state(job)], why=_why(job))
    if job.state == JobState.QUEUED:
        return replace(card, seconds=_since(job, "created_at"))
    if job.state in (JobState.SUBMITTING, JobState.SUBMITTED, JobState.FETCHING):
        known = jobs.kind_of(job.kind).known_seconds(job.model_name)
        return replace(card, seconds=_since(job, "submitted_at"), usual=jobs.usual(job.kind, job.model_name, known))
    return card


def _shown_state(job: Job) -> str:
    is_at_work = job.state == JobState.SUBMITTING and jobs.kind_of(job.kind).is_answered_at_once
    return JobState.SUBMITTED if is_at_work else job.state


@register.filter
def took(job: Job) -> float | None:
    """Seconds from the moment when GLM took it to its end."""
    if job.ended_at is None or job.submitted_at is None:
        return None
    return (job.ended_at - job.submitted_at).total_seconds()


@register.filter
def may_be_fetched(job: Job) -> bool:
    """Whether something may be left at GLM of a job without a result."""
    is_over = job.state in (JobState.FAILED, JobState.EXPIRED) and bool(job.provider_id)
    return is_over and job.kind in jobs.KINDS and jobs.KINDS[job.kind].may_be_fetched_again


@register.filter
def kind_words(job: Job) -> Words:
    """What kind of job it is."""
    return jobs.KINDS[job.kind].label if job.kind in jobs.KINDS else job.kind


@register.simple_tag
def usual_words(usual: Usual) -> str:
    """How long it usually takes, as exactly as that can be known."""
    if usual.seen and usual.longest > 1.5 * usual.median:
        times = {"median": _about(usual.median), "longest": _about(usual.longest)}
        return _("usually about %(median)s, seldom more than %(longest)s") % times
    return _("usually about %(median)s") % {"median": _about(usual.median)}


def _about(seconds: float) -> str:
    if seconds < 90:
        step = 1 if seconds < 10 else 5
        return pgettext("duration", "%(seconds)s s") % {"seconds": max(1, step * round(seconds / step))}
    minutes = round(seconds / 60)
    return ngettext("%(minutes)s min", "%(minutes)s min", minutes) % {"minutes": minutes}


def _since(job: Job, moment: str) -> float:
    began = getattr(job, moment) or job.created_at
    return max(0.0, (clock.now() - began).total_seconds())


def _why(job: Job) -> Words:
    if job.state == JobState.UNKNOWN:
        return UNKNOWN_WHY.get(job.trouble, UNKNOWN_WHY["unheard"])
    if job.state == JobState.EXPIRED:
        return _("There was no result in time.")
    if job.state != JobState.FAILED:
        return ""
    known = TROUBLES.get(job.trouble)
    return FAILED_WHY.get(job.trouble) or (known.title if known else _("Something went wrong"))
