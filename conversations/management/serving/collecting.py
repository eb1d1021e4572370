"""When this process looks for cycles that nothing else refers to.

A full collection holds the interpreter for as long as it takes to pass over all that lives, and with it every reply
that is being written. So what a site always needs is loaded before the first page and left out for good, and full
collections come while no reply is being written. Young ones still come by themselves, for they take few milliseconds
and find nearly everything, but later than by default: most of what a question makes goes by itself once it is answered,
and before that each would pass over it in vain, while somebody waits for the first word.
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

# Objects more than before that bring about a young collection, and how many of these bring about one that is a step
# older. With twice that there is no less work, but the interpreter is held twice as long at a time.
YOUNG, OLDER = 3000, 3
NEVER = 1_000_000_000  # of the latter
LOOK_EVERY = 2.0  # seconds
# The latter between two full ones: so many where nothing is being written, so many where something always is.
# One leaves up to 130 KB of cycles behind.
AT_REST, AT_MOST = 30, 150

# What Django loads when the first request asks for it.
LOADED_LATE = ("django.contrib.messages.storage.session.SessionStorage", settings.SESSION_SERIALIZER)
SHOWN_FIRST = (".", "chat", "live", "notices")  # folders of templates


def settle() -> None:
    """Load what the first pages need, leave all there is out of further collections, and collect from now on."""
    _load()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, NEVER)
    gc.enable()


async def keep(is_writing: Callable[[], bool]) -> None:
    """Collect fully when it is time, for as long as the process lives."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if is_due(gc.get_count()[2], is_writing=is_writing()):
            gc.collect()


def is_due(count: int, *, is_writing: bool) -> bool:
    """Whether to collect fully after so many of the older collections."""
    return count >= (AT_MOST if is_writing else AT_REST)


def _load() -> None:
    get_resolver().url_patterns  # noqa: B018
    for name in LOADED_LATE:
        import_string(name)
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for root in map(Path, engine.dirs):
        for path in (path for folder in SHOWN_FIRST for path in sorted((root / folder).glob("*.html"))):
            engine.get_template(str(path.relative_to(root)))
