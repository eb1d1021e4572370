"""Small things that many templates need."""

import uuid
import zoneinfo
from typing import Any

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from conversations.models import User

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
    "components/prose",
    "components/code",
    "components/reasoning",
    "components/status",
    "components/notice",
    "components/composer",
    "components/sheet",
    "components/table",
    "components/page",
)
SCRIPTS = (
    "frames",
    "connection",
    "commands",
    "elements/chat-live",
    "elements/chat-composer",
    "elements/stick-to-bottom",
    "elements/copy-button",
    "elements/local-time",
    "elements/page-title",
)


@register.simple_tag
def sheets() -> list[str]:
    """Addresses of the style sheets."""
    return [static(f"css/{name}.css") for name in SHEETS]


@register.simple_tag
def scripts() -> list[str]:
    """Addresses of the scripts."""
    return [static(f"js/{name}.js") for name in SCRIPTS]


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A picture of the sprite; it has no words, so its button needs a name."""
    extra = f" icon--{size}" if size else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', extra, static("icons.svg"), name
    )


@register.simple_tag
def client_key() -> uuid.UUID:
    """The key that makes a button pressed twice one command."""
    return uuid.uuid4()


@register.simple_tag(takes_context=True)
def clock_time(context: dict[str, Any], moment: Any) -> SafeString:
    """A moment as hours and minutes, in the person's zone where the page knows it; a script sets the browser's."""
    local = timezone.localtime(moment, _zone(context))
    return format_html('<local-time><time datetime="{}">{}</time></local-time>', moment.isoformat(), f"{local:%H:%M}")


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


def _zone(context: dict[str, Any]) -> zoneinfo.ZoneInfo:
    person = context.get("user")
    name = person.time_zone if isinstance(person, User) else ""
    try:
        return zoneinfo.ZoneInfo(name or settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)
