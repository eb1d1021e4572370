"""Word lists: pasted or uploaded, however long, and nothing in them that cannot be compiled."""

from __future__ import annotations

import codecs
import hashlib
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from conversations.models import Match, WordList
from conversations.models.word_list import lines_of
from conversations.standing import MODES
from conversations.words import LONGEST_ENTRY, MOST_EXPRESSIONS, why_unfit

from .audited import Audited, AuditedForm

MOST_ENTRIES = 200_000
MOST_TOLD = 10  # entries that cannot be used, each with its line
MOST_KEPT = 200  # entries that came and that went, in the audit record

# What RE2 says of an expression, as far as it goes before the piece that it quotes.
WORDS = {
    "nothing is left of it": gettext_lazy("nothing is left of it to look for"),
    "it matches the empty text": gettext_lazy("it matches the empty text, and so every text"),
    "invalid escape sequence": gettext_lazy("such a backslash is not known"),
    "invalid character class": gettext_lazy("such a class of characters is not known"),
    "invalid character class range": gettext_lazy("the range of characters runs backwards"),
    "missing ]": gettext_lazy("a ] is missing"),
    "missing )": gettext_lazy("a ) is missing"),
    "unexpected )": gettext_lazy("a ( is missing"),
    "trailing \\": gettext_lazy("nothing follows the backslash at the end"),
    "no argument for repetition operator": gettext_lazy("there is nothing to repeat"),
    "invalid repetition size": gettext_lazy("that is repeated too often"),
    "bad repetition operator": gettext_lazy("this cannot be repeated like that"),
    "invalid perl operator": gettext_lazy("RE2 has no look-around and no back-references"),
    "invalid named capture group": gettext_lazy("such a named group is not known"),
    "pattern too large": gettext_lazy("it is too large when written out"),
}


class WordListForm(AuditedForm):
    """The entries come as text or as a file, which then takes their place."""

    entries = forms.CharField(
        label=gettext_lazy("Entries"),
        required=False,
        strip=False,
        help_text=gettext_lazy("One a line; lines that begin with # are remarks."),
        widget=forms.Textarea(attrs={"rows": 20, "cols": 80, "spellcheck": "false", "dir": "auto"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("A text file with one entry a line, which takes the place of the entries above."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "match" in self.fields:
            self.fields["match"].help_text = _(
                "Text is compared in small letters, half width and with single spaces, so expressions see it like that."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (file := cleaned.get("file")) is not None:
            self._take(file, cleaned)
        if "entries" in cleaned and not self.errors.get("file"):
            self._check(cleaned["entries"], cleaned.get("match", ""))
        return cleaned

    def facts_before(self, name: str) -> Any:
        return _counted(self.initial.get(name, "")) if name == "entries" else super().facts_before(name)

    def facts_after(self, name: str) -> Any:
        if name != "entries":
            return super().facts_after(name)
        return _counted(self.cleaned_data[name]) | _difference(self.initial.get(name, ""), self.cleaned_data[name])

    @property
    def changed_fields(self) -> list[str]:
        """A file is a change of the entries; and what a browser does to line ends is none."""
        changed = {name for name in super().changed_fields if name not in ("file", "entries")}
        if _lined(self.initial.get("entries", "")) != _lined(self.cleaned_data.get("entries", "")):
            changed.add("entries")
        return sorted(changed)

    def _take(self, file: UploadedFile[bytes], cleaned: dict[str, Any]) -> None:
        text = decoded(file.read())
        if text is None:
            self.add_error("file", _("This is no text in UTF-8, UTF-16 or GB 18030."))
            return
        cleaned["entries"] = text
        # A browser never sends a file twice: if the form comes back, what was in it stands in the box.
        self._now_has("entries", text)

    def _check(self, entries: str, match: str) -> None:
        found = lines_of(entries)
        most = MOST_EXPRESSIONS if match == Match.REGEX else MOST_ENTRIES
        if not found:
            self.add_error("entries", _("There is no entry in it."))
        elif len(found) > most:
            words = _("%(count)s entries are too many: a list of this kind has at most %(most)s.")
            self.add_error("entries", words % {"count": len(found), "most": most})
        elif match:
            self._check_lines(entries, match)

    def _check_lines(self, entries: str, match: str) -> None:
        unfit = list(islice(unfit_lines(entries, match), MOST_TOLD + 1))
        for number, line, why in unfit[:MOST_TOLD]:
            words = _("Line %(number)s, “%(entry)s”: %(why)s.")
            self.add_error("entries", words % {"number": number, "entry": _short(line), "why": why})
        if len(unfit) > MOST_TOLD:
            self.add_error("entries", _("There are more lines like these."))


@admin.register(WordList)
class WordListRecord(Audited):
    form = WordListForm
    shown_fields = ("name", "match", "entries", "file", "level", "checks_input", "checks_output", "is_on")
    list_display = ("name", "match", "level", "checks_input", "checks_output", "is_on", "version", "changed_at")
    list_filter = ("match", "is_on")
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WordList]:
        rows: QuerySet[WordList] = super().get_queryset(request)
        is_list = getattr(request.resolver_match, "url_name", "") == "conversations_wordlist_changelist"
        return rows.defer("entries") if is_list else rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_fields(request, obj)
        return fields if self._may_change(request, obj) else [name for name in fields if name != "file"]

    def facts_of(self, obj: Any) -> dict[str, Any]:
        return {**super().facts_of(obj), "entries": _counted(obj.entries)}


def unfit_lines(entries: str, match: str) -> Any:
    """Number, text and fault of every line that cannot be an entry, lazily."""
    mode = MODES[Match(match)]
    for number, line in enumerate(entries.splitlines(), start=1):
        entry = line.strip()
        if entry and not entry.startswith("#") and (why := why_unfit(mode, entry)):
            yield number, entry, in_words(why)


def in_words(why: str) -> str:
    """What the engine says of an entry, in the reader's language as far as we know its words."""
    if why.startswith("longer than"):
        return ngettext(
            "it is longer than %(most)s character", "it is longer than %(most)s characters", LONGEST_ENTRY
        ) % {"most": LONGEST_ENTRY}
    said, _colon, piece = why.partition(": ")
    known = next((words for start, words in WORDS.items() if said == start or said.startswith(f"{start} -")), None)
    if known is None:
        return why
    return f"{known}: {_short(piece)}" if piece else str(known)


def decoded(content: bytes) -> str | None:
    """The text of a file in one of the encodings that lists come in; None for anything else."""
    names = ["utf-16"] if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ["utf-8-sig", "gb18030"]
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _lined(entries: str) -> list[str]:
    return entries.splitlines()


def _counted(entries: str) -> dict[str, Any]:
    """A long list would fill the audit record: how many, and what tells it from every other."""
    return {"count": len(lines_of(entries)), "sha256": hashlib.sha256(entries.encode()).hexdigest()}


def _difference(before: str, after: str) -> dict[str, Any]:
    old, new = set(lines_of(before)), set(lines_of(after))
    return {"came": sorted(new - old)[:MOST_KEPT], "went": sorted(old - new)[:MOST_KEPT]}
