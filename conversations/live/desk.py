"""What has changed on an open page of the reviewer's desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.template.loader import render_to_string

from conversations import moderation
from conversations.codes import code_of
from conversations.models import ReviewCase, User

from . import frames
from .access import Visitor

MOST_SAID = 200
TEMPLATES = {
    "desk-bar": "review/_bar.html",
    "desk-beside": "review/_beside.html",
    "desk-fresh": "review/_fresh.html",
    "desk-newer": "review/_newer.html",
    "desk-record": "review/_record.html",
    "desk-standing": "review/_standing.html",
}


@dataclass(slots=True)
class Shown:
    """What a page of the desk shows: versions of its places by their ids and of the rows of the queue by code, the
    newest case it knows of, and the case whose page it is; -1 and "" where it is none."""

    marks: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    newest: int = -1
    case: str = ""

    @classmethod
    def of(cls, said: dict[str, Any]) -> Shown:
        newest = said.get("newest")
        newest = newest if isinstance(newest, int) and 0 <= newest < 2**53 else -1
        case = code_of(str(said.get("case", "")))
        return cls(_words(said.get("marks")), _words(said.get("rows")), newest, str(case or ""))

    def copied(self) -> Shown:
        return replace(self, marks=dict(self.marks), rows=dict(self.rows))


def _words(said: Any) -> dict[str, str]:
    pairs = islice(said.items(), MOST_SAID) if isinstance(said, dict) else ()
    return {str(name): str(value) for name, value in pairs}


def draw_count(visitor: Visitor) -> str:
    """How many cases wait for a reviewer, for the list beside a conversation."""
    actor = User.objects.get(pk=visitor.pk)
    with visitor.seeing():
        return frames.swap("innerHTML", "#review-count", render_to_string("review/_count.html", {"user": actor}))


def draw(visitor: Visitor, shown: Shown) -> str | None:
    """What has changed since `shown`, which is brought up to date; None when the person may not review any more."""
    actor = User.objects.filter(pk=visitor.pk).first()
    if actor is None or not moderation.may_review(actor):
        return None
    with visitor.seeing():
        return "".join([*_places(actor, shown), *_rows(actor, shown)])


def _places(actor: User, shown: Shown) -> Iterator[str]:
    counters, fresh = moderation.counters(actor), moderation.fresh_verdicts(actor)
    case = ReviewCase.objects.filter(code=shown.case).first() if shown.case else None
    about = _about(case, actor) if case else {}
    newer = moderation.newer(actor, shown.newest) if shown.newest >= 0 else 0
    found = moderation.versions(counters, fresh, **about) | {"desk-newer": str(newer or "")}
    context = {"user": actor, "verdicts": fresh, "case": case, "newer": newer, "lost": True, **about}
    for name, version in found.items():
        if shown.marks.get(name) == version:
            continue
        shown.marks[name] = version
        if name == "desk-record" and case:
            context["file"] = moderation.case_file(case, actor)
        html = render_to_string(TEMPLATES[name], context) if name in TEMPLATES else version
        yield frames.swap("innerHTML", f"#{name}", html)


def _about(case: ReviewCase, actor: User) -> dict[str, Any]:
    return {
        "standing": moderation.standing(case, actor),
        "beside": moderation.beside(case, actor),
        "event_count": case.events.count(),
    }


def _rows(actor: User, shown: Shown) -> Iterator[str]:
    """Rows stay where they are, whatever becomes of their cases: nothing moves under the reader's hand."""
    if not shown.rows:
        return
    codes = [code for code in map(code_of, shown.rows) if code]
    for row in moderation.rows_of(ReviewCase.objects.filter(code__in=codes), actor):
        code = str(row.case.code)
        if shown.rows.get(code) != row.version:
            shown.rows[code] = row.version
            yield frames.row(f"#case-{code}", render_to_string("review/_row.html", {"row": row, "user": actor}))
