"""The database brought to this version without serving it: once, before several web processes start."""

import os
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from conversations.management.serving import database, directory
from conversations.management.serving.refusal import CannotServe


class Command(BaseCommand):
    help = "Bring the database up to date, after copying it. Done already is done."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        with ExitStack() as undo:
            try:
                directory.take(settings.CHATSITE_DATA_DIR, undo, is_shared=bool(settings.DATABASE_URL))
                database.bring_up_to_date(undo, always=True)
            except (CannotServe, ImproperlyConfigured) as refusal:
                undo.close()
                raise CommandError(str(refusal)) from None
            undo.pop_all()
        self.stdout.write("The database is up to date.")
