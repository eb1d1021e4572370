"""Small things that many templates need."""

import datetime as dt
import json
import uuid
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from conversations import clock

register = template.Library()

# In the order of their cascade layers.
SHEETS = (
    "layers",
    "tokens",
    "base",
    "layout",
    "components/button",
    "components/field",
    "components/menu",
    "components/sidebar",
    "components/masthead",
    "components/message",
    "components/edit",
    "components/prose",
    "components/code",
    "components/copy",
    "components/reasoning",
    "components/sources",
    "components/tool_call",
    "components/status",
    "components/notice",
    "components/composer",
    "components/character",
    "components/job",
    "components/models",
    "components/parameters",
    "components/tools",
    "components/hosted",
    "components/jump",
    "components/palette",
    "components/dialog",
    "components/picture",
    "components/making",
    "components/shortcuts",
    "components/sheet",
    "components/settings",
    "components/notices",
    "components/page",
    "components/print",
)
SCRIPTS = (
    "typing",
    "requests",
    "signing-in",
    "delivery",
    "draft-store",
    "run-command",
    "take-back",
    "empty-page",
    "seen",
    "frames",
    "connection",
    "commands",
    "entries",
    "read-mark",
    "elements/entry-days",
    "elements/entry-list",
    "elements/rename-entry",
    "elements/side-drawer",
    "elements/toast-note",
    "elements/chat-live",
    "elements/page-dialog",
    "elements/held-message",
    "elements/other-draft",
    "elements/picture-tray",
    "elements/picture-viewer",
    "elements/chat-composer",
    "elements/edit-message",
    "elements/kept-draft",
    "elements/model-picker",
    "elements/text-count",
    "elements/slash-palette",
    "elements/copy-button",
    "elements/code-tools",
    "elements/quote-button",
    "elements/elapsed-time",
    "elements/job-progress",
    "elements/browser-notice",
    "elements/last-words",
    "elements/spoken-words",
    "elements/earlier-messages",
    "elements/earlier-page",
    "elements/stick-to-bottom",
    "elements/jump-to-end",
    "elements/local-time",
    "elements/page-title",
    "elements/own-zone",
    "elements/unsaved-changes",
    "offline",
)

# Further ones, of pages that few people see.
MORE_SHEETS = {
    "desk": ("components/review",),
    "work": (
        "components/table",
        "components/chart",
        "components/people",
        "components/knowledge",
        "components/entries",
    ),
}
MORE_SCRIPTS = {
    "desk": ("desk/desk-time", "desk/desk-claim", "desk/desk-rows", "desk/case-text"),
}

# What the storage joins them into when static files are collected.
ALL = "chatsite"
HTMX = "django_htmx/htmx-2.min.js"


def sheet_names(of: str = ALL) -> list[str]:
    return [f"css/{name}.css" for name in MORE_SHEETS.get(of, SHEETS)]


def script_names(of: str = ALL) -> list[str]:
    return [f"js/{name}.js" for name in MORE_SCRIPTS.get(of, SCRIPTS)]


def joined() -> dict[str, list[str]]:
    """Each joined file and what it is made of."""
    styles = {f"{name}.css": sheet_names(name) for name in (ALL, *MORE_SHEETS)}
    return styles | {f"{name}.js": script_names(name) for name in (ALL, *MORE_SCRIPTS)}


@register.simple_tag
def sheets(of: str = ALL) -> list[str]:
    """Addresses of the style sheets that every page has, or of a part's own; single files while debugging."""
    return [static(name) for name in (sheet_names(of) if settings.CHATSITE_DEBUG else [f"{of}.css"])]


@register.simple_tag
def scripts(of: str = ALL) -> list[str]:
    """Addresses of our own scripts that every page has, or of a part's own; single files while debugging."""
    return [static(name) for name in (script_names(of) if settings.CHATSITE_DEBUG else [f"{of}.js"])]


@register.simple_tag
def page_scripts(of: str = "") -> list[str]:
    """Addresses of all that a page runs, in its order; `of` is the part it belongs to."""
    return [static(HTMX), *scripts(), *(scripts(of) if of else ())]


@register.simple_tag
def start_script() -> SafeString:
    """The script that lets the others wait, exactly as the content policy knows it."""
    return mark_safe(settings.START_SCRIPT)  # noqa: S308


@register.filter
def as_json(value: Any) -> str:
    """For an attribute: the template escapes it."""
    return json.dumps(value)


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """One of the pictures that `_icons.html` brings to every page; it has no words, so its button needs a name."""
    extra = f" icon--{size}" if size else ""
    return format_html('<svg class="icon{}" aria-hidden="true"><use href="#icon-{}"/></svg>', extra, name)


@register.simple_tag
def client_key() -> uuid.UUID:
    """The key that makes a button pressed twice one command."""
    return uuid.uuid4()


@register.simple_tag
def clock_time(moment: dt.datetime) -> SafeString:
    """A moment in the zone that is drawn for: hours and minutes, and the day when it is not today. For people who have
    chosen no zone a script sets that of their browser."""
    is_today = timezone.localtime(moment).date() == timezone.localtime(clock.now()).date()
    words = f"{timezone.localtime(moment):%H:%M}" if is_today else day_and_time(moment)
    return format_html('<local-time><time datetime="{}">{}</time></local-time>', moment.isoformat(), words)


def day_and_time(moment: dt.datetime) -> str:
    local = timezone.localtime(moment)
    if local.year != timezone.localtime(clock.now()).year:
        return f"{local:%Y-%m-%d %H:%M}"
    return date_format(local, pgettext("format of a day and a time, as Django writes it", "M j, H:i"))


@register.simple_tag
def tokens(count: int | None) -> SafeString:
    """A count with thousands; what GLM did not say is unknown, never zero."""
    if count is None:
        return format_html('<span class="unknown">{}</span>', _("unknown"))
    return format_html("{}", f"{count:,}")


@register.filter
def seconds_since(end: Any, start: Any) -> float | None:
    """Seconds between two moments; None while one of them is missing."""
    return (end - start).total_seconds() if start and end else None
