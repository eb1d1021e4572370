"""The kinds of jobs; a new one is a file and a line here."""

from __future__ import annotations

from .completion import Completion
from .image import Images
from .kind import Kind
from .video import Videos

KINDS: dict[str, Kind] = {each.name: each for each in (Completion(), Images(), Videos())}


def kind_of(name: str) -> Kind:
    """The kind of a job. Raises KeyError for one that this version does not know."""
    return KINDS[name]
