"""Work whose leftovers must not stay: a process that serves for weeks keeps what it once loaded to migrate."""

import os
import threading
from collections.abc import Callable
from typing import Any

DONE = b"done"


def apart(work: Callable[[], Any]) -> None:
    """Do the work in a copy of this process and wait for it. RuntimeError has the words of what it raises.

    The caller closes its database connections first. Beside other threads a copy is not safe: then it is done here.
    """
    if threading.active_count() > 1:
        work()
        return
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _work_and_end(work, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        said = told.read()
    os.waitpid(child, 0)
    if said != DONE:
        raise RuntimeError(said.decode() or "it was ended from outside")


def _work_and_end(work: Callable[[], Any], writer: int) -> None:
    """In the copy, which ends here without cleaning up what belongs to the original."""
    try:
        os.write(writer, _outcome(work))
    finally:
        os._exit(0)


def _outcome(work: Callable[[], Any]) -> bytes:
    try:
        work()
    except Exception as error:
        return (str(error) or type(error).__name__).encode()
    return DONE
