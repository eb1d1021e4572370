"""The list of conversations, for every page that shows it: no view has to bring it along."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations import listing
from conversations.listing import FOLDED, Page
from conversations.markdown import foreign, language_of
from conversations.models import Conversation

from .chat import day_and_time

register = template.Library()


@register.simple_tag(takes_context=True)
def newest_entries(context: dict[str, Any]) -> Page:
    """The first page of the person's list."""
    return listing.first_page(context["request"].user.pk)


@register.simple_tag
def list_day() -> int:
    """The day that the list is sorted by."""
    return listing.today().toordinal()


@register.simple_tag(takes_context=True)
def list_is_folded(context: dict[str, Any]) -> bool:
    """Whether the list is out of the way until it is called."""
    return bool(context["request"].COOKIES.get(FOLDED))


@register.simple_tag
def lang_of(name: str) -> SafeString:
    """The attribute of a name in another language than the page's: faces and marks follow it."""
    language = foreign(language_of(name), get_language())
    return format_html(' lang="{}"', language) if language else SafeString()


@register.filter
def called(conversation: Conversation) -> str:
    """The title of a conversation, or when it began: nothing may be said of one whose questions were not accepted, and
    one that begins with a picture has no words yet."""
    return conversation.title or _("Begun %(when)s") % {"when": day_and_time(conversation.created_at)}
