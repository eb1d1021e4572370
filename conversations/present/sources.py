"""The sources of a reply: what is shown of each, and where the marks in the text lead."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from conversations.markdown import Marks, language_of
from conversations.models import sources
from conversations.models.sources import AskedBase, Numbered

from .shown import ShownSource

LONGEST_TITLE, LONGEST_EXCERPT, LONGEST_DATE = 200, 400, 40
_CODE = re.compile(r"(^ {0,3}```.*?(?:^ {0,3}```|\Z)|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
_ROUND = str.maketrans("[]\\", "()/")


def marks_of(code: uuid.UUID, texts: Iterable[str]) -> Marks | None:
    """Where the marks in the reply of that code lead, by the texts of its parts with sources; None without any."""
    found = [each for text in texts for each in sources.read(text)]
    labelled = ((each.number, each.source.refer) for each in found)
    return Marks.of(f"source-{code}", labelled) if found else None


def shown_sources(text: str) -> tuple[ShownSource, ...]:
    return tuple(map(_shown, sources.read(text)))


def _shown(each: Numbered) -> ShownSource:
    source, host = each.source, _host(each.source.link)
    title = _line(source.title, LONGEST_TITLE) or host or _line(source.media, LONGEST_TITLE)
    excerpt = _line(source.content, LONGEST_EXCERPT)
    return ShownSource(
        number=each.number,
        title=title or excerpt[:LONGEST_DATE],
        link=source.link if host else "",
        site=_line(source.media, LONGEST_DATE) or host,
        date=_line(source.publish_date, LONGEST_DATE),
        excerpt=excerpt if excerpt != title else "",
        language=language_of(f"{title} {excerpt}"),
    )


def base_words(base: AskedBase) -> str:
    """That GLM looked into a knowledge base, and whether it said what it took from it."""
    if base.is_cited:
        return _("GLM looked into the knowledge base “%(name)s”.") % {"name": base.name}
    words = _("GLM looked into the knowledge base “%(name)s”. It does not say which passages it used.")
    return words % {"name": base.name}


def _host(link: str) -> str:
    """The host of an address that people may follow: of the web, and without a name or password in it."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    is_plain = parts.scheme in ("http", "https") and not parts.username and not parts.password
    return (parts.hostname or "").removeprefix("www.") if is_plain else ""


def _line(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def with_sources(text: str, texts: Iterable[str], before: int, *, is_linked: bool) -> tuple[str, tuple[str, ...]]:
    """A reply as people take it along: its marks as numbers, linked or bare, and a line for each source, counted on
    from `before`. Marks in code stay as they are, as on the page."""
    found = [each for told in texts for each in sources.read(told)]
    shown = {each.number + before: _shown(each) for each in found}
    marks = Marks.of("", ((each.number + before, each.source.refer) for each in found))
    pieces = enumerate(_CODE.split(text))
    cited = (piece if i % 2 else _marked(piece, marks, shown, is_linked) for i, piece in pieces)
    return "".join(cited), tuple(f"{number}. {_taken(each)}" for number, each in shown.items())


def _marked(text: str, marks: Marks, shown: Mapping[int, ShownSource], is_linked: bool) -> str:
    pieces = marks.pieces(text)
    return "".join("".join(_mark(n, shown[n].link, is_linked) for n in numbers) or piece for piece, numbers in pieces)


def _mark(number: int, link: str, is_linked: bool) -> str:
    return f" [{number}](<{link}>)" if is_linked and link else f" [{number}]"


def _taken(source: ShownSource) -> str:
    # Brackets would end the words of the link, and escaped ones are a formula.
    title = source.title.translate(_ROUND)
    named = f"[{title}](<{source.link}>)" if source.link else title
    return ", ".join(filter(None, (named, source.site if source.site != source.title else "", source.date)))
