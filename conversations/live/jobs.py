"""Cards of jobs on an open page."""

from __future__ import annotations

from django.template.loader import render_to_string

from conversations.models import Job
from conversations.models.prepared import has_newer

from . import frames
from .access import Visitor

MOST = 25  # as many as the page of jobs has


def changes(visitor: Visitor, listed: int) -> str:
    """The cards that changed since a page knew the person's list at `listed`, each in place of its older self; pages
    that do not show them let them pass."""
    if not has_newer(Job, listed, person=visitor.pk):
        return ""  # as nearly always: the list moves with every reply
    rows = Job.objects.filter(person_id=visitor.pk, revision__gt=listed).order_by("-pk")
    changed = rows.select_related("conversation", "turn__reply")[:MOST]
    return "".join(
        frames.swap("outerHTML", f"#job-{job.code}", render_to_string("jobs/_job.html", {"job": job}))
        for job in changed
    )
