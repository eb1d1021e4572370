"""What a notice says: made from its facts, in the language of whoever reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations import notices
from conversations.models import JobState, Notice, NoticeKind, Role, TurnState
from conversations.moderation import reason_words
from conversations.notices import Unread

from . import faults
from .chat import day_and_time
from .listing import called
from .people import role_words

register = template.Library()

Words = Callable[[dict[str, Any]], str]


def _role_changed(data: dict[str, Any]) -> str:
    roles = {"roles": role_words(data.get("after", []))}
    return _("Your roles were changed by an administrator. You are now: %(roles)s.") % roles


def _invitation_accepted(data: dict[str, Any]) -> str:
    return _("%(name)s has accepted your invitation.") % {"name": data.get("name", "")}


def _password_reset(data: dict[str, Any]) -> str:
    return _("Your password was set anew with the help of an administrator. If that was not you, tell them.")


def _not_sent(data: dict[str, Any]) -> str:
    return _("A message that was next in line could not be sent. It is kept in its conversation.")


def _released(data: dict[str, Any]) -> str:
    if data.get("role") == Role.USER:
        return _with_reason(_("A person has looked at your question and released it. You can go on from it."), data)
    return _with_reason(_("A person has looked at a withheld reply and released it. It is back in its place."), data)


def _upheld(data: dict[str, Any]) -> str:
    if data.get("role") == Role.USER:
        return _with_reason(_("A person has looked at your question and decided that it stays withheld."), data)
    return _with_reason(_("A person has looked at a withheld reply and decided that it stays withheld."), data)


def _with_reason(words: str, data: dict[str, Any]) -> str:
    reason = reason_words(data.get("reason_code", ""))
    return _("%(words)s The reason: %(reason)s.") % {"words": words, "reason": reason} if reason else words


def _slowed(data: dict[str, Any]) -> str:
    until = day_and_time(dt.datetime.fromisoformat(data["until"]))
    return ngettext(
        "After several withheld questions you can ask once in %(seconds)s second, until %(until)s.",
        "After several withheld questions you can ask once in %(seconds)s seconds, until %(until)s.",
        data["seconds"],
    ) % {"seconds": data["seconds"], "until": until}


def _message_deleted(data: dict[str, Any]) -> str:
    words = _("An administrator has deleted a message of one of your conversations. The reason: %(reason)s")
    return words % {"reason": data.get("reason", "")}


def _conversation_deleted(data: dict[str, Any]) -> str:
    words = _("An administrator has deleted one of your conversations. The reason: %(reason)s")
    return words % {"reason": data.get("reason", "")}


# Of each kind of job: it is here, nobody knows, it did not come.
JOBS: dict[str, tuple[Promise, Promise, Promise]] = {
    "completion": (
        gettext_lazy("The answer in “%(title)s” is here."),
        gettext_lazy("Nobody knows what became of the answer in “%(title)s”. You decide."),
        gettext_lazy("The answer in “%(title)s” did not come. Its conversation says why."),
    ),
    "image": (
        gettext_lazy("The picture in “%(title)s” is here."),
        gettext_lazy("Nobody knows what became of the picture in “%(title)s”. You decide."),
        gettext_lazy("The picture in “%(title)s” did not come. Its conversation says why."),
    ),
    "video": (
        gettext_lazy("The video in “%(title)s” is here."),
        gettext_lazy("Nobody knows what became of the video in “%(title)s”. You decide."),
        gettext_lazy("The video in “%(title)s” did not come. Its conversation says why."),
    ),
}


def _job_ended(data: dict[str, Any]) -> str:
    came, unknown, failed = JOBS.get(data.get("kind", ""), JOBS["completion"])
    words = {TurnState.COMPLETED: came, JobState.UNKNOWN: unknown}.get(data.get("state", ""), failed)
    about = data["about"]
    return str(words) % {"title": called(about) if about else _("a deleted conversation")}


# A new kind of notice is a line here; where opening it leads is said in `web.notices`.
KINDS: dict[str, Words] = {
    NoticeKind.ROLE_CHANGED: _role_changed,
    NoticeKind.INVITATION_ACCEPTED: _invitation_accepted,
    NoticeKind.PASSWORD_RESET: _password_reset,
    NoticeKind.NOT_SENT: _not_sent,
    NoticeKind.JOB_ENDED: _job_ended,
    NoticeKind.RELEASED: _released,
    NoticeKind.UPHELD: _upheld,
    NoticeKind.SLOWED: _slowed,
    NoticeKind.FAULT: faults.notice_words,
    NoticeKind.MESSAGE_DELETED: _message_deleted,
    NoticeKind.CONVERSATION_DELETED: _conversation_deleted,
}


@register.filter
def words(notice: Notice) -> str:
    return KINDS[notice.kind]({**notice.data, "about": notice.about})


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> Unread:
    """Of whoever is signed in; asked for once a page."""
    request = context["request"]
    if not hasattr(request, "unread_notices"):
        request.unread_notices = notices.unread(request.user.pk)
    found: Unread = request.unread_notices
    return found
