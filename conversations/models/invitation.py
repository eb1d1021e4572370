"""Links that work once: invitations to an account, and ways back into one. Only a hash of the token is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import clock
from conversations.codes import new_code

VALID_FOR = dt.timedelta(days=7)


class LinkQuerySet(models.QuerySet[Any]):
    def usable(self) -> Self:
        """Not used, not taken back, and not over."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())

    def of_token(self, token: str) -> Self:
        return self.filter(token_hash=digest(token))


class OneTimeLink(models.Model):
    """Who made it, until when it works, and what became of it: used or revoked, only ever by a guarded update."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.UUIDField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = LinkQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.code)

    @classmethod
    def issue(cls, made_by: Any, **facts: Any) -> tuple[Self, str]:
        """A new link and its token, which nobody can read anywhere afterwards."""
        token, now = secrets.token_urlsafe(24), clock.now()
        link = cls(token_hash=digest(token), made_by=made_by.code, created_at=now, expires_at=now + VALID_FOR, **facts)
        link.save(force_insert=True)
        return link, token

    def use(self, **facts: Any) -> bool:
        """Take the link, inside the caller's transaction; False when it is not usable (any more)."""
        usable = type(self).objects.filter(pk=self.pk).usable()
        return bool(usable.update(used_at=clock.now(), **facts))

    def revoke(self) -> bool:
        """Take it back; False when it has been used or taken back already."""
        open_still = type(self).objects.filter(pk=self.pk, used_at=None, revoked_at=None)
        return bool(open_still.update(revoked_at=clock.now()))

    @property
    def is_over(self) -> bool:
        return self.expires_at <= clock.now()


class Invitation(OneTimeLink):
    """A place for one more person, in a role."""

    role = models.CharField(max_length=20)
    email = models.EmailField(_("email address"), blank=True)
    accepted_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")


class ResetLink(OneTimeLink):
    """A way to a new password for one person."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reset_links")

    class Meta:
        verbose_name = _("reset link")
        verbose_name_plural = _("reset links")


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
