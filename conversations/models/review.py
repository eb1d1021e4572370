"""Review: flagged messages that wait for a person, and the record of what was decided."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .lifecycle import Lifecycle, Transitions
from .shipped import Shipped


class CaseState(models.TextChoices):
    OPEN = "open", _("open")
    CLAIMED = "claimed", _("claimed")
    PROPOSED = "proposed", _("proposed")
    RELEASED = "released", _("released")
    UPHELD = "upheld", _("upheld")


C = CaseState
STATES: Transitions = {
    C.OPEN: frozenset({C.CLAIMED}),
    C.CLAIMED: frozenset({C.RELEASED, C.UPHELD, C.PROPOSED, C.OPEN}),
    C.PROPOSED: frozenset({C.RELEASED, C.UPHELD, C.CLAIMED}),
    C.RELEASED: frozenset({C.OPEN}),
    C.UPHELD: frozenset({C.OPEN}),
}
UNDECIDED = (C.OPEN, C.CLAIMED, C.PROPOSED)
DECIDED = (C.RELEASED, C.UPHELD)


class FlagSource(models.TextChoices):
    FINISH = "finish", _("GLM ended the reply as sensitive")
    HTTP_1301 = "http_1301", _("GLM refused the request")
    CONTENT_FILTER = "content_filter", _("GLM rated the content")
    REPORT = "report", _("somebody reported it")
    WORD_LIST = "word_list", _("a word list matched")
    UNCHECKED = "unchecked", _("a check could not finish")
    SAMPLE = "sample", _("random sample")
    STAFF = "staff", _("raised by staff")


class ReviewCaseQuerySet(models.QuerySet["ReviewCase"]):
    def undecided(self) -> ReviewCaseQuerySet:
        """By the moment, which an index can be limited to; there is one exactly while the state is a verdict."""
        return self.filter(decided_at__isnull=True)

    def overdue(self, now: dt.datetime) -> ReviewCaseQuerySet:
        return self.undecided().filter(due_at__lt=now)

    def held_by(self, person_code: Any) -> ReviewCaseQuerySet:
        return self.filter(state=C.CLAIMED, claimed_by=person_code)

    def forgotten(self, now: dt.datetime) -> ReviewCaseQuerySet:
        """Claimed by somebody who has done nothing for too long."""
        return self.filter(state=C.CLAIMED, claimed_until__lt=now)

    def to_announce(self, now: dt.datetime) -> ReviewCaseQuerySet:
        """Decided, and the time to take that back is over."""
        return self.filter(announced_at=None, announce_at__lte=now)


class ReviewCase(Lifecycle):
    """One case a message; it names things by code, so that no deletion can cut it off.

    `source` is the kind of its first flag, `level` the worst of all, null when nobody gave one; `on_flag` is what was
    done with the text. A verdict is announced, and only then acted on, at `announce_at`: until then it can be undone.
    `likeness` is the same for equal texts and tells nothing else about them.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    message_code = models.UUIDField(unique=True)
    conversation_code = models.UUIDField()
    person_code = models.UUIDField(db_index=True)
    role = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=20, choices=FlagSource)
    level = models.PositiveSmallIntegerField(null=True)
    on_flag = models.CharField(max_length=10, default="withdraw")
    needs_second = models.BooleanField(default=False)
    likeness = models.CharField(max_length=64, blank=True)
    claimed_by = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    proposed_by = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    is_self_reviewed = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    announce_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    objects = ReviewCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("review case")
        verbose_name_plural = _("review cases")
        permissions = [("review", "Can decide on flagged replies")]
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="case_queue"),
            models.Index(fields=["claimed_by", "state"], name="case_mine"),
            models.Index(fields=["likeness", "state"], name="case_alike"),
            # Conditions that a database can tell from a query whose values it does not know yet.
            models.Index(
                fields=["due_at", "id", "state", "source", "level", "opened_at"],
                name="case_undecided",
                condition=models.Q(decided_at__isnull=True),
            ),
            models.Index(
                fields=["decided_at", "id", "source", "level", "opened_at"],
                name="case_decided",
                condition=models.Q(decided_at__isnull=False),
            ),
            models.Index(
                fields=["announce_at"],
                name="case_unannounced",
                condition=models.Q(announced_at__isnull=True, announce_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED


class Flag(models.Model):
    """One reason to look. GLM's `level` runs from 0, the worst, to 3; null when it gave none.

    Without a case it was only noted. `words` are those of whoever reported the message, `raised_by`.
    """

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, null=True, related_name="flags")
    message_code = models.UUIDField(db_index=True)
    source = models.CharField(max_length=20, choices=FlagSource)
    role = models.CharField(max_length=12, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    call_code = models.UUIDField(null=True)
    on_flag = models.CharField(max_length=10, default="withdraw")
    detail: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    words = models.TextField(blank=True)
    raised_by = models.UUIDField(null=True)
    raised_at = models.DateTimeField()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.UniqueConstraint(
                fields=["message_code", "raised_by"],
                condition=models.Q(source=FlagSource.REPORT),
                name="flag_one_report_a_person",
            )
        ]


class Act(models.TextChoices):
    """What can happen to a case."""

    OPENED = "opened", _("opened")
    FLAGGED = "flagged", _("flagged again")
    CLAIMED = "claimed", _("claimed")
    GIVEN_BACK = "given_back", _("given back")
    EXPIRED = "expired", _("claim expired")
    LOOKED = "looked", _("looked at")
    TEXT_SHOWN = "text_shown", _("text shown")
    PICTURE_SEEN = "picture_seen", _("picture shown")
    PROPOSED = "proposed", _("release proposed")
    SENT_BACK = "sent_back", _("sent back")
    RELEASED = "released", _("released")
    UPHELD = "upheld", _("upheld")
    UNDONE = "undone", _("undone")
    ANNOUNCED = "announced", _("announced")
    REOPENED = "reopened", _("reopened")


class ReviewEvent(models.Model):
    """A look at a case or an act on it: who, from what, to what, why, when. No actor means the site itself.
    `picture_code` is the picture that was looked at.

    Triggers refuse to change or delete it.
    """

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="events")
    actor_code = models.UUIDField(null=True)
    act = models.CharField(max_length=12, choices=Act)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    reason_code = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    picture_code = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("review event")
        verbose_name_plural = _("review events")


class ReasonUse(models.TextChoices):
    RELEASE = "release", _("release")
    UPHOLD = "uphold", _("uphold")
    REPORT = "report", _("report")


class Reason(Shipped):
    """A reason to choose from: of a verdict, which its author reads, or of a report. The words of those that come with
    the program are translated."""

    KEY: ClassVar[tuple[str, ...]] = ("code",)

    code = models.SlugField(_("code"), max_length=40, unique=True)
    use = models.CharField(_("use"), max_length=10, choices=ReasonUse)
    words = models.CharField(_("words"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["use", "position", "code"]

    def __str__(self) -> str:
        return self.code
