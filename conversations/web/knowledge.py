"""The administrators' pages about the organisation's knowledge bases, which GLM keeps."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import knowledge, upstream
from conversations.hosted import TEMPLATE
from conversations.knowledge import Failed
from conversations.models import AuditEntry, BaseState, DocumentState, KnowledgeBase

from .account_forms import ReasonForm
from .answers import MemberRequest, see_other
from .forms import clean_line, words_of
from .knowledge_forms import BaseForm, EnteredForm, NewForm, status_of, trouble_words
from .people import REMEMBERED, administrators, with_actors

PER_PAGE = 50
HERE = ~Q(documents__state=DocumentState.GONE)


@require_safe
@administrators
def bases(request: MemberRequest) -> HttpResponse:
    """All of them, by name, with how many documents each has."""
    rows = KnowledgeBase.objects.here().annotate(document_count=Count("documents", filter=HERE)).order_by("name", "pk")
    context = {
        "place": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "server": upstream.current().name,
    }
    return render(request, "knowledge/bases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def new(request: MemberRequest) -> HttpResponse:
    """Make one at GLM, or enter the id of one that is there."""
    is_by_hand = "entered" in (request.POST or request.GET)
    kind: type[EnteredForm | NewForm] = EnteredForm if is_by_hand else NewForm
    form = kind(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _new(request, form, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    try:
        made = form.make(request.user)
    except Failed as failed:
        return _new(request, form, HTTPStatus.BAD_GATEWAY, error=trouble_words(failed.trouble))
    messages.info(request, _("“%(name)s” is there.") % {"name": made.name})
    return see_other(reverse("knowledge_base", args=[made.code]))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def base(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """One of them: its documents, its words, who may use it, what became of it."""
    found = _found(code)
    if request.method != "POST":
        return _base(request, found)
    form = BaseForm(request.POST)
    why = ReasonForm(request.POST)
    if not form.is_valid() or not why.is_valid():
        error = " ".join(words_of(why))
        return _base(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, form=form, error=error)
    knowledge.change(request.user, found, why.cleaned_data["reason"], **form.facts)
    messages.info(request, _("Done."))
    return see_other(reverse("knowledge_base", args=[code]))


@require_POST
@administrators
def upload(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Send documents to a base; each is taken or told by itself."""
    found = _found(code)
    files = request.FILES.getlist("documents")
    if not files:
        return _base(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, error=_("No document was chosen."))
    told = [words for words in (_sent(request, found, file) for file in files) if words]
    if told:
        return _base(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, error=" ".join(told))
    messages.info(request, _("Sent. GLM now makes it findable, which takes a while."))
    return see_other(reverse("knowledge_base", args=[code]))


@require_POST
@administrators
def refresh(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Ask GLM how far the documents are."""
    found = _found(code)
    if not knowledge.refresh(found):
        messages.info(request, _("GLM did not tell about all of them. Please try again in a moment."))
    return see_other(reverse("knowledge_base", args=[code]))


@require_POST
@administrators
def delete(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Delete a base for good, once its name was typed."""
    found, why = _found(code), ReasonForm(request.POST)
    if clean_line(request.POST.get("name", "")) != found.name:
        words = _("Type the name as it stands above. Nothing was deleted.")
        return _base(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, error=words)
    if not why.is_valid():
        words = " ".join(words_of(why))
        return _base(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, error=words)
    try:
        knowledge.delete(request.user, found, why.cleaned_data["reason"])
    except Failed as failed:
        return _base(request, found, status_of(failed), error=trouble_words(failed.trouble))
    messages.info(request, _("“%(name)s” is deleted.") % {"name": found.name})
    return see_other(reverse("knowledge"))


@require_POST
@administrators
def delete_document(request: MemberRequest, code: uuid.UUID, document: uuid.UUID) -> HttpResponse:
    """Delete one document; the record says who did, and that it was done here."""
    found = _found(code)
    row = found.documents.exclude(state=DocumentState.GONE).filter(code=document).first()
    if row is None:
        raise Http404
    try:
        knowledge.delete_document(request.user, row, "")
    except Failed as failed:
        return _base(request, found, status_of(failed), error=trouble_words(failed.trouble))
    messages.info(request, _("“%(name)s” is deleted.") % {"name": row.name})
    return see_other(reverse("knowledge_base", args=[code]))


def _sent(request: MemberRequest, found: KnowledgeBase, file: Any) -> str:
    """What went wrong with a file; nothing when it was taken."""
    name = clean_line(file.name or "")[:200] or _("document")
    if (file.size or 0) > settings.CHATSITE_DOCUMENT_BYTES:
        most = settings.CHATSITE_DOCUMENT_BYTES // 1_000_000
        return _("%(name)s is larger than %(most)s MB; nothing of it was sent.") % {"name": name, "most": most}
    if not file.size:
        return _("%(name)s is empty; nothing was sent.") % {"name": name}
    try:
        knowledge.upload(request.user, found, name, file.read(), file.content_type or "application/octet-stream")
    except Failed as failed:
        return f"{name}: {trouble_words(failed.trouble)}"
    return ""


def _found(code: uuid.UUID) -> KnowledgeBase:
    found = KnowledgeBase.objects.here().filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _new(request: MemberRequest, form: BaseForm, status: HTTPStatus, error: str = "") -> HttpResponse:
    context = {"form": form, "is_by_hand": isinstance(form, EnteredForm), "error": error}
    return render(request, "knowledge/new.html", context, status=status)


def _base(
    request: MemberRequest,
    found: KnowledgeBase,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    form: BaseForm | None = None,
    error: str = "",
) -> HttpResponse:
    entries = AuditEntry.objects.filter(object_code=str(found.code)).order_by("-pk")[:REMEMBERED]
    documents = found.documents.exclude(state=DocumentState.GONE).order_by("-sent_at", "-pk")
    place = Paginator(documents, PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "base": found,
        "form": form or BaseForm(initial=BaseForm.of(found)),
        "place": place,
        "is_waiting": any(each.state == DocumentState.INDEXING for each in place),
        "trouble": trouble_words(found.trouble) if found.state == BaseState.FAILED else "",
        "is_elsewhere": found.upstream != upstream.current().name,
        "usual_template": TEMPLATE,
        "conversation_count": knowledge.conversation_count(found),
        "reason": request.POST.get("reason", ""),
        "error": error,
        "entries": with_actors(entries),
    }
    return render(request, "knowledge/base.html", context, status=status)
