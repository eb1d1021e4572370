"""States that only ever change by a guarded update."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from django.db import models

from .prepared import FromNow, update

Transitions: TypeAlias = dict[str, frozenset[str]]


class IllegalMove(Exception):
    """The transition table has no such step: a bug in the caller, never a lost race."""


class Lifecycle(models.Model):
    """A record with one or more state fields, each with a table of the steps it allows."""

    LIFECYCLES: ClassVar[dict[str, Transitions]]

    class Meta:
        abstract = True

    def move(
        self, to: str, /, field: str = "state", guard: models.Q | Mapping[str, Any] | None = None, **changes: Any
    ) -> bool:
        """Take the step from the state seen to `to` and write `changes` with it.

        False when someone else was first (or `guard`, a condition or the values of fields, no longer holds): then
        nothing was written here.
        Raises IllegalMove for a step that the table does not have.
        """
        seen = getattr(self, field)
        if to not in self.LIFECYCLES[field].get(seen, frozenset()):
            raise IllegalMove(f"{type(self).__name__}.{field}: {seen} to {to}")
        if not self._write({"pk": self.pk, field: seen}, guard, {field: to, **changes}):
            return False
        for name, value in {field: to, **changes}.items():
            setattr(self, name, value.here if isinstance(value, FromNow) else value)
        return True

    def _write(self, seen: dict[str, Any], guard: models.Q | Mapping[str, Any] | None, changes: dict[str, Any]) -> int:
        if isinstance(guard, Mapping):
            seen, guard = {**seen, **guard}, None
        if guard is None and not any(hasattr(value, "resolve_expression") for value in changes.values()):
            return update(type(self), seen, **changes)
        return type(self)._default_manager.filter(guard or models.Q(), **seen).update(**changes)
