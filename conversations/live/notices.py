"""Notices on an open page."""

from django.template.loader import render_to_string

from conversations import faults, notices, upstream
from conversations.models import User

from . import frames
from .access import Visitor


def changes(visitor: Visitor, listed: int) -> str:
    """Those that the person has not read, in place of what a page shows that knows their list at `listed`."""
    if not notices.changed_since(visitor.pk, listed):
        return ""
    html = render_to_string("notices/_notices.html", {"notices": notices.unread(visitor.pk)})
    return frames.swap("innerHTML", "#notices", html) + _faults(visitor)


def _faults(visitor: Visitor) -> str:
    """What is wrong with the account at GLM: administrators get a notice whenever that changes."""
    if not User.objects.get(pk=visitor.pk).has_perm("conversations.administer"):
        return ""
    faults.refresh()
    html = render_to_string("chat/_faults.html", {"alarming": faults.alarming(upstream.current())})
    return frames.swap("innerHTML", "#faults", html)
