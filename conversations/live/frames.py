"""Frames: the HTML of changes, each element with the place it goes to (htmx's `hx-swap-oob`)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from conversations.line import Place
from conversations.markdown import foreign
from conversations.models import Conversation
from conversations.open_parts import PartUpdate, RenderedPart
from conversations.openings import Opening
from conversations.present import ShownMessage, ShownPart, Window, sources_part
from conversations.tool_entries import What, after, calls_in, read

from . import skeleton

CONFIRMED = '<i id="confirmed" hidden hx-swap-oob="true"></i>'
PULSE = '<i id="pulse" hidden hx-swap-oob="true"></i>'


def swap(how: str, target: str, html: str) -> str:
    """`html` goes to the elements that match `target`."""
    return f'<div hx-swap-oob="{how}:{target}">{html}</div>'


def row(target: str, html: str) -> str:
    """A row of a table in place of the one that matches `target`."""
    return f'<template hx-swap-oob="outerHTML:{target}">{html}</template>'


def remove(element_id: str) -> str:
    return f'<div id="{element_id}" hx-swap-oob="delete"></div>'


def part_update(reply: uuid.UUID, change: PartUpdate) -> str:
    """The change of a part that the page has."""
    if change.kind == "tool":
        return _tools(reply, change)
    part = f"#part-{reply}-{change.index}"
    update = change.update
    if change.kind == "sources":
        return swap("outerHTML", part, sources(reply, change.index, update.whole)) if update.whole is not None else ""
    pieces = [_language(part, change.language)] if change.has_turned else []
    if update.whole is not None:
        return "".join([*pieces, swap("innerHTML", part, update.whole)])
    if update.sealed:
        pieces.append(swap("beforebegin", f"{part}-tail", update.sealed))
    if update.tail is not None:
        pieces.append(swap("innerHTML", f"{part}-tail", update.tail))
    if update.append:
        pieces.append(swap("beforeend", f"{part}-tail" + " > :last-child" * update.depth, update.append))
    if change.is_sealed:
        pieces.append(_sealed(reply, change))
    return "".join(pieces)


def _tools(reply: uuid.UUID, change: PartUpdate) -> str:
    """Calls that came, and what became of them: what is unfolded stays so."""
    html = ""
    for entry in read(change.update.append):
        context = {"call": after(None, entry), **_open(reply)}
        box = f"#call-{reply}-{entry.round}-{entry.index}"
        if entry.what is What.CALL:
            called = render_to_string("chat/_tool_call.html", context)
            html += swap("beforeend", f"#part-{reply}-{change.index}", called)
        elif entry.what is What.INPUT:
            told = render_to_string("chat/_tool_arguments.html", context)
            html += swap("innerHTML", f"{box}-facts", told)
        elif entry.what is What.RESULT:
            html += swap("outerHTML", f"{box}-state", render_to_string("chat/_tool_state.html", context))
            html += swap("beforeend", f"{box}-facts", render_to_string("chat/_tool_result.html", context))
    return html


def _language(part: str, language: str) -> str:
    """The attributes of a part that stays as it is otherwise; an empty one is taken away."""
    return swap("attributes", part, format_html('<i lang="{}"></i>', foreign(language, get_language())))


def _sealed(reply: uuid.UUID, change: PartUpdate) -> str:
    """The end of a part: its tail has become sealed blocks, or (reasoning) stays where it stands and has its time."""
    if change.kind == "text":
        return remove(f"part-{reply}-{change.index}-tail")
    shown = ShownPart(change.index, change.kind, mark_safe(""), seconds=change.seconds)
    head = render_to_string("chat/_reasoning_head.html", {"part": shown, **_open(reply)})
    return swap("outerHTML", f"#part-{reply}-{change.index}-head", head)


def new_part(reply: uuid.UUID, index: int, rendered: RenderedPart) -> str:
    """A part that the page does not have yet, as it stands."""
    if rendered.kind == "sources":
        return swap("beforeend", f"#message-{reply}-sources", sources(reply, index, rendered.sealed))
    return swap("beforeend", f"#message-{reply}-parts", part(reply, index, rendered))


def snapshot(reply: uuid.UUID, parts: Sequence[RenderedPart]) -> str:
    """All parts of an open reply as they stand, in place of whatever the page shows."""
    texts, beside = [], []
    for index, each in enumerate(parts):
        if each.kind == "sources":
            beside.append(sources(reply, index, each.sealed))
        else:
            texts.append(part(reply, index, each))
    html = swap("innerHTML", f"#message-{reply}-parts", "".join(texts))
    return html + swap("innerHTML", f"#message-{reply}-sources", "".join(beside))


def sources(reply: uuid.UUID, index: int, text: str) -> str:
    """The sources of a part, which stand beside the text."""
    return render_to_string("chat/_sources.html", {"part": sources_part(index, text), **_open(reply)})


def writing(reply: uuid.UUID, seconds: float) -> str:
    """The reply that was drawn as queued is being written, for so many seconds now. One that waits for a summary
    has another mark, and is drawn anew after that."""
    html = render_to_string("chat/_message_state.html", {**_open(reply), "seconds": seconds})
    return swap("outerHTML", f"#message-{reply}-state", html)


def in_line(place: Place) -> str:
    """Where a reply that waits stands now."""
    context = {**_open(place.reply), "place": place}
    return swap("outerHTML", f"#message-{place.reply}-state", render_to_string("chat/_message_state.html", context))


def say(text: str, language: str = "") -> str:
    """Words for people who listen: spoken when the page has come to rest, and drawn nowhere."""
    named = foreign(language, get_language())
    spoken = format_html('<p lang="{}">{}</p>', named, text) if named else format_html("<p>{}</p>", text)
    return swap("beforeend", "#spoken", spoken)


def part(reply: uuid.UUID, index: int, rendered: RenderedPart) -> str:
    if rendered.kind == "tool":
        calls = calls_in([rendered.sealed + rendered.tail])
        shown = ShownPart(index, rendered.kind, mark_safe(""), calls=calls)
        return render_to_string("chat/_part.html", {"part": shown, **_open(reply)})
    tail = None if rendered.is_sealed else mark_safe(rendered.tail)  # noqa: S308
    sealed = mark_safe(rendered.sealed)  # noqa: S308
    shown = ShownPart(index, rendered.kind, sealed, tail, rendered.language, rendered.seconds)
    return render_to_string("chat/_part.html", {"part": shown, **_open(reply)})


def window(shown: Window, context: dict[str, Any]) -> str:
    """The latest messages of the path. What the page has already stays, and earlier ones that lead there as well."""
    return swap("window", "#messages", render_to_string("chat/_window.html", {**context, "window": shown}))


def grown(messages: Iterable[ShownMessage], context: dict[str, Any]) -> str:
    """Messages that came at the end."""
    return swap("beforeend", "#messages", "".join(_message(each, context) for each in messages))


def opening(new: Opening) -> str:
    """A question that was just asked, with its open reply, at the end, and what it changes around the messages."""
    return skeleton.fill(new, _opening)


def _opening(new: Opening) -> str:
    context = {"conversation": new.conversation, "live_turn": new.turn}
    return grown(new.messages, context) + surroundings(new.conversation, context)


def changed(message: ShownMessage, context: dict[str, Any]) -> str:
    """One message in place of its older self."""
    return swap("outerHTML", f"#message-{message.code}", _message(message, context))


def ended(message: ShownMessage, context: dict[str, Any]) -> str:
    """What stands around a reply whose text the page has already."""
    article, drawn = f"#message-{message.code}", {**context, "message": message}
    html = swap("attributes", article, render_to_string("chat/_message_attributes.html", drawn))
    for name in ("margin", "end", "foot"):
        html += swap("outerHTML", f"{article}-{name}", render_to_string(f"chat/_message_{name}.html", drawn))
    return html + said_of_end(message)


def said_of_end(message: ShownMessage) -> str:
    """How a reply has ended, for people who listen."""
    return say(render_to_string("chat/_message_said.html", {"message": message}).strip())


def surroundings(conversation: Conversation, context: dict[str, Any]) -> str:
    """Title and composer button; with the message that is next, where the context knows whether there is one, also what
    is set for the conversation."""
    title = render_to_string("chat/_title.html", {**context, "conversation": conversation})
    html = swap("outerHTML", "#title", title)
    if "next_message" not in context:
        return html + _action(context)
    around = {**context, "conversation": conversation}
    html += swap("outerHTML", "#character", render_to_string("characters/_here.html", around))
    html += swap("outerHTML", "#instructions", render_to_string("chat/_instructions.html", around))
    tuned = {"conversation": conversation, "chosen_model": conversation.model_name}
    html += swap("unlike", "#tray", render_to_string("chat/_composer_pictures.html", around))
    html += swap("unasked", "#composer-tuning", render_to_string("chat/_composer_tuning.html", tuned))
    return html + moved_by_a_turn(context)


def moved_by_a_turn(context: dict[str, Any]) -> str:
    """What the end of a turn changes around the messages: the composer's button, the gauge and the message that is
    next. All else there is as it was."""
    html = _action(context) + swap("innerHTML", "#gauge", render_to_string("chat/_gauge.html", context))
    return html + swap("innerHTML", "#composer-next", render_to_string("chat/_composer_next.html", context))


def _action(context: dict[str, Any]) -> str:
    return swap("outerHTML", "#composer-action", render_to_string("chat/_composer_action.html", context))


def outage(stores: Collection[str]) -> str:
    """What is away and what that means; nothing when all is here."""
    return swap("innerHTML", "#outage", render_to_string("live/_outage.html", {"stores": stores}).strip())


def cursor(revision: int, listed: int) -> str:
    """What the page shows now; it says so when it comes back after a pause."""
    html = render_to_string("live/_cursor.html", {"revision": revision, "list_revision": listed})
    return swap("outerHTML", "#cursor", html)


def _open(reply: uuid.UUID) -> dict[str, Any]:
    return {"message": {"code": reply, "is_open": True}}


def _message(message: ShownMessage, context: dict[str, Any]) -> str:
    return render_to_string("chat/_message.html", {**context, "message": message})
