"""Words and times of the reviewer's desk."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from conversations import clock, moderation
from conversations.models import Act, Exposure, FlagSource, Role, SeenBy, UpstreamCall, Visibility
from conversations.moderation import FlagFacts
from conversations.moderation.casefile import Event

register = template.Library()

DAY, HOUR, MINUTE = 86_400, 3_600, 60
SOON = {"hours": HOUR, "minutes": 5 * MINUTE}
MINUS = "−"

AUTHOR_SEES: dict[str, Any] = {
    Visibility.SHOWN: gettext_lazy("The text, in its place"),
    Visibility.HELD: gettext_lazy("A notice that a person will look"),
    Visibility.BLOCKED: gettext_lazy("Their question, marked as not accepted"),
    Visibility.REMOVED: gettext_lazy("A notice that it was not released, with the reason"),
    "": gettext_lazy("Nothing: it was deleted"),
}
KINDS: dict[str, Any] = {
    FlagSource.FINISH: gettext_lazy("Stopped by GLM's filter"),
    FlagSource.HTTP_1301: gettext_lazy("Refused by GLM"),
    FlagSource.CONTENT_FILTER: gettext_lazy("Rated by GLM's filter"),
    FlagSource.REPORT: gettext_lazy("Reported"),
    FlagSource.WORD_LIST: gettext_lazy("Word list"),
    FlagSource.UNCHECKED: gettext_lazy("A check could not finish"),
    FlagSource.SAMPLE: gettext_lazy("Random sample"),
    FlagSource.STAFF: gettext_lazy("Raised by a reviewer"),
}
ACTS: dict[str, Any] = {
    Act.OPENED: pgettext_lazy("case", "Opened"),
    Act.FLAGGED: pgettext_lazy("case", "Flagged again"),
    Act.CLAIMED: pgettext_lazy("case", "Claimed"),
    Act.GIVEN_BACK: pgettext_lazy("case", "Given back"),
    Act.EXPIRED: pgettext_lazy("case", "The claim ended"),
    Act.LOOKED: pgettext_lazy("case", "Looked at the facts"),
    Act.TEXT_SHOWN: pgettext_lazy("case", "Read the text"),
    Act.PICTURE_SEEN: pgettext_lazy("case", "Looked at a picture"),
    Act.PROPOSED: pgettext_lazy("case", "Proposed to release"),
    Act.SENT_BACK: pgettext_lazy("case", "Did not agree, sent back"),
    Act.RELEASED: pgettext_lazy("case", "Released"),
    Act.UPHELD: pgettext_lazy("case", "Upheld"),
    Act.UNDONE: pgettext_lazy("case", "Took the verdict back"),
    Act.ANNOUNCED: pgettext_lazy("case", "Announced to the author"),
    Act.REOPENED: pgettext_lazy("case", "Opened again"),
}


@register.filter
def why(flags: Iterable[FlagFacts]) -> str:
    """What raised the flags, each kind once."""
    return " · ".join(dict.fromkeys(map(flag_words, flags)))


@register.filter
def flag_words(flag: FlagFacts) -> str:
    if flag.list_name:
        return _("Word list: %(name)s") % {"name": flag.list_name}
    if flag.reason_code and (reason := moderation.reason_words(flag.reason_code)):
        return _("Reported: %(reason)s") % {"reason": reason}
    return kind_words(flag.source)


@register.filter
def kind_words(source: str) -> str:
    return str(KINDS[source])


@register.filter
def about(role: str) -> str:
    """What a case is about: what somebody asked, or what they were answered."""
    return _("Question") if role == Role.USER else _("Reply")


# What a flag says it is about, in GLM's words.
JUDGED = {
    "user": gettext_lazy("about the question"),
    "assistant": gettext_lazy("about the reply"),
    "history": gettext_lazy("about earlier messages"),
}


@register.filter
def judged(role: str) -> str:
    return str(JUDGED.get(role, role))


@register.filter
def reason_of(code: str) -> str:
    return moderation.reason_words(code) if code else ""


@register.filter
def sees_words(visibility: str) -> str:
    return str(AUTHOR_SEES.get(visibility, visibility))


@register.filter
def act_words(event: Event) -> str:
    words = str(ACTS[event.row.act])
    return f"{words} ×{event.count}" if event.count > 1 else words


@register.filter
def seen_words(seen: Sequence[Exposure]) -> str:
    """How much of the text its author had before it was withdrawn."""
    known = [each.shown for each in seen if each.shown is not None]
    if not known:
        return _("how much of it was seen is unknown")
    words = ngettext(
        "%(most)s characters were seen, in %(count)s page",
        "up to %(most)s characters were seen, in %(count)s pages",
        len(known),
    ) % {"most": f"{max(known):,}", "count": len(known)}
    return words if len(known) == len(seen) else _("%(words)s, and more is not known") % {"words": words}


@register.filter
def seen_how(exposure: Exposure) -> str:
    return capfirst(str(SeenBy(exposure.how).label))


@register.filter
def parameters(call: UpstreamCall) -> str:
    """What was sent beside the messages, in GLM's words."""
    return ", ".join(f"{name} {_plain(value)}" for name, value in sorted(call.parameters.items()) if name != "v")


def _plain(value: Any) -> str:
    """As GLM is told it: names without marks, all else as JSON."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def ratings(call: UpstreamCall) -> str:
    """GLM's own judgements on a request."""
    found = call.content_filter if isinstance(call.content_filter, list) else []
    return ", ".join(f"{each.get('role', '')} {each.get('level', '')}" for each in found)


@register.simple_tag
def time_left(until: dt.datetime, shape: str = "hours", also: str = "") -> SafeString:
    """What is left until a moment, as hours and minutes or as minutes and seconds; goes on on the page."""
    seconds = (until - clock.now()).total_seconds()
    return _running("until", until, seconds, shape, f"timer {also}{_urgency(seconds, shape)}".rstrip())


@register.simple_tag(takes_context=True)
def waiting_cases(context: dict[str, Any]) -> int:
    """How many cases the person could do something about now."""
    return moderation.counters(context["user"]).waiting


@register.simple_tag
def claim_minutes() -> int:
    """For how long a claim is given."""
    return int(settings.CHATSITE_REVIEW_CLAIM) // MINUTE


@register.simple_tag
def age(since: dt.datetime) -> SafeString:
    return _running("since", since, (clock.now() - since).total_seconds(), "hours", "timer timer--age")


@register.filter
def took(case: Any) -> str:
    """From the flag to the verdict."""
    return _span((case.decided_at - case.opened_at).total_seconds(), "hours")


@register.filter
def span(length: dt.timedelta) -> str:
    """A length of time, as people say it."""
    seconds = length.total_seconds()
    if seconds < HOUR:
        return pgettext("duration", "%(minutes)s min") % {"minutes": max(1, round(seconds / MINUTE))}
    return pgettext("duration", "%(hours)s h %(minutes)s min") % {
        "hours": int(seconds // HOUR),
        "minutes": int(seconds % HOUR // MINUTE),
    }


def _urgency(seconds: float, shape: str) -> str:
    if seconds <= 0:
        return " timer--late"
    return " timer--soon" if seconds < SOON[shape] else ""


def _running(name: str, moment: dt.datetime, seconds: float, shape: str, classes: str) -> SafeString:
    return format_html(
        '<desk-time class="{}" data-{}="{}" data-shape="{}" data-soon="{}" data-days="{}">{}</desk-time>',
        classes,
        name,
        moment.isoformat(),
        shape,
        SOON[shape],
        pgettext("days, behind a number", "d"),
        _span(seconds, shape),
    )


def _span(seconds: float, shape: str) -> str:
    sign, count = (MINUS if seconds < 0 else ""), int(abs(seconds))
    if shape == "minutes":
        return f"{sign}{count // MINUTE}:{count % MINUTE:02}"
    if count >= 2 * DAY:
        return f"{sign}{count // DAY} {pgettext('days, behind a number', 'd')}"
    return f"{sign}{count // HOUR}:{count % HOUR // MINUTE:02}"
