"""What was used: one's own, or for administrators everybody's; by day, model, person and kind, and as a table."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from conversations import usage
from conversations.models import CallKind, User
from conversations.turns.access import owned
from conversations.usage import Scope, Used

from . import charts
from .answers import MemberRequest, page
from .people import administrators

MOST_PEOPLE = 20
SPANS = {"7d": 7, "30d": 30, "90d": 90}
COLUMNS = ("day", "person", "model", "kind", "upstream", *usage.COLUMNS)


class FilterForm(forms.Form):
    """Which calls are summed. `period` is a span of days up to today, or a month as 2026-11."""

    period = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": gettext_lazy("There is no such period.")}
    )
    model = forms.CharField(required=False, max_length=100)
    kind = forms.ChoiceField(
        required=False,
        choices=[("", ""), *CallKind.choices],
        error_messages={"invalid_choice": gettext_lazy("There is no such kind of request.")},
    )
    person = forms.UUIDField(required=False, error_messages={"invalid": gettext_lazy("There is no such person.")})

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["period"].choices = _periods()  # type: ignore[attr-defined]

    def scope(self, of: uuid.UUID | None) -> Scope:
        """`of`: whose usage it is; None lets the form say it. What cannot be is left out."""
        given = getattr(self, "cleaned_data", {})
        first, last = _span(given.get("period") or "30d")
        return Scope(first, last, of or given.get("person"), given.get("model", ""), given.get("kind", ""))


@require_safe
@page
def own(request: MemberRequest) -> HttpResponse:
    """What the person has used."""
    return _answer(request, request.user.code)


@require_safe
@administrators
def everybody(request: MemberRequest) -> HttpResponse:
    """What all people have used together, and each of them."""
    return _answer(request, None)


@require_safe
@page
def of_conversation(request: MemberRequest, code: uuid.UUID) -> HttpResponse:
    """What one conversation has used, by model."""
    conversation = owned(request.user, code)
    models = usage.of_conversation(conversation)
    context = {"conversation": conversation, "models": models, "whole": usage.together(models.values())}
    return render(request, "usage/conversation.html", context)


def _answer(request: MemberRequest, of: uuid.UUID | None) -> HttpResponse:
    form = FilterForm(request.GET)
    is_valid = form.is_valid()
    scope = form.scope(of)
    if request.GET.get("format") == "csv" and is_valid:
        return _csv(scope, with_people=of is None)
    context = _sums(scope, with_people=of is None) | _frame(request, form, scope, of)
    return render(request, "usage/usage.html", context, status=HTTPStatus.OK if is_valid else HTTPStatus.BAD_REQUEST)


def _sums(scope: Scope, *, with_people: bool) -> dict[str, Any]:
    days = usage.by_day(scope)
    models = usage.by_model(scope)
    people = _named(usage.by_person(scope, MOST_PEOPLE)) if with_people and scope.person is None else []
    return {
        "whole": usage.together(days.values()),
        "days": [(day, used) for day, used in reversed(days.items()) if used.call_count],
        "models": models,
        "kinds": {_kind_words(kind): used for kind, used in usage.by_kind(scope).items()},
        "people": people,
        "chart": charts.columns([_column(day, used) for day, used in days.items()]),
        "model_rows": charts.rows(
            (name, "", used.tokens, _is_unknown(used)) for name, used in list(models.items())[:8]
        ),
        "people_rows": charts.rows((name, code, used.tokens, _is_unknown(used)) for name, code, used in people[:8]),
    }


def _frame(request: MemberRequest, form: FilterForm, scope: Scope, of: uuid.UUID | None) -> dict[str, Any]:
    whose = User.objects.filter(code=scope.person).first() if of is None and scope.person else None
    everything = replace(scope, model="")
    return {
        "form": form,
        "scope": scope,
        "period": form.data.get("period") or "30d",
        "periods": _periods(),
        "kinds_offered": CallKind.choices,
        "models_offered": usage.by_model(everything) if scope.model else None,
        "is_of_all": of is None,
        "whose": whose,
        "may_see_all": request.user.has_perm("conversations.administer"),
        "counted_at": usage.counted_at(),
        "site_zone": settings.TIME_ZONE,
        "csv_query": urlencode({**request.GET.dict(), "format": "csv"}),
        "here": reverse("usage_of_all" if of is None else "usage"),
    }


def _periods() -> list[tuple[str, str]]:
    spans = [(name, _("Last %(days)s days") % {"days": days}) for name, days in SPANS.items()]
    months = [(f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in usage.months_used()]
    return [*spans, *months]


def _span(period: str) -> tuple[dt.date, dt.date]:
    if period in SPANS:
        last = usage.today()
        return last - dt.timedelta(days=SPANS[period] - 1), last
    first = dt.date.fromisoformat(f"{period}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _column(day: dt.date, used: Used) -> charts.Column:
    return charts.Column(f"{day:%m-%d}", (used.prompt.known, used.completion.known), bool(used.unknown_count))


def _kind_words(kind: str) -> str:
    """A kind that a newer version has written stays as it is."""
    return str(CallKind(kind).label) if kind in CallKind.values else kind


def _is_unknown(used: Used) -> bool:
    return not used.tokens and bool(used.unknown_count)


def _named(found: dict[uuid.UUID, Used]) -> list[tuple[str, str, Used]]:
    names = dict(User.objects.filter(code__in=found, erased_at=None).values_list("code", "username"))
    gone = pgettext("of a person", "deleted account")
    return [(names.get(code, gone), str(code), used) for code, used in found.items()]


def _csv(scope: Scope, *, with_people: bool) -> HttpResponse:
    """Every row there is of that span; unknown counts stand beside the sums, which leave them out."""
    response = HttpResponse(_lines(scope, with_people=with_people), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="usage-{scope.first}-{scope.last}.csv"'
    return response


def _lines(scope: Scope, *, with_people: bool) -> Iterator[str]:
    rows = list(usage.rows(scope))
    codes = {row.person_code for row in rows} if with_people else set()
    names = dict(User.objects.filter(code__in=codes).values_list("code", "username"))
    yield "\ufeff" + _line(name for name in COLUMNS if with_people or name != "person")
    for row in rows:
        whose = [names.get(row.person_code, str(row.person_code))] if with_people else []
        counts = [getattr(row, name) for name in usage.COLUMNS]
        yield _line([row.day, *whose, row.model_name, row.kind, row.upstream, *counts])


def _line(cells: Iterable[Any]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return file.getvalue()


def _harmless(cell: Any) -> Any:
    """A name that a spreadsheet would take for a formula is only a name."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t")) else cell
