"""What people wrote: read for a reason that is kept, and deleted for a reason that its author reads."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations import present, retention
from conversations.models import AuditEntry, Message, User

from .audited import ReasonField, ReasonForm
from .readonly import Guarded

TOLD = gettext_lazy("Kept on record with your name, and told to whoever wrote it")
MOST_READ = 400  # messages on one page


class DeletionForm(forms.Form):
    """Why something goes for good."""

    reason = ReasonField(help_text=TOLD)


@dataclass(frozen=True, slots=True)
class Line:
    """A message as an administrator reads it: what is withheld is read in its case, and nowhere else."""

    role: str
    state: str
    at: Any
    text: str


class Content(Guarded):
    """A record with two doors: to look at what was written, and to delete it for good."""

    about: ClassVar[str]  # what the audit record calls it

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/look/", wrap(self.look), name=f"{self.about}_look"),
            path("<path:object_id>/erase/", wrap(self.erase), name=f"{self.about}_erase"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("text"))
    def doors(self, obj: Any) -> SafeString:
        look, erase = (reverse(f"admin:{self.about}_{door}", args=[obj.pk]) for door in ("look", "erase"))
        words = _("Look, for a reason that is kept"), _("Delete for good")
        return format_html('<a href="{}">{}</a> · <a href="{}">{}</a>', look, words[0], erase, words[1])

    @abstractmethod
    def messages_of(self, obj: Any) -> Sequence[Message]:
        """What a look shows."""

    @abstractmethod
    def delete_for_good(self, obj: Any, actor: User, reason: str) -> bool:
        """Whether there was still something to delete."""

    def look(self, request: Any, object_id: str) -> HttpResponse:
        """Who looks, when and why is written down before anything is shown."""
        found, form = self.found(request, object_id), ReasonForm(request.POST if request.method == "POST" else None)
        context = self.context(request, found, form)
        if form.is_valid():
            with transaction.atomic():
                AuditEntry.write(request.user, f"{self.about}.looked", found.code, reason=form.cleaned_data["reason"])
                context["lines"] = [_line(each) for each in self.messages_of(found)[:MOST_READ]]
        response = TemplateResponse(request, "admin/conversations/look.html", context)
        add_never_cache_headers(response)
        return response

    def erase(self, request: Any, object_id: str) -> HttpResponse:
        found, form = self.found(request, object_id), DeletionForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self._erased(request, found, form.cleaned_data["reason"])
        return TemplateResponse(request, "admin/conversations/erase.html", self.context(request, found, form))

    def _erased(self, request: Any, found: Any, reason: str) -> HttpResponse:
        try:
            is_done = self.delete_for_good(found, request.user, reason)
        except retention.BeingWritten:
            words = _("This reply is still being written. Delete it when it has ended, or delete its conversation.")
            self.message_user(request, words, messages.ERROR)
        else:
            self.message_user(request, _("Deleted.") if is_done else _("It was deleted already."), messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:conversations_{self.about}_change", args=[found.pk]))


def _line(message: Message) -> Line:
    return Line(
        role=message.get_role_display(),
        state=str(_("deleted")) if message.purged_at else message.get_visibility_display(),
        at=message.created_at,
        text=present.text_of(message),
    )
