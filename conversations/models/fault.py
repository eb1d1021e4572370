"""What is wrong with the account at GLM: while it lasts, nobody is asked to bear it and GLM is not asked in vain."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code


class FaultQuerySet(models.QuerySet["Fault"]):
    def lasting(self) -> FaultQuerySet:
        return self.filter(ended_at=None)


class Fault(models.Model):
    """`account` names the upstream and its key; without a `model_name` it concerns all models.

    Until `closed_until` no call is made: whoever asks is told at once what the last answer was. The next call after
    that is a probe, and a good answer ends the fault. `is_alarming`: administrators have to do something.
    """

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    account = models.CharField(max_length=220)
    upstream = models.CharField(max_length=200)
    model_name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20)
    business_code = models.CharField(max_length=20, blank=True)
    is_alarming = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True)
    log_id = models.CharField(max_length=128, blank=True)
    answer_count = models.PositiveIntegerField(default=1)
    began_at = models.DateTimeField()
    closed_until = models.DateTimeField()
    resets_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("fault of the account")
        verbose_name_plural = _("faults of the account")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "model_name"], condition=models.Q(ended_at=None), name="fault_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.upstream} {self.business_code}"
