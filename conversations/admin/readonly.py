"""Records that people may look at and nobody edits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


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

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters that are offered: Django lets an address filter by any column of the record, and who may
        ask which rows contain a word can read a text that is never shown."""
        return lookup.split("__")[0] in self.get_list_filter(request)
