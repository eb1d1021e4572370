"""The models to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from conversations import catalogue, upstream
from conversations.families import Entry
from conversations.model_words import facts, family_words
from conversations.parameters import offered

register = template.Library()


@dataclass(frozen=True, slots=True)
class Option:
    """A model to choose, with its quiet line."""

    entry: Entry
    facts: str


@register.simple_tag
def can_answer_later() -> bool:
    """Whether the server takes orders for the background."""
    return upstream.answers_later()


@register.simple_tag
def model_groups(models: Sequence[str]) -> list[tuple[str, list[Option]]]:
    """The models by family, each family where its first model stands."""
    entries = [upstream.entry(name) for name in models]
    order = list(dict.fromkeys(entry.family for entry in entries))
    entries.sort(key=lambda entry: order.index(entry.family))
    grouped = groupby(entries, key=lambda entry: entry.family)
    return [(family_words(family), [Option(each, facts(each)) for each in group]) for family, group in grouped]


@register.simple_tag
def model_options(models: Sequence[str], chosen: str) -> SafeString:
    """The radio buttons of the picker; drawn once for all pages, but for the one that is on."""
    drawn = _drawn(tuple(models), get_language() or "", catalogue.current().version, upstream.current().name)
    mark = format_html(' value="{}"', chosen)
    return mark_safe(drawn.replace(mark, f"{mark} checked", 1))  # noqa: S308


@lru_cache(maxsize=32)
def _drawn(models: tuple[str, ...], language: str, version: int, server: str) -> str:
    return format_html_join(
        "",
        '<fieldset class="models__group"><legend class="models__family">{}</legend>{}</fieldset>',
        ((words, _options(options)) for words, options in model_groups(models)),
    )


def _options(options: Sequence[Option]) -> SafeString:
    return format_html_join(
        "",
        '<label class="models__item"><input class="models__radio" type="radio" name="model" value="{}" form="ask"'
        ' autocomplete="off"{}><span class="models__name">{}<small>{}</small></span></label>',
        ((each.entry.name, _can(each.entry), each.entry.name, each.facts) for each in options),
    )


def _can(entry: Entry) -> SafeString:
    """What the page offers with it, for the script that follows the choice."""
    can = {
        "tuning": bool(offered(entry)),
        "thinking": entry.may_be_quiet,
        "sight": bool(upstream.pictures_seen_by(entry.name)),
        "tools": entry.calls_functions,
        "search": entry.searches,
    }
    words = " ".join(name for name, is_able in can.items() if is_able)
    return format_html(' data-can="{}"', words) if words else mark_safe("")


@register.filter
def may_be_quiet(model_name: str) -> bool:
    """Whether thinking can be switched off."""
    return upstream.entry(model_name).may_be_quiet


@register.filter
def may_be_tuned(model_name: str) -> bool:
    """Whether it takes parameters, and orders for the background."""
    return bool(offered(upstream.entry(model_name)))


@register.filter
def searches(model_name: str) -> bool:
    """Whether GLM searches the web for it."""
    return upstream.entry(model_name).searches
