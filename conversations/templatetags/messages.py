"""What a page says of a message beside its text: its language, its times, its state in a word."""

from __future__ import annotations

import math
import uuid
from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from conversations import clock, line, markdown
from conversations.line import Place
from conversations.models import Visibility
from conversations.present import ShownMessage, ShownSummary, base_words

register = template.Library()
register.filter(base_words)

SUMMARY_TROUBLES = {
    "refused": gettext_lazy("GLM did not accept what was to be summarised. The conversation is as it was."),
    "words": gettext_lazy("The summary held words that are not accepted here. The conversation is as it was."),
    "money": gettext_lazy("Out of credit, so no summary was made. The conversation is as it was."),
    "busy": gettext_lazy("Too many requests at once, so no summary was made. The conversation is as it was."),
    "too_long": gettext_lazy("Even in pieces this was too long to be summarised. The conversation is as it was."),
}


@register.filter
def foreign(language: str) -> SafeString:
    """The attribute of a text in another language than the page."""
    named = markdown.foreign(language, get_language())
    return format_html(' lang="{}"', named) if named else mark_safe("")


@register.filter
def duration(seconds: float) -> str:
    """How long something took, as people say it."""
    if seconds < 1:
        return _("less than 1 s")
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return pgettext("duration", "%(seconds)s s") % {"seconds": rest}
    return pgettext("duration", "%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


@register.simple_tag
def elapsed(seconds: float | None, shape: str = "") -> SafeString:
    """Seconds that go on on the page; with the shape "clock" as minutes and seconds."""
    count = int(seconds or 0)
    text = f"{count // 60}:{count % 60:02}" if shape else str(count)
    attribute = mark_safe(f' data-shape="{shape}"') if shape else ""  # noqa: S308
    return format_html('<elapsed-time data-seconds="{}"{}>{}</elapsed-time>', count, attribute, text)


@register.simple_tag(takes_context=True)
def writing_seconds(context: dict[str, Any]) -> float:
    """For how long a reply has been written: the frame says it, or its turn."""
    if "seconds" in context:
        return float(context["seconds"])
    turn = getattr(context["message"], "turn", None)
    return (clock.now() - turn.started_at).total_seconds() if turn and turn.started_at else 0.0


@register.simple_tag
def summary_seconds(summary: ShownSummary) -> float:
    """For how long a summary has been in the making."""
    return (clock.now() - summary.started_at).total_seconds() if summary.started_at else 0.0


@register.simple_tag
def summary_trouble(summary: ShownSummary) -> str:
    """Why there is no summary, and that nothing is lost."""
    words = SUMMARY_TROUBLES.get(summary.trouble)
    return str(words) if words else _("The summary was not made. The conversation is as it was.")


@register.simple_tag(takes_context=True)
def place_in_line(context: dict[str, Any]) -> Place | None:
    """Where a reply that waits stands: the frame says it, or what this process knows of its turn."""
    turn = getattr(context["message"], "turn", None)
    return context.get("place") or (line.place_of(turn.code) if turn is not None and turn.is_live else None)


@register.simple_tag
def place_words(place: Place) -> str:
    """The place in words, and about how long it will take where that is known."""
    number = _ordinal(place.number)
    if place.seconds is None:
        return number
    return _("%(place)s, about %(wait)s") % {"place": number, "wait": duration(_rough(place.seconds))}


def _ordinal(number: int) -> str:
    words = {1: _("First in line"), 2: _("Second in line"), 3: _("Third in line")}
    return words.get(number) or _("Number %(number)s in line") % {"number": number}


def _rough(seconds: float) -> int:
    """As exact as a guess may look."""
    step = 1 if seconds < 10 else 5 if seconds < 60 else 30
    return max(1, step * math.ceil(seconds / step))


@register.simple_tag
def message_url(name: str, message: ShownMessage) -> str:
    """The address of a command or view about a message. A page has six for each reply: reversed one by one as `url`
    does it, they were a tenth of its time."""
    before, between, after = _address(name)
    return f"{before}{message.conversation}{between}{message.code}{after}"


@cache
def _address(name: str) -> tuple[str, str, str]:
    """What stands around the two codes of an address."""
    conversation, message = uuid.UUID(int=1), uuid.UUID(int=2)
    before, _conversation, rest = reverse(name, args=[conversation, message]).partition(str(conversation))
    between, _message, after = rest.partition(str(message))
    return before, between, after


@register.filter
def reply_name(message: ShownMessage) -> str:
    """What the article of a reply is called."""
    if message.is_purged:
        return _("Deleted reply")
    if message.visibility == Visibility.HELD:
        return _("Withheld reply")
    if message.visibility == Visibility.REMOVED:
        return _("Reply not released")
    if message.is_open:
        return _("Reply being written")
    if message.is_edited:
        return _("Reply, edited")
    return _("Reply, released") if message.released_at else _("Reply")
