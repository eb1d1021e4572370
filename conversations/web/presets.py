"""The pages of presets: all of them, one to write, and a conversation that begins with one."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import upstream
from conversations.models import Conversation, Preset
from conversations.parameters import Parameters
from conversations.tools import allowed_to
from conversations.turns import presets as rows
from conversations.turns.access import owned
from conversations.turns.presets import NotAccepted

from .answers import MemberRequest, command, page, refused, see_other
from .forms import clean_line, clean_text, key_of
from .own_or_shared import just_deleted
from .parameters import ParametersForm
from .preferences import preferred_model
from .preset_form import PresetForm

PER_PAGE = 50
NEAR = 6  # of all presets, those beside a conversation
VALUE_LENGTH = 2000


@require_safe
@page
def all_presets(request: MemberRequest) -> HttpResponse:
    sought = clean_line(request.GET.get("q", ""))[:100]
    place = Paginator(rows.offered(request.user, sought), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "place": place,
        "sought": sought,
        "for_code": key_of(request.GET.get("for", "")),
        "deleted": just_deleted(request, Preset.objects, rows.may_change),
        "may_administer": request.user.has_perm("conversations.administer"),
    }
    return render(request, "presets/presets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def new(request: MemberRequest) -> HttpResponse:
    """A preset of one's own, or the organisation's; it may begin with the instructions of a conversation."""
    is_shared = "shared" in (request.POST or request.GET) and request.user.has_perm("conversations.administer")
    preset = Preset(owner=None if is_shared else request.user)
    if source := key_of(request.GET.get("from", "")):
        shown = owned(request.user, source)
        preset.system_prompt, preset.model_name = shown.system_prompt, shown.model_name
        preset.parameters = shown.parameters
    return _form(request, preset)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def change(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    return _form(request, _changeable(request, code))


@require_POST
@command
def delete(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    preset = _changeable(request, code)
    reason = clean_line(request.POST.get("reason", ""))[:300]
    if preset.owner_id is None and not reason:
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, _("Please say why: it is kept on record."))
    rows.delete(request.user, preset, reason)
    return see_other(f"{reverse('presets')}?deleted={preset.code}")


@require_POST
@command
def restore(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    preset = Preset.objects.filter(code=code).exclude(deleted_at=None).first()
    if preset is not None and rows.may_change(request.user, preset):
        rows.restore(request.user, preset)
    elif preset is not None:
        raise Http404
    return see_other(reverse("presets"))


@require_POST
@command
def begin(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Give a conversation a preset; what it asks for is asked on a page between."""
    preset = rows.find(request.user, key_of(request.POST.get("preset", "")) or uuid.UUID(int=0))
    if preset is None:
        raise Http404
    values = {each.name: clean_text(request.POST.get(f"value-{each.name}", "")) for each in preset.asked}
    errors = {name: words for name, value in values.items() if (words := _wrong(value))}
    if errors:
        is_first = not any(f"value-{name}" in request.POST for name in values)
        return _ask(request, code, preset, values, {} if is_first else errors)
    try:
        rows.choose(request.user, code, preset, values, _model_of(request, code))
    except NotAccepted:
        return refused(request, HTTPStatus.UNPROCESSABLE_ENTITY, _not_accepted())
    return see_other(reverse("conversation", args=[code]))


@require_http_methods(["GET", "HEAD", "POST"])
@command
def instruct(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """The instructions of a conversation: its own text, or a preset."""
    shown = Conversation.objects.of(request.user).filter(code=code).first()
    if shown is None and Conversation.objects.filter(code=code).exists():
        raise Http404
    shown = shown or Conversation(code=code, owner=request.user)
    text = clean_text(request.POST.get("system_prompt", shown.system_prompt))
    error = ""
    if request.method == "POST":
        try:
            if error := _wrong_text(text):
                return _instructions(request, shown, text, error)
            rows.instruct(request.user, code, text, _model_of(request, code))
        except NotAccepted:
            return _instructions(request, shown, text, _not_accepted())
        return see_other(reverse("conversation", args=[code]))
    return _instructions(request, shown, text, error)


def _wrong_text(text: str) -> str:
    if len(text) > rows.PROMPT_LENGTH:
        words = _("That is %(length)s characters; %(most)s are possible.")
        return words % {"length": f"{len(text):,}", "most": f"{rows.PROMPT_LENGTH:,}"}
    return ""


def _instructions(request: MemberRequest, shown: Conversation, text: str, error: str) -> HttpResponse:
    context = {"conversation": shown, "text": text, "error": error, "presets": rows.some(request.user, NEAR)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "presets/instructions.html", context, status=status)


def _model_of(request: MemberRequest, code: uuid.UUID) -> str:
    known = Conversation.objects.of(request.user).filter(code=code).values_list("model_name", flat=True).first()
    return known or preferred_model(request.user)


def _wrong(value: str) -> str:
    if not value:
        return _("This is needed for the instructions.")
    return _("That is too long.") if len(value) > VALUE_LENGTH else ""


def _ask(
    request: MemberRequest, code: uuid.UUID, preset: Preset, values: dict[str, str], errors: dict[str, str]
) -> HttpResponse:
    fields = [(each, values[each.name], errors.get(each.name, "")) for each in preset.asked]
    context = {"code": code, "preset": preset, "fields": fields}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "presets/begin.html", context, status=status)


def _form(request: MemberRequest, preset: Preset) -> HttpResponse:
    is_shared = preset.owner_id is None
    data, model = request.POST if request.method == "POST" else None, _model_shown(request, preset)
    form = PresetForm(data, preset, allowed_to(request.user), has_reason=is_shared, shown_model=model)
    if request.method == "POST" and form.is_valid():
        try:
            rows.save(request.user, preset, form.facts, form.cleaned_data["reason"])
        except NotAccepted as refusal:
            form.add_error(refusal.field, _not_accepted())
        else:
            messages.success(request, _("Saved."))
            return see_other(reverse("presets"))
    context: dict[str, Any] = {
        "form": form,
        "preset": preset,
        "is_shared": is_shared,
        "models": upstream.offered_models(),
        "shown_model": model,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "presets/preset.html", context, status=status)


def _model_shown(request: MemberRequest, preset: Preset) -> str:
    """The model whose parameters the form has: that of the preset, or the one that a page would choose."""
    wished = request.POST.get("shown_model") or preset.model_name
    return upstream.stand_in(wished) if wished else preferred_model(request.user)


@require_safe
@page
def parameters(request: MemberRequest) -> HttpResponse:
    """The parameters of another model, with what was typed for the one before."""
    wished = request.GET.get("model_name", "")
    model = upstream.stand_in(wished) if wished else preferred_model(request.user)
    form = ParametersForm(upstream.entry(model), Parameters(), request.GET)
    return render(request, "presets/_parameters.html", {"parameters": form, "shown_model": model})


def _changeable(request: MemberRequest, code: uuid.UUID) -> Preset:
    preset = Preset.objects.here().filter(code=code).first()
    if preset is None or not rows.may_change(request.user, preset):
        raise Http404
    return preset


def _not_accepted() -> str:
    return _("These instructions hold words that are not accepted here. Please put them differently.")
