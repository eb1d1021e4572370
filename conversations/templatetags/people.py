"""Words about people: their roles, what was done with their accounts, and the language they might rather read."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from conversations import first_run
from conversations.defaults import ADMINISTRATOR, MEMBER, REVIEWER
from conversations.models import User

register = template.Library()

ROLES: dict[str, Promise] = {
    MEMBER: gettext_lazy("member"),
    REVIEWER: gettext_lazy("reviewer"),
    ADMINISTRATOR: gettext_lazy("administrator"),
}
ACTIONS: dict[str, Promise] = {
    "person.roles": gettext_lazy("Roles changed"),
    "person.closed": gettext_lazy("Account closed"),
    "person.deleted": gettext_lazy("Account deleted"),
    "person.reopened": gettext_lazy("Account opened again"),
    "person.reset_link": gettext_lazy("Link to a new password made"),
    "person.password_reset": gettext_lazy("Password set anew by link"),
    "person.password": gettext_lazy("Password set by an administrator"),
    "person.signed_up": gettext_lazy("Signed up"),
    "knowledge.made": gettext_lazy("Knowledge base made"),
    "knowledge.entered": gettext_lazy("Knowledge base entered"),
    "knowledge.changed": gettext_lazy("Knowledge base changed"),
    "knowledge.deleted": gettext_lazy("Knowledge base deleted"),
    "knowledge.document_sent": gettext_lazy("Document sent"),
    "knowledge.document_deleted": gettext_lazy("Document deleted"),
}
# Each language by its own name, so that whoever cannot read the page finds theirs.
LANGUAGES = {"en": "English", "zh-hans": "中文"}


@register.filter
def role_words(roles: Iterable[str]) -> str:
    """Roles in words, the least first."""
    held = set(roles)
    return _(", ").join(str(words) for role, words in ROLES.items() if role in held)


@register.simple_tag
def group_words(person: User) -> str:
    return role_words(group.name for group in person.groups.all())


@register.filter
def role_word(role: str) -> str:
    return str(ROLES.get(role, role))


@register.filter
def action_words(action: str) -> str:
    """What an entry of the audit record says was done; its own name where this page knows no better one."""
    return str(ACTIONS.get(action, action))


@register.simple_tag
def other_language() -> tuple[str, str]:
    """The language that a page is not in: its code and its own name."""
    return next((code, name) for code, name in LANGUAGES.items() if code != get_language())


@register.simple_tag
def somebody_has_an_account() -> bool:
    return first_run.is_over()


@register.simple_tag
def signup_is_open() -> bool:
    return bool(settings.CHATSITE_OPEN_SIGNUP)
