"""People as records. They are invited and changed on pages of their own, where each change has a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conversations.models import Invitation, User

from .policy import ROLES
from .readonly import Record

admin.site.unregister(Group)


@admin.register(User)
class PersonRecord(Record):
    fields = (
        *("username", "code", "email", "language", "time_zone", "theme", "send_key", "default_model"),
        *("is_active", "roles", "date_joined", "last_login"),
    )
    readonly_fields = fields
    list_display = ("username", "roles", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "email", "=code")
    ordering = ("username",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def view_on_site(self, person: User) -> str:
        """Where this person is changed."""
        return reverse("person", args=[person.code])

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        return ", ".join(str(ROLES.get(group.name, group.name)) for group in person.groups.all())


@admin.register(Invitation)
class InvitationRecord(Record):
    fields = ("code", "role", "made_by", "created_at", "expires_at", "used_at", "revoked_at", "accepted_by")
    readonly_fields = fields
    list_display = ("code", "role", "created_at", "expires_at", "used_at", "revoked_at")
    list_filter = ("role",)
    search_fields = ("=code", "=made_by", "=accepted_by")
    ordering = ("-pk",)
