"""Upgrade databases as `serve` does, look at what became of each, and say it as JSON.

Each line that comes names a data directory and, on PostgreSQL, a database; one line answers it. To begin takes longer
than to look, so each is looked at in a copy of the process.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import override_settings, setup_test_environment

from conversations.management.serving import database
from conversations.models import Conversation, ReviewCase, Turn, TurnState, User
from conversations.turns import reaper
from tests import people
from tests.upgrades.story import OWNER, PAGES

Table = dict[str, dict[str, str]]

# Collected files have nothing to do with the database.
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def contents() -> dict[str, Table]:
    """Every value of every table, in words: table, key, column."""
    return {name: _rows(name) for name in sorted(connection.introspection.table_names())}


def _rows(table: str) -> Table:
    with connection.cursor() as cursor:
        key = connection.introspection.get_primary_key_column(cursor, table)
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        names = [column[0] for column in cursor.description]
        rows = [{name: repr(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]
    return {row[key or names[0]]: row for row in rows}


def changes(before: dict[str, Table], after: dict[str, Table]) -> list[str]:
    """Columns of rows that were there before and are not what they were; new ones do not count."""
    found = set()
    for table, rows in before.items():
        kept = after.get(table, {})
        for key, row in rows.items():
            if key not in kept:
                found.add(f"{table}: a row is gone")
                continue
            found |= {f"{table}.{name}" for name, value in row.items() if kept[key].get(name) != value}
    return sorted(found)


def unseen() -> list[str]:
    """Words that the owner of the story's conversations does not find on their pages any more."""
    owner = User.objects.get(username=OWNER)
    visitor = Client()
    visitor.force_login(owner, "conversations.web.account.AccountBackend")
    missing = []
    for title, words in PAGES.items():
        conversation = Conversation.objects.get(owner=owner, title=title)
        page = visitor.get(f"/c/{conversation.code}/").content.decode()
        missing += [f"{title}: {each}" for each in words if each not in page]
    return missing


def goes_on() -> list[str]:
    """What of the site's own work does not work on the old rows."""
    owner = User.objects.get(username=OWNER)
    conversation = Conversation.objects.get(owner=owner, title="Cut short")
    reaper.reap_silent()
    turn = people.answered(owner, "And then?", "Four.", conversation)
    troubles = [] if turn.state == TurnState.COMPLETED else ["a new turn"]
    troubles += ["the reaper"] if Turn.objects.filter(state=TurnState.RUNNING).exists() else []
    return troubles + ([] if ReviewCase.objects.filter(state="open").count() == 2 else ["open cases"])


def look() -> dict[str, Any]:
    before = contents()
    with ExitStack() as undo:
        database.bring_up_to_date(undo, always=True)
        undo.pop_all()
    changed = changes(before, contents())
    call_command("migrate", check_unapplied=True, verbosity=0)
    setup_test_environment(debug=False)
    with override_settings(STORAGES=PLAIN_FILES):
        return {"changed": changed, "unseen": unseen(), "troubles": goes_on()}


def turn_to(data: str, database_name: str) -> None:
    """As if the settings had been read with these."""
    settings.CHATSITE_DATA_DIR = Path(data)
    settings.MEDIA_ROOT = settings.CHATSITE_DATA_DIR / "media"
    settings.DATABASES["default"]["NAME"] = database_name or settings.CHATSITE_DATA_DIR / "chatsite.sqlite3"


def answer(line: str) -> str:
    try:
        turn_to(*json.loads(line))
        return json.dumps(look())
    except Exception:
        return json.dumps({"troubles": traceback.format_exc().splitlines()})


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if not child:
            sys.stdout.write(answer(line) + "\n")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
