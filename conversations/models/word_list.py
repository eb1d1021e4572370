"""Word lists: what the organisation does not want to be asked or answered unseen."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations import clock
from conversations.codes import new_code

from .policy import PolicyPart


class Match(models.TextChoices):
    EXACT = "exact", _("whole words")
    PHRASE = "phrase", _("anywhere in the text")
    REGEX = "regex", _("regular expressions (RE2)")


class WordList(PolicyPart):
    """One entry a line; an empty line, and one that begins with `#`, is none. `level` is as bad as GLM's own levels:
    0 is worst. `version` rises with every change, so that a list is compiled once for each."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    match = models.CharField(_("kind"), max_length=10, choices=Match, default=Match.PHRASE)
    entries = models.TextField(_("entries"), help_text=_("One a line; lines that begin with # are remarks."))
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, choices=[(n, str(n)) for n in range(4)], help_text=_("0 is worst.")
    )
    checks_input = models.BooleanField(_("check questions"), default=True)
    checks_output = models.BooleanField(_("check replies"), default=True)
    is_on = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.version += 1
        self.changed_at = clock.now()
        super().save(*args, **kwargs)

    @property
    def lines(self) -> list[str]:
        return lines_of(self.entries)


def lines_of(entries: str) -> list[str]:
    stripped = (line.strip() for line in entries.splitlines())
    return list(dict.fromkeys(line for line in stripped if line and not line.startswith("#")))
