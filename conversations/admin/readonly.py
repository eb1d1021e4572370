"""Records that people may look at and nobody edits."""

from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from .names import name_fields

M = TypeVar("M", bound=Model)

RIGHT = "conversations.administer"
MOST_DIGITS = 19  # of a key; Python itself refuses to read numbers of some thousand


class ReadOnly:
    """No adding, changing or deleting; looking by the model's own view permission."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Record(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """A list and a page of facts."""

    list_per_page = 50
    show_full_result_count = False

    def __init__(self, model: Any, admin_site: Any) -> None:
        super().__init__(model, admin_site)
        name_fields(model)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters that are offered: Django lets an address filter by any column of the record, and who may
        ask which rows contain a word can read a text that is never shown."""
        return lookup.split("__")[0] in map(_name_of, self.get_list_filter(request))


class Guarded(Record):
    """A record with doors: pages about one row that are for administrators, and to everybody else are not there."""

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The row that a door is about. Raises Http404."""
        rows = self.model._default_manager.all()
        found = row_of(rows, object_id) if request.user.has_perm(RIGHT) else None
        if found is None:
            raise Http404
        return found

    def context(self, request: HttpRequest, obj: Any, form: forms.Form) -> dict[str, Any]:
        """What is drawn behind a door."""
        return {**self.admin_site.each_context(request), "form": form, "object": obj, "opts": self.opts}


def row_of(rows: QuerySet[M], object_id: str) -> M | None:
    """The row that an address names; None for what can be no key."""
    return rows.filter(pk=object_id).first() if object_id.isdecimal() and len(object_id) <= MOST_DIGITS else None


def _name_of(filtered: Any) -> str:
    """The column that a filter looks at, or the word that a filter of its own goes by."""
    first = filtered[0] if isinstance(filtered, tuple) else filtered
    return str(getattr(first, "parameter_name", first))
