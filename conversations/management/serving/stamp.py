"""Whether the program changed since it last prepared this data directory.

Collecting static files and writing shipped facts takes seconds, so both wait for a change of the program.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings

PARTS = ("chatsite", "conversations", "static", "templates", "uv.lock")


def is_current() -> bool:
    try:
        return _file().read_text(encoding="ascii") == fingerprint()
    except OSError:
        return False


def renew() -> None:
    _file().write_text(fingerprint(), encoding="ascii")


def fingerprint() -> str:
    """Names, sizes and times of the program's files: a few hundred look-ups, no reading."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(_files()):
        seen = path.stat()
        digest.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in PARTS:
        part = settings.BASE_DIR / name
        found = part.rglob("*") if part.is_dir() else [part]
        yield from (path for path in found if path.is_file() and path.suffix != ".pyc")


def _file() -> Path:
    return Path(settings.CHATSITE_DATA_DIR) / "prepared"
