"""The keys of a site, in a file apart: a backup without them opens nothing sealed, and forges no cookie."""

from __future__ import annotations

import json
import os
from pathlib import Path

PATTERNS = ("*.key", "*.keys")


def found(data: Path) -> dict[str, str]:
    """The key files of a data directory by name."""
    paths = (path for pattern in PATTERNS for path in data.glob(pattern))
    return {path.name: path.read_text(encoding="ascii") for path in sorted(paths)}


def save(keys: dict[str, str], path: Path) -> None:
    """Write them for their owner only; an existing file is never replaced."""
    _write(path, json.dumps({"format": 1, "keys": keys}, indent=1))


def read(path: Path) -> dict[str, str]:
    """Raises ValueError for a file that holds no keys."""
    content = json.loads(path.read_text(encoding="ascii"))
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, dict) or any("/" in name or not name.endswith((".key", ".keys")) for name in keys):
        raise ValueError("no keys of this program")
    return keys


def put(keys: dict[str, str], data: Path) -> None:
    """Make them the keys of a data directory. Those of other names stay."""
    for name, key in keys.items():
        draft = data / f".{name}.new"
        draft.unlink(missing_ok=True)
        _write(draft, key)
        draft.replace(data / name)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
