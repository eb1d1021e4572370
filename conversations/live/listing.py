"""The list of conversations on an open page: what must be drawn for it to be up to date."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string

from conversations import listing
from conversations.models import Conversation, User
from conversations.models.kept import kept_rows

from . import frames, jobs, notices
from .access import Visitor
from .transcript import Cursor, Drawing


class NoPlace(Exception):
    """The page has no group that an entry belongs to."""


def draw(visitor: Visitor, current: uuid.UUID | None, cursor: Cursor) -> Drawing:
    """The entries that changed since `cursor`; the whole list when those are many, and when another day has begun."""
    [(revision,)] = kept_rows(_revision, visitor.pk)
    after = replace(cursor, listed=revision, day=day_of(visitor))
    with visitor.seeing():
        html = _changes(visitor, current, cursor) if _fits(cursor, after) else _whole(visitor, current, after.day)
        html += notices.changes(visitor, cursor.listed) + jobs.changes(visitor, cursor.listed)
        if html:
            html += frames.cursor(after.revision, after.listed)
    return Drawing(html, after)


def _revision(person_id: int) -> QuerySet[User, Any]:
    return User.objects.filter(pk=person_id).values_list("revision")


def day_of(visitor: Visitor) -> int:
    """The day it is for a visitor, as a number."""
    return listing.today(visitor.zone).toordinal()


def _fits(cursor: Cursor, after: Cursor) -> bool:
    # A page may even be ahead: a database that was restored from a backup has older revisions.
    return cursor.day == after.day and 0 <= cursor.listed <= after.listed


def _changes(visitor: Visitor, current: uuid.UUID | None, cursor: Cursor) -> str:
    changed = listing.changed_since(visitor.pk, cursor.listed)
    try:
        if len(changed) == listing.MOST_CHANGED:  # there may be any number
            raise NoPlace
        # The newest first: each stands behind one that was drawn before it, or that has kept its place.
        ordered = sorted(changed, key=lambda entry: (entry.active_at, entry.pk), reverse=True)
        return "".join(piece for entry in ordered for piece in _change(entry, current, cursor))
    except NoPlace:
        return _whole(visitor, current, cursor.day)


def _change(entry: Conversation, current: uuid.UUID | None, cursor: Cursor) -> Iterator[str]:
    name = f"conversation-{entry.code}"
    if entry.deleted_at is not None:
        yield frames.remove(name)
        return
    html = render_to_string(
        "chat/_sidebar_item.html", {"conversation": entry, "current": current, "is_drawn_later": True}
    )
    if entry.risen_revision <= cursor.listed:
        yield frames.swap("outerHTML", f"#{name}", html)
        return
    way, target = _place(entry)
    yield frames.remove(name)
    yield frames.swap(way, target, html)


def _place(entry: Conversation) -> tuple[str, str]:
    """How and where an entry that has risen comes in. A page that has not loaded that place does without it."""
    key = _group(entry)
    newer = listing.next_newer(entry)
    if newer is not None and _group(newer) == key:
        return "afterend", f"#conversation-{newer.code}"
    if newer is None and key == listing.TODAY:
        return "afterbegin", "#conversations-today"
    older = listing.next_older(entry)
    if older is not None and _group(older) == key:
        return "beforebegin", f"#conversation-{older.code}"
    raise NoPlace


def _group(entry: Conversation) -> str:
    return listing.group_of(entry.active_at)[0]


def _whole(visitor: Visitor, current: uuid.UUID | None, day: int) -> str:
    shown = listing.first_page(visitor.pk)
    context = {"list": shown, "current": current, "day": day}
    return frames.swap("outerHTML", "#conversations", render_to_string("chat/_sidebar_list.html", context))
