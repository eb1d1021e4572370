"""Numbers of what was used, as people read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conversations.usage import Amount

register = template.Library()

AT_LEAST = (
    '<span class="unknown unknown--part"><span aria-hidden="true">≥ {}</span>'
    '<span class="visually-hidden">{}</span></span>'
)
SERIES = ("chart__a", "chart__b")
ROW = 30  # of a chart of rows
WRITTEN_OUT = 10_000


@register.filter
def counted(count: int) -> str:
    """A count with thousands."""
    return f"{count:,}"


@register.filter
def short(count: int) -> str:
    """A count to be grasped at a glance, in the steps of the language."""
    if count < WRITTEN_OUT:
        return counted(count)
    size, word = next((size, word) for size, word in _steps() if count >= size)
    return f"{_three_figures(count / size)} {word}"


@register.simple_tag
def amount(told: Amount) -> SafeString:
    """Tokens as GLM told them; where it told only some, they are at least so many."""
    if told.is_unknown:
        return format_html('<span class="unknown">{}</span>', _("unknown"))
    if told.unknown:
        words = _("at least %(count)s") % {"count": counted(told.known)}
        return format_html(AT_LEAST, counted(told.known), words)
    return format_html("{}", counted(told.known))


@register.simple_tag
def share(part: int, whole: int) -> str:
    """A part in percent; nothing where there is none."""
    return pgettext("percent", "%(share)s%%") % {"share": round(100 * part / whole)} if part and whole else ""


@register.simple_tag
def bar_class(series: int | None) -> str:
    return "chart__unknown" if series is None else SERIES[series]


@register.simple_tag
def chart_height(rows: Sequence[Any]) -> int:
    return max(len(rows), 1) * ROW


def _steps() -> Iterator[tuple[int, str]]:
    """The sizes that large numbers go by, the largest first: they differ from language to language."""
    told = pgettext("sizes of large numbers, the largest first", "1000000000 bn, 1000000 M, 1000 k")
    for step in told.split(", "):
        size, word = step.split(" ")
        yield int(size), word


def _three_figures(number: float) -> str:
    if number >= 1000:
        return f"{number:,.0f}"
    digits = 2 if number < 10 else 1 if number < 100 else 0
    return f"{number:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{number:.0f}"
