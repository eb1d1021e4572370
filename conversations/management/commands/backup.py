"""Everything the site keeps, in one file; its keys in another."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations import clock
from conversations.management.archive import engine, keys
from conversations.management.archive.bundle import MEDIA, Bundle, Manifest

KEYS = ".keys.json"


class Command(BaseCommand):
    help = "Save database and media into one file, and the keys into another beside it. The site may run meanwhile."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a file or a folder; backups/ in the data directory")
        parser.add_argument("--keys", type=Path, help="where the keys go, if not beside the backup")

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        path = _target(options["path"])
        keys_path = options["keys"] or path.with_name(path.name + KEYS)
        for each in (path, keys_path):
            if each.exists():
                raise CommandError(f"{each} exists already.")
        try:
            manifest = save(path)
            keys.save(keys.found(settings.CHATSITE_DATA_DIR), keys_path)
        except OSError as error:
            raise CommandError(f"Nothing was saved: {error.strerror}: {error.filename or path}.") from error
        media = sum(name.startswith(MEDIA) for name in manifest.files)
        size = path.stat().st_size / 1e6
        self.stdout.write(f"{path}: {size:.1f} MB, with {manifest.people_counted} and {media} media files.")
        self.stdout.write(f"{keys_path}: the keys. Keep them in another place: a backup alone opens nothing sealed.")


def save(path: Path) -> Manifest:
    """Write a backup that is complete when it has its name.

    Media are never changed once they are there, and are written before a row names them: with what came while the
    database was copied, a backup has every file that its rows name.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    media = Path(settings.MEDIA_ROOT)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        draft, database = Path(folder) / "bundle", Path(folder) / "database"
        with Bundle(draft) as bundle:
            bundle.add_folder(media)
            migrations, people = engine().save(database)
            bundle.add(database, engine().NAME)
            bundle.add_folder(media)
            made_at = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
            manifest = Manifest(engine().ENGINE, made_at, migrations, people, bundle.files)
            bundle.seal(manifest)
        _sync(draft)
        draft.rename(path)
    return manifest


def _target(path: Path | None) -> Path:
    name = f"backup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    if path is None:
        return Path(settings.CHATSITE_DATA_DIR) / "backups" / name
    return path / name if path.is_dir() else path


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
