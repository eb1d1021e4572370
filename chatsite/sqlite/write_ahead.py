"""Putting SQLite's write-ahead log on the disk, once for all who wait for that.

With `synchronous=FULL` each transaction waits for the disk while it keeps all other writers out. Here it has ended
before that: the next writer goes on, and whoever has committed when the disk is asked shares its answer.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

# SQLite syncs its files in the same way.
to_disk = getattr(os, "fdatasync", os.fsync)


class WriteAheadLog:
    """That of one database file, for the threads of a process."""

    def __init__(self, database: str) -> None:
        self._path = Path(f"{database}-wal")
        self._counting, self._syncing = threading.Lock(), threading.Lock()
        self._asked = self._done = self._inode = 0

    def sync(self) -> None:
        """Return when all that was committed before is on the disk. Raises OSError when it cannot be brought there."""
        with self._counting:
            self._asked += 1
            mine = self._asked
        with self._syncing:
            if self._done >= mine:  # by somebody who began after this one had committed
                return
            with self._counting:
                everybody = self._asked
            self._sync()
            self._done = everybody

    def _sync(self) -> None:
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:  # SQLite deletes it when all of it is in the database, and on the disk
            return
        try:
            to_disk(descriptor)
            self._sync_name(os.fstat(descriptor).st_ino)
        finally:
            os.close(descriptor)

    def _sync_name(self, inode: int) -> None:
        """A new file could have no name after a loss of power."""
        if inode == self._inode:
            return
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self._inode = inode
