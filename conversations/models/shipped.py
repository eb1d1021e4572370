"""Rows that come with the program and may be changed here."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Shipped(models.Model):
    """`shipped_version` is null for a row of the organisation's own; fields in `overridden_fields` were changed by an
    administrator, and no newer version of the program changes them back."""

    # What names the row for ever, and what a newer version of the program may change.
    KEY: ClassVar[tuple[str, ...]] = ("code",)

    shipped_version = models.PositiveIntegerField(null=True, editable=False)
    overridden_fields: models.JSONField[list[str], list[str]] = models.JSONField(default=list, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def ship(cls, version: int, **facts: Any) -> None:
        """Make the row of this version, but for what was changed here; one that the organisation made first stays its
        own."""
        key = {name: facts[name] for name in cls.KEY}
        row = cls._default_manager.filter(**key).first()
        if row is not None and (row.shipped_version is None or row.shipped_version >= version):
            return
        row = row or cls(**key)
        for name, value in facts.items():
            if name not in row.overridden_fields:
                setattr(row, name, value)
        row.shipped_version = version
        row.save()

    def override(self, *fields: str) -> None:
        """Remember which fields were changed here; the caller saves."""
        if self.shipped_version is not None:
            self.overridden_fields = sorted({*self.overridden_fields, *fields})
