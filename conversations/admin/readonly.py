"""Records that people may look at and nobody edits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .names import name_fields


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


def _name_of(filtered: Any) -> str:
    """The column that a filter looks at, or the word that a filter of its own goes by."""
    first = filtered[0] if isinstance(filtered, tuple) else filtered
    return str(getattr(first, "parameter_name", first))
