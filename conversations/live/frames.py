"""Frames: the HTML of changes, each element with the place it goes to (htmx's `hx-swap-oob`)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from conversations.models import Conversation
from conversations.present import ShownMessage, ShownPart, Window
from conversations.turn_log import PartUpdate, RenderedPart

PULSE = '<i id="pulse" hidden hx-swap-oob="true"></i>'


def swap(how: str, target: str, html: str) -> str:
    """`html` goes to the elements that match `target`."""
    return f'<div hx-swap-oob="{how}:{target}">{html}</div>'


def remove(element_id: str) -> str:
    return f'<div id="{element_id}" hx-swap-oob="delete"></div>'


def part_update(reply: uuid.UUID, change: PartUpdate) -> str:
    """The change of a part that the page has."""
    part = f"#part-{reply}-{change.index}"
    update = change.update
    if update.whole is not None:
        return swap("innerHTML", part, update.whole)
    pieces = []
    if update.sealed:
        pieces.append(swap("beforebegin", f"{part}-tail", update.sealed))
    if update.tail is not None:
        pieces.append(swap("innerHTML", f"{part}-tail", update.tail))
    if update.append:
        pieces.append(swap("beforeend", f"{part}-tail" + " > :last-child" * update.depth, update.append))
    if change.is_sealed:
        pieces.append(_sealed(reply, change))
    return "".join(pieces)


def _sealed(reply: uuid.UUID, change: PartUpdate) -> str:
    """The end of a part: its tail has become sealed blocks, or (reasoning) stays where it stands."""
    if change.kind == "text":
        return remove(f"part-{reply}-{change.index}-tail")
    return ""


def new_part(reply: uuid.UUID, index: int, rendered: RenderedPart) -> str:
    """A part that the page does not have yet, as it stands."""
    return swap("beforeend", f"#message-{reply}-parts", part(reply, index, rendered))


def snapshot(reply: uuid.UUID, parts: Sequence[RenderedPart]) -> str:
    """All parts of an open reply as they stand, in place of whatever the page shows."""
    html = "".join(part(reply, index, each) for index, each in enumerate(parts))
    return swap("innerHTML", f"#message-{reply}-parts", html)


def writing(reply: uuid.UUID) -> str:
    """The reply that was drawn as queued is being written."""
    return swap("outerHTML", f"#message-{reply}-state", render_to_string("chat/_message_state.html", _open(reply)))


def part(reply: uuid.UUID, index: int, rendered: RenderedPart) -> str:
    tail = None if rendered.is_sealed else mark_safe(rendered.tail)  # noqa: S308
    shown = ShownPart(index, rendered.kind, mark_safe(rendered.sealed), tail)  # noqa: S308
    return render_to_string("chat/_part.html", {"part": shown, **_open(reply)})


def window(shown: Window, context: dict[str, Any]) -> str:
    """The whole transcript: earlier messages that were loaded go, and can be loaded again."""
    earlier = render_to_string("chat/_earlier.html", {**context, "window": shown, "is_page": True})
    messages = "".join(_message(each, context) for each in shown.messages)
    return swap("outerHTML", "#earlier", earlier) + swap("innerHTML", "#messages", messages)


def grown(messages: Iterable[ShownMessage], context: dict[str, Any]) -> str:
    """Messages that came at the end."""
    return swap("beforeend", "#messages", "".join(_message(each, context) for each in messages))


def changed(message: ShownMessage, context: dict[str, Any]) -> str:
    """One message in place of its older self."""
    return swap("outerHTML", f"#message-{message.code}", _message(message, context))


def ended(message: ShownMessage, context: dict[str, Any]) -> str:
    """What stands around a reply whose text the page has already."""
    names = ("margin", "end", "foot")
    return "".join(
        swap(
            "outerHTML",
            f"#message-{message.code}-{name}",
            render_to_string(f"chat/_message_{name}.html", {**context, "message": message}),
        )
        for name in names
    )


def surroundings(conversation: Conversation, context: dict[str, Any]) -> str:
    """Title and composer button."""
    title = render_to_string("chat/_title.html", {**context, "conversation": conversation})
    action = render_to_string("chat/_composer_action.html", {**context, "conversation": conversation})
    return swap("outerHTML", "#title", title) + swap("outerHTML", "#composer-action", action)


def cursor(revision: int, listed: int) -> str:
    """What the page shows now; it says so when it comes back after a pause."""
    html = render_to_string("live/_cursor.html", {"revision": revision, "list_revision": listed})
    return swap("outerHTML", "#cursor", html)


def list_entries(gone: Iterable[Conversation], moved: Iterable[Conversation], current: uuid.UUID) -> str:
    """Entries that left the list, and entries that changed, the oldest first."""
    pieces = [remove(f"conversation-{each.code}") for each in gone]
    for each in moved:
        context = {"conversation": each, "current": current}
        pieces.append(remove(f"conversation-{each.code}"))
        pieces.append(swap("afterbegin", "#conversations", render_to_string("chat/_sidebar_item.html", context)))
    return "".join(pieces)


def _open(reply: uuid.UUID) -> dict[str, Any]:
    return {"message": {"code": reply, "is_open": True}}


def _message(message: ShownMessage, context: dict[str, Any]) -> str:
    return render_to_string("chat/_message.html", {**context, "message": message})
