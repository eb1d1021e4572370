"""People: made, closed and given roles by administrators, never by themselves."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from conversations import broadcast
from conversations.broadcast import AccessEnded
from conversations.defaults import ADMINISTRATOR, MEMBER, REVIEWER
from conversations.models import AuditEntry, User

SIGNED_OUT = 4401

admin.site.unregister(Group)


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]
    """Rights come from groups only: nobody is made superuser here, and staff follows from the groups."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("email", "language", "time_zone")}),
        (_("Rights"), {"fields": ("is_active", "groups")}),
        (_("Facts"), {"fields": ("code", "date_joined", "last_login")}),
    )
    readonly_fields = ("code", "date_joined", "last_login")
    list_display = ("username", "roles", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("username", "email", "=code")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody locks themselves out."""
        own = ("is_active", "groups") if obj is not None and obj == request.user else ()
        return (*self.readonly_fields, *own)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are closed, not deleted: records name them."""
        return False

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        return ", ".join(group.name for group in person.groups.all())

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        person: User = form.instance
        before = _roles_of(person) if change else []
        super().save_related(request, form, formsets, change)
        if not change:
            person.groups.add(*Group.objects.filter(name=MEMBER))
        after = _roles_of(person)
        person.is_staff = bool({REVIEWER, ADMINISTRATOR} & set(after)) or person.is_superuser
        person.save(update_fields=["is_staff"])
        _record(request.user, person, form.changed_data, before, after, is_new=not change)
        _close_pages(person)

    def user_change_password(self, request: Any, id: str, form_url: str = "") -> Any:  # noqa: A002 - named by the URL
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            person = User.objects.get(pk=id)
            AuditEntry.write(request.user, "person.password", person.code)
            _close_pages(person)
        return answer


def _roles_of(person: User) -> list[str]:
    return sorted(person.groups.values_list("name", flat=True))


def _record(
    actor: User, person: User, changed: list[str], before: list[str], after: list[str], *, is_new: bool
) -> None:
    """Which fields changed, and the roles; no address or password is written down."""
    AuditEntry.write(
        actor,
        "person.added" if is_new else "person.changed",
        person.code,
        before={"roles": before},
        after={"roles": after, "is_active": person.is_active, "changed": sorted(changed)},
    )


def _close_pages(person: User) -> None:
    """Open pages come back by themselves where they still may."""
    ended = AccessEnded(broadcast.person_group(person.code), SIGNED_OUT)
    transaction.on_commit(lambda: broadcast.publish(ended))
