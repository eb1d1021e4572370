"""What GLM itself may use for a conversation, the web or a knowledge base: a switch, and a page that says all."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from conversations import knowledge, upstream
from conversations.hosted import (
    BY_DOMAIN,
    BY_TENS,
    DOMAIN,
    DOMAIN_LENGTH,
    MOST_RESULTS,
    PROMPT_LENGTH,
    QUERY_LENGTH,
    Hosted,
    Search,
    engines,
)
from conversations.models import KnowledgeBase, User
from conversations.turns import prepare, presets

from .answers import MemberRequest, command, is_scripted
from .forms import clean_line, clean_text, key_of
from .parameters import keep_text, model_of, saved, shown_of

NOTHING, WEB = "", "web"
ON, OFF = "on", "off"
ENGINE_WORDS = {
    "search_std": gettext_lazy("Standard"),
    "search_pro": gettext_lazy("Pro"),
    "search_pro_sogou": gettext_lazy("Sogou"),
    "search_pro_quark": gettext_lazy("Quark"),
    "search_pro_jina": gettext_lazy("Jina"),
    "search-prime": gettext_lazy("Prime"),
}
RECENCY_WORDS = (
    ("", gettext_lazy("Any time")),
    ("oneDay", gettext_lazy("The last day")),
    ("oneWeek", gettext_lazy("The last week")),
    ("oneMonth", gettext_lazy("The last month")),
    ("oneYear", gettext_lazy("The last year")),
)
SIZE_WORDS = (
    ("", gettext_lazy("As GLM likes")),
    ("medium", gettext_lazy("Medium")),
    ("high", gettext_lazy("Long")),
)
ORDER_WORDS = (
    ("", gettext_lazy("After the text")),
    ("before", gettext_lazy("Before the text")),
)
INTENT_WORDS = (
    ("", gettext_lazy("As GLM likes")),
    (ON, gettext_lazy("Yes")),
    (OFF, gettext_lazy("No, search for the words as they are")),
)


class HostedForm(forms.Form):
    """Where answers come from, and how the web is searched; what is empty is left to GLM."""

    source = forms.ChoiceField(required=False)
    query = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Always search for"))
    engine = forms.ChoiceField(required=False, label=gettext_lazy("Search engine"))
    count = forms.IntegerField(required=False, label=gettext_lazy("Number of results"))
    recency = forms.ChoiceField(required=False, choices=RECENCY_WORDS, label=gettext_lazy("Published within"))
    domain = forms.CharField(required=False, max_length=2000, label=gettext_lazy("Only this site"))
    size = forms.ChoiceField(required=False, choices=SIZE_WORDS, label=gettext_lazy("Length of excerpts"))
    order = forms.ChoiceField(required=False, choices=ORDER_WORDS, label=gettext_lazy("Sources come"))
    intent = forms.ChoiceField(required=False, choices=INTENT_WORDS, label=gettext_lazy("Find out first what is meant"))
    prompt = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("How to use the results"),
        help_text=gettext_lazy(
            "An instruction of your own; empty leaves it to GLM. Marks such as [ref_1] become links."
        ),
    )
    is_required = forms.BooleanField(required=False, label=gettext_lazy("Answer only if something is found"))

    def __init__(self, hosted: Hosted, bases: list[KnowledgeBase], host: str, data: Any = None) -> None:
        super().__init__(data, initial=_initial(hosted))
        self._before, self._known = hosted, engines(host)
        self.bases = bases
        self.fields["source"].choices = [(NOTHING, ""), (WEB, ""), *((str(each.code), each.name) for each in bases)]  # type: ignore[attr-defined]
        words = [(name, ENGINE_WORDS[name]) for name in self._known]
        first = _("%(what)s, by default") % {"what": words[0][1]}
        self.fields["engine"].choices = [("", first), *words[1:]]  # type: ignore[attr-defined]
        self.fields["count"].widget.attrs["placeholder"] = _("%(what)s, by default") % {"what": 10}

    def clean_count(self) -> int | None:
        count: int | None = self.cleaned_data["count"]
        if count is not None and not 1 <= count <= MOST_RESULTS:
            raise forms.ValidationError(_("From 1 to %(most)s, or empty.") % {"most": MOST_RESULTS})
        return count

    def clean_domain(self) -> str:
        """People copy whole addresses."""
        typed = self.cleaned_data["domain"].strip().lower()
        domain: str = typed.removeprefix("https://").removeprefix("http://").partition("/")[0].strip(".")
        if domain and (len(domain) > DOMAIN_LENGTH or not DOMAIN.fullmatch(domain)):
            raise forms.ValidationError(_("A name such as example.org, or empty."))
        return domain

    def clean_query(self) -> str:
        query = clean_line(self.cleaned_data["query"])
        if len(query) > QUERY_LENGTH:
            raise forms.ValidationError(_("At most %(most)s characters.") % {"most": QUERY_LENGTH})
        return query

    def clean_prompt(self) -> str:
        prompt = clean_text(self.cleaned_data["prompt"])
        if len(prompt) > PROMPT_LENGTH:
            raise forms.ValidationError(_("At most %(most)s characters.") % {"most": f"{PROMPT_LENGTH:,}"})
        return prompt

    def clean(self) -> None:
        data = self.cleaned_data
        engine = data.get("engine") or self._known[0]
        if data.get("domain") and engine not in BY_DOMAIN:
            self.add_error("domain", _("This search engine cannot keep to one site."))
        if data.get("count") and engine in BY_TENS and data["count"] % 10:
            self.add_error("count", _("This search engine gives 10, 20, 30, 40 or 50."))

    @property
    def hosted(self) -> Hosted:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        names = ("query", "engine", "count", "recency", "domain", "size", "order", "prompt")
        told = {name: data[name] or None for name in names}
        intent = {ON: True, OFF: False}.get(data["intent"])
        search = Search(**told, intent=intent, is_required=data["is_required"] or None)
        source = data["source"]
        return Hosted(source == WEB, key_of(source) if source not in (NOTHING, WEB) else None, search)


@require_http_methods(["GET", "HEAD", "POST"])
@command
def hosted(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Look at what GLM may use, or choose."""
    shown = shown_of(request, code)
    model, source = model_of(request, shown), upstream.current()
    bases = _bases(request.user, model)
    form = HostedForm(shown.hosted, bases, source.name, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _is_accepted(request.user, form):
        return saved(request, prepare.set_hosted(request.user, code, model, form.hosted), model)
    template = "hosted/_dialog.html" if is_scripted(request) else "hosted/hosted.html"
    entry = upstream.entry(model)
    context = {
        "form": form,
        "conversation": shown,
        "chosen_model": model,
        "searches": entry.searches,
        "retrieves": entry.retrieves,
        "chosen": form["source"].value() or NOTHING,
        "is_detailed": bool(shown.hosted.search.changed),
    }
    return render(request, template, context, status=422 if form.is_bound else 200)


@require_POST
@command
def switch(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """Search the web for this conversation, or use nothing. The button stands in the composer, and without script
    brings what was typed there."""
    shown = shown_of(request, code)
    model = model_of(request, shown)
    wanted = replace(shown.hosted, is_searching=request.POST.get("search") == ON, knowledge=None)
    kept = prepare.set_hosted(request.user, code, model, wanted)
    if not is_scripted(request):
        keep_text(request, code)
    return saved(request, kept, model)


def _is_accepted(person: User, form: HostedForm) -> bool:
    """Whether the word lists let through what goes to GLM in the person's own words; else it is said at the field."""
    for field in ("query", "prompt"):
        try:
            presets.must_be_accepted(person, form.cleaned_data[field], field)
        except presets.NotAccepted:
            form.add_error(field, _("These words are not accepted here."))
    return form.is_valid()


def _bases(person: User, model: str) -> list[KnowledgeBase]:
    return knowledge.usable(person) if upstream.entry(model).retrieves else []


def _initial(hosted: Hosted) -> dict[str, Any]:
    changed = hosted.search.changed
    source = str(hosted.knowledge) if hosted.knowledge else WEB if hosted.is_searching else NOTHING
    intent = {True: ON, False: OFF, None: ""}[hosted.search.intent]
    return {**changed, "intent": intent, "source": source}
