"""Review: held messages that wait for a person, and the record of what was decided."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .lifecycle import Lifecycle, Transitions


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


class ReviewCase(Lifecycle):
    """One case a message; it names things by code, so that no deletion can cut it off."""

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    message_code = models.UUIDField(unique=True)
    conversation_code = models.UUIDField()
    person_code = models.UUIDField()
    claimed_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("review case")
        verbose_name_plural = _("review cases")
        permissions = [("review", "Can decide on flagged replies")]

    def __str__(self) -> str:
        return str(self.code)


class FlagSource(models.TextChoices):
    FINISH = "finish", _("GLM ended the reply as sensitive")
    HTTP_1301 = "http_1301", _("GLM refused the request")
    CONTENT_FILTER = "content_filter", _("GLM rated the content")


class Flag(models.Model):
    """One reason to look. GLM's `level` runs from 0, the worst, to 3; null when it gave none."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="flags")
    source = models.CharField(max_length=20, choices=FlagSource)
    role = models.CharField(max_length=12, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    call_code = models.UUIDField(null=True)
    raised_at = models.DateTimeField()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")


class ReviewEvent(models.Model):
    """A change of a case: who, from what, to what, why, when. No actor means the site itself."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="events")
    actor_code = models.UUIDField(null=True)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("review event")
        verbose_name_plural = _("review events")
