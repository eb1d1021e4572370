"""What can be made here."""

from django import template

from conversations import upstream
from conversations.families import Kind

register = template.Library()


@register.simple_tag
def can_make(kind: str) -> bool:
    """Whether a model for that is on offer: "image" or "video"."""
    return bool(upstream.makers(Kind(kind)))
