"""The data directory: made, made private, and locked: against a second start, or until the start is over."""

import fcntl
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from conversations.management.serving.refusal import CannotServe

PRIVATE = 0o700


def take(path: Path, undo: ExitStack, *, is_shared: bool = False) -> Callable[[], None]:
    """Make `path` (0700) if need be and hold its lock until this process ends.

    `undo` takes back what was made here; run it before the process gives up. One that is shared is prepared by one
    process after the other: each calls what it got here when it is done.
    """
    try:
        _make(path, undo)
        descriptor = _lock(path / "lock", undo, waits=is_shared)
    except OSError as error:
        raise CannotServe(f"The data directory {path} cannot be used: {error.strerror}.") from error
    return lambda: fcntl.flock(descriptor, fcntl.LOCK_UN)


def _make(path: Path, undo: ExitStack) -> None:
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    if missing:
        undo.callback(shutil.rmtree, missing[-1], ignore_errors=True)
    if path.stat().st_mode & 0o077:
        path.chmod(PRIVATE)


def _lock(path: Path, undo: ExitStack, *, waits: bool) -> int:
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if waits else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
        os.close(descriptor)
        text = f"The site is already running on {path.parent} (process {holder or 'unknown'})."
        raise CannotServe(text) from None
    undo.callback(os.close, descriptor)
    if is_new:
        undo.callback(path.unlink, missing_ok=True)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor
