"""When this process looks for cycles that nothing else refers to.

A full collection holds the interpreter for as long as it takes to pass over all that lives, and with it every reply
that is being written. So what a site always needs is loaded before the first page and left out for good, and full
collections come while no reply is being written. Young ones stay Python's: they take few milliseconds and find nearly
everything.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.urls import get_resolver
from django.utils.module_loading import import_string

NEVER = 1_000_000_000  # young collections
LOOK_EVERY = 2.0  # seconds
# Young collections between two full ones: so many where nothing is being written, so many where something always is.
# One leaves up to 80 KB of cycles behind.
AT_REST, AT_MOST = 50, 300

# What Django loads when the first request asks for it.
LOADED_LATE = ("django.contrib.messages.storage.session.SessionStorage", settings.SESSION_SERIALIZER)
SHOWN_FIRST = (".", "chat", "live", "notices")  # folders of templates


def settle() -> None:
    """Load what the first pages need, leave all there is out of further collections, and collect from now on."""
    _load()
    gc.collect()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    gc.enable()


async def keep(is_writing: Callable[[], bool]) -> None:
    """Collect fully when it is time, for as long as the process lives."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if is_due(gc.get_count()[2], is_writing=is_writing()):
            gc.collect()


def is_due(young_count: int, *, is_writing: bool) -> bool:
    """Whether to collect fully after so many young collections."""
    return young_count >= (AT_MOST if is_writing else AT_REST)


def _load() -> None:
    get_resolver().url_patterns  # noqa: B018
    for name in LOADED_LATE:
        import_string(name)
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for root in map(Path, engine.dirs):
        for path in (path for folder in SHOWN_FIRST for path in sorted((root / folder).glob("*.html"))):
            engine.get_template(str(path.relative_to(root)))
