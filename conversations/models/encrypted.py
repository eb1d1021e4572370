"""The one field for secrets: encrypted in the database, shown to nobody, opened only where it is used."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Self

from django.apps import apps
from django.db import models

from conversations.crypto import KeyRing, encryption_keys


@dataclass(frozen=True, slots=True)
class Secret:
    """A value as it lies in the database. It says nothing of itself, whoever prints it."""

    locked: str = field(repr=False)

    @classmethod
    def of(cls, value: Any) -> Self:
        """Lock a value of JSON under the newest key."""
        return cls(encryption_keys().lock(json.dumps(value).encode()).decode("ascii"))

    def open(self) -> Any:
        """Raises `crypto.CannotUnlock` when the key that locked it is gone."""
        return json.loads(encryption_keys().unlock(self.locked.encode("ascii")))


class EncryptedJSON(models.TextField):  # type: ignore[type-arg]
    """Holds a `Secret` or None. No form and no admin shows it, and nothing can be looked up by it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "null": True, "editable": False})

    def from_db_value(self, value: str | None, *_context: Any) -> Secret | None:
        return None if value is None else Secret(value)

    def to_python(self, value: Any) -> Secret | None:
        """A text is what a fixture holds, and that is locked already."""
        return Secret(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        if value is not None and not isinstance(value, Secret):
            raise TypeError("only a Secret can be stored here")
        return None if value is None else value.locked

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj)) or ""

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name in ("isnull", "exact") else None


def relock(keys: KeyRing) -> int:
    """Put every secret of every record under the newest key, those too that change meanwhile; how many there are."""
    return sum(
        _relock(model, each.attname, keys)
        for model in apps.get_models()
        for each in model._meta.concrete_fields
        if isinstance(each, EncryptedJSON)
    )


def _relock(model: type[models.Model], name: str, keys: KeyRing) -> int:
    rows = model._default_manager.exclude(**{f"{name}__isnull": True})
    done = 0
    for pk, secret in list(rows.values_list("pk", name)):
        fresh = Secret(keys.relock(secret.locked.encode("ascii")).decode("ascii"))
        done += rows.filter(pk=pk, **{name: secret}).update(**{name: fresh})
    return done
