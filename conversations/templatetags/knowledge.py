"""Words about knowledge bases and their documents."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.defaults import ADMINISTRATOR, REVIEWER
from conversations.knowledge import LOST
from conversations.models import BaseState, DocumentState, KnowledgeBase, KnowledgeDocument

from .chat import icon

register = template.Library()

GROUPS = {REVIEWER: gettext_lazy("Reviewers"), ADMINISTRATOR: gettext_lazy("Administrators")}
MARKS = {
    BaseState.MAKING: "is-working",
    BaseState.READY: "is-done",
    BaseState.FAILED: "is-failed",
    BaseState.DELETING: "is-working",
    DocumentState.SENDING: "is-queued",
    DocumentState.INDEXING: "is-working",
    DocumentState.DONE: "is-done",
}
TROUBLES = {
    "10001": gettext_lazy("no room left at GLM"),
    "10002": gettext_lazy("too many documents at GLM"),
    "no_room": gettext_lazy("no room left at GLM"),
    "refused": gettext_lazy("GLM does not take this kind of file"),
    "unreachable": gettext_lazy("GLM could not be reached"),
    "timeout": gettext_lazy("GLM did not answer in time"),
    LOST: gettext_lazy("the server was stopped meanwhile; delete it, and send it again"),
}


@register.filter
def group_word(group_name: str) -> str:
    """Who may use a base: a role in words, everybody without one."""
    return str(GROUPS.get(group_name, group_name or _("Everybody")))


@register.simple_tag
def base_status(base: KnowledgeBase, server: str) -> SafeString:
    """Its state; of one that another server keeps, that."""
    if base.upstream != server:
        return _status("is-ended", _("at %(server)s") % {"server": base.upstream})
    return _status(MARKS[BaseState(base.state)], str(BaseState(base.state).label))


@register.simple_tag
def document_status(document: KnowledgeDocument) -> SafeString:
    state = DocumentState(document.state)
    return _status(MARKS[state], str(state.label))


@register.filter
def document_trouble(trouble: str) -> str:
    return str(TROUBLES.get(trouble) or _("GLM could not read it"))


def _status(mark: str, words: str) -> SafeString:
    return format_html('<span class="status">{}{}</span>', icon(mark, "small"), words)
