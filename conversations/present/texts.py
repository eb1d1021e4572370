"""Texts and their HTML: which of them may be read and which may be sent, and the one place that renders them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from django.db import OperationalError
from django.utils.html import escape
from django.utils.safestring import mark_safe

from conversations import sightings
from conversations.markdown import RENDERER_VERSION, Marks, Stream, language_of, render
from conversations.models import Message, Part, Summary, SummaryState, Turn, Visibility
from conversations.models.sources import asked_base
from conversations.tool_entries import Call, calls_in

from .shown import OpenText, ShownPart, ShownPicture, ShownSummary
from .sources import base_words, marks_of, shown_sources, with_sources

TITLE_LENGTH = 60


def render_part(part: Part, marks: Marks | None = None) -> str:
    """The HTML of one sealed part. Reasoning is shown as it was written; pictures, sources and tools have none that
    could be stored: they are drawn in the language of whoever looks."""
    if part.kind in ("image", "video", "sources", "tool"):
        return ""
    return render(part.text, marks) if part.kind == "text" else str(escape(part.text))


def render_parts(parts: Sequence[Part], code: uuid.UUID | None = None) -> list[str]:
    """Those of the message of that code, which a reply with sources needs for its marks."""
    marks = _marks(parts, code)
    return [render_part(part, marks) for part in parts]


def _marks(parts: Sequence[Part], code: uuid.UUID | None) -> Marks | None:
    return marks_of(code, [part.text for part in parts if part.kind == "sources"]) if code else None


def may_be_read(message: Message) -> bool:
    """Whether its author sees the text: shown, or blocked on the way in."""
    return message.visibility in (Visibility.SHOWN, Visibility.BLOCKED)


def may_be_sent(visibility: str) -> bool:
    """Whether the text may go into a prompt, a title, a copy or a search."""
    return visibility == Visibility.SHOWN


def is_kept_back(turn: Turn) -> bool:
    """Whether nobody may see what a turn is writing: it was flagged a moment ago, or is to be checked as a whole."""
    return turn.is_live and (turn.is_checked or turn.flagged_at is not None)


def stored_open_text(turn: Turn) -> OpenText | None:
    """What the last checkpoint has of a reply in the making; nothing when it was flagged since then, which a process
    that died may have told elsewhere only."""
    if is_kept_back(turn) or (turn.open_parts and sightings.has(turn.code)):
        return None
    return OpenText(turn.open_parts, turn.seq)


def text_of(message: Message) -> str:
    """The text parts that may be read, as markdown; nothing for held, removed and open messages."""
    return joined_text(message.parts) if may_be_read(message) else ""


def taken_text(message: Message, before: int, *, is_linked: bool) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The text that its author may take along, a line for each of its sources, counted on from `before`, and a sentence
    for each knowledge base it rests on."""
    if not may_be_read(message):
        return "", (), ()
    told = [part.text for part in message.parts if part.kind == "sources" and part.text]
    text = joined_text(message.parts)
    if not told:
        return text, (), ()
    bases = filter(None, map(asked_base, told))
    return *with_sources(text, told, before, is_linked=is_linked), tuple(map(base_words, bases))


def prompt_text(message: Message) -> str:
    """The text that a prompt may contain."""
    return joined_text(message.parts) if may_be_sent(message.visibility) else ""


def pictures_of(message: Message) -> tuple[ShownPicture, ...]:
    """The pictures of a message whose author may see them."""
    return pictures_in(message.parts) if may_be_read(message) else ()


def pictures_in(parts: Iterable[Part]) -> tuple[ShownPicture, ...]:
    return tuple(shown_picture(part) for part in parts if part.kind in ("image", "video"))


def title_of(text: str) -> str:
    """The first words of a question, until somebody finds a better title."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def sent_text(parts: Iterable[Part]) -> str:
    """All of a reply that later prompts contain, calls and results too; for measuring."""
    return "\n\n".join(part.text for part in parts if part.kind in ("text", "tool"))


def joined_text(parts: Iterable[Part]) -> str:
    return "\n\n".join(part.text for part in parts if part.kind == "text")


def stored_html(message: Message) -> list[str]:
    """The rendered parts; anew, and stored again, when an older renderer made them."""
    if message.html is not None and message.renderer_version == RENDERER_VERSION:
        return list(message.html)
    html = render_parts(message.parts, message.code)
    seen = Message.objects.filter(pk=message.pk, visibility=message.visibility, state=message.state)
    # A page must not fail because another writer keeps the database: the next one stores it.
    with suppress(OperationalError):
        seen.update(html=html, renderer_version=RENDERER_VERSION)
    return html


def shown_parts(message: Message, open_text: OpenText | None) -> tuple[ShownPart, ...]:
    if not may_be_read(message):
        return ()
    if message.is_open:
        return open_parts(open_text.parts, message.code) if open_text else ()
    html = stored_html(message)
    return tuple(
        ShownPart(
            i,
            part.kind,
            mark_safe(html[i]),  # noqa: S308
            None,
            _language_of(part),
            part.seconds,
            shown_picture(part) if part.kind in ("image", "video") else None,
            shown_sources(part.text) if part.kind == "sources" else (),
            asked_base(part.text) if part.kind == "sources" else None,
            _calls(part),
        )
        for i, part in enumerate(message.parts)
    )


def shown_summary(summary: Summary | None) -> ShownSummary | None:
    if summary is None:
        return None
    text = summary.text if summary.state == SummaryState.DONE else ""
    return ShownSummary(
        code=summary.code,
        state=summary.state,
        html=mark_safe(render(text) if text else ""),  # noqa: S308
        language=language_of(text),
        turn_count=summary.turn_count,
        model_name=summary.model_name,
        is_simulated=summary.is_simulated,
        trouble=summary.trouble,
        started_at=summary.started_at,
        made_at=summary.made_at,
    )


def shown_picture(part: Part) -> ShownPicture:
    sides = (*part.raw["size"], *part.raw["small"])
    return replace(ShownPicture(uuid.UUID(part.raw["picture"]), part.text, *sides), is_video=part.kind == "video")


def open_parts(parts: Sequence[Part], code: uuid.UUID | None = None) -> tuple[ShownPart, ...]:
    """Parts of an open reply as they stand: sealed blocks and open tail; only the last part can still grow."""
    last, marks = len(parts) - 1, _marks(parts, code)
    return tuple(_open_part(i, part, marks, is_last=i == last) for i, part in enumerate(parts))


def _open_part(index: int, part: Part, marks: Marks | None, *, is_last: bool) -> ShownPart:
    if part.kind == "sources":
        return sources_part(index, part.text)
    if not is_last or part.kind != "text":
        html, tail = render_part(part, marks), "" if is_last else None
    else:
        stream = Stream()
        if marks:
            stream.know(marks)
        stream.feed(part.text)
        stream.update()
        html, tail = stream.sealed, stream.tail
    shown_tail = None if tail is None else mark_safe(tail)  # noqa: S308
    shown = mark_safe(html)  # noqa: S308
    return ShownPart(index, part.kind, shown, shown_tail, _language_of(part), part.seconds, calls=_calls(part))


def sources_part(index: int, text: str) -> ShownPart:
    """A part with sources, whose text is `text`."""
    return ShownPart(index, "sources", mark_safe(""), sources=shown_sources(text), base=asked_base(text))


def _language_of(part: Part) -> str:
    return "" if part.kind == "tool" else language_of(part.text)


def _calls(part: Part) -> tuple[Call, ...]:
    return calls_in([part.text]) if part.kind == "tool" else ()
