"""The record of what administrators changed and whose content they looked at."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import clock

from .user import User


class AuditEntry(models.Model):
    actor_code = models.UUIDField()
    action = models.CharField(max_length=60)
    object_code = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["object_code", "id"], name="audit_of_object")]

    def __str__(self) -> str:
        return self.action

    @classmethod
    def write(
        cls,
        actor: User,
        action: str,
        object_code: object,
        *,
        reason: str = "",
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> "AuditEntry":
        return cls.objects.create(
            actor_code=actor.code,
            action=action,
            object_code=str(object_code),
            before={"v": 1, **(before or {})},
            after={"v": 1, **(after or {})},
            reason=reason,
            at=clock.now(),
        )
