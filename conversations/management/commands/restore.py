"""The way back from a backup."""

import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.db.migrations.loader import MigrationLoader

from conversations.management.archive import engine, keys, postgresql, sqlite
from conversations.management.archive.bundle import MEDIA, Damaged, Manifest, unpack
from conversations.management.commands.backup import KEYS
from conversations.management.serving import directory
from conversations.management.serving.refusal import CannotServe

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
COPIES = {"sqlite": ".sqlite3", "postgresql": ".sql.gz"}


class Command(BaseCommand):
    help = "Put database, media and keys back from a backup. The site must not run."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the file that `backup` wrote")
        parser.add_argument("--keys", type=Path, help="its keys, if they do not lie beside it")
        parser.add_argument("--force", action="store_true", help="replace the site that is there; it is kept aside")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        with ExitStack() as undo:
            try:
                self._restore(options["path"], options["keys"], undo, is_forced=options["force"])
            except OSError as error:
                undo.close()
                raise CommandError(f"{error.strerror}: {error.filename}.") from error
            except DatabaseError as error:
                undo.close()
                raise CommandError(f"The database cannot be reached: {error}") from error
            except CommandError:
                undo.close()
                raise
            self._kept = undo.pop_all()  # the locks, until we end

    def _restore(self, path: Path, keys_path: Path | None, undo: ExitStack, *, is_forced: bool) -> None:
        data = Path(settings.CHATSITE_DATA_DIR)
        try:
            directory.take(data, undo)
            engine().refuse_if_used(undo)
        except CannotServe as refusal:
            raise CommandError(str(refusal)) from None
        given = _given_keys(path, keys_path)
        is_there = _is_something_there(given)
        if is_there and not is_forced:
            raise CommandError("There is a site already. With --force it is replaced, and kept in backups/.")
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=data) as folder:
            manifest = _unpacked(path, Path(folder))
            aside = _aside() if is_there else None
            _put(Path(folder), manifest, given, aside)
        self._tell(manifest, given, aside)

    def _tell(self, manifest: Manifest, given: dict[str, str] | None, aside: Path | None) -> None:
        people = "" if manifest.people is None else f", with {manifest.people_counted}"
        self.stdout.write(f"Restored as it was on {manifest.made_at}{people}.")
        if given is None:
            self.stdout.write("Without its keys: those of the data directory hold, or new ones will be made.")
        if aside:
            self.stdout.write(f"What was there before is in {aside}.")
        self.stdout.write("Start the site now; it brings the database up to date.")


def _given_keys(path: Path, keys_path: Path | None) -> dict[str, str] | None:
    """The keys that belong to a backup, or None when they are not at hand."""
    beside = path.with_name(path.name + KEYS)
    if keys_path is None and not beside.exists():
        return None
    try:
        return keys.read(keys_path or beside)
    except (ValueError, json.JSONDecodeError):
        raise CommandError(f"{keys_path or beside} holds no keys of this program.") from None


def _unpacked(path: Path, folder: Path) -> Manifest:
    """What a backup holds, checked from all sides before anything of the site is touched."""
    try:
        manifest = _copied(path, folder) or unpack(path, folder)
    except Damaged as damage:
        raise CommandError(f"{path} cannot be restored: {damage}.") from None
    if manifest.engine != engine().ENGINE:
        there, here = NAMES.get(manifest.engine, manifest.engine), NAMES[engine().ENGINE]
        raise CommandError(f"{path} is a backup of {there}, and this site is set to {here} (DATABASE_URL).")
    migrations, people = engine().check(folder / engine().NAME)
    manifest = replace(manifest, migrations=manifest.migrations or migrations, people=manifest.people or people)
    if newer := _newer(manifest):
        raise CommandError(f"{path} comes from a newer version of this program (it has {newer}).")
    return manifest


def _copied(path: Path, folder: Path) -> Manifest | None:
    """The database alone, as it was copied before an update; None for a whole backup."""
    for kind in (sqlite, postgresql):
        if path.name.endswith(COPIES[kind.ENGINE]):
            shutil.copyfile(path, folder / kind.NAME)
            made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            return Manifest(kind.ENGINE, f"{made_at:%Y-%m-%dT%H:%M:%SZ}", [], None)
    return None


def _newer(manifest: Manifest) -> str:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    saved = {(app, name) for app, name in manifest.migrations if app in loader.migrated_apps}
    return ".".join(max(saved - set(loader.disk_migrations), default=()))


def _is_something_there(given: dict[str, str] | None) -> bool:
    present = keys.found(settings.CHATSITE_DATA_DIR)
    has_other_keys = given is not None and any(present.get(name, key) != key for name, key in given.items())
    return engine().is_there() or has_other_keys or any(Path(settings.MEDIA_ROOT).glob("*"))


def _aside() -> Path:
    """A folder for what is there now."""
    folder = Path(settings.CHATSITE_DATA_DIR) / "backups" / f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    return folder


def _put(folder: Path, manifest: Manifest, given: dict[str, str] | None, aside: Path | None) -> None:
    """The database first: PostgreSQL may still refuse, and then everything else is as it was."""
    data, media = Path(settings.CHATSITE_DATA_DIR), Path(settings.MEDIA_ROOT)
    if aside and engine().is_there():
        engine().keep(aside)
    engine().load(folder / engine().NAME)
    if aside and manifest.files:  # a copy of the database alone leaves the media where they are
        _move(media, aside / MEDIA)
    if aside:
        keys.save(keys.found(data), aside / "keys.json")
    _move(folder / MEDIA, media)
    keys.put(given or {}, data)
    (data / "prepared").unlink(missing_ok=True)


def _move(source: Path, target: Path) -> None:
    """What is in a folder, not the folder: it may be a volume of its own."""
    if source.exists():
        target.mkdir(exist_ok=True)
        for each in source.iterdir():
            shutil.move(each, target / each.name)
