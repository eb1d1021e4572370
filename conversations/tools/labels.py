"""The labels by which a model marks what it takes from a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from conversations.glm import Source

_LABEL = re.compile(r"ref_(\d{1,6})")


class Labels:
    """Those of one turn, each given once: a second search must not begin again at 1.

    They go on behind the sources that the reply has already, so they hang on what is written of it and on nothing that
    a process knows.
    """

    def __init__(self, known: Iterable[Source] = ()) -> None:
        told = (_LABEL.fullmatch(source.refer) for source in known)
        self._last = max((int(label[1]) for label in told if label), default=0)

    def give(self, found: Sequence[Source]) -> tuple[Source, ...]:
        """The sources, each with a label of its own."""
        first = self._last + 1
        self._last += len(found)
        return tuple(replace(each, refer=f"ref_{number}") for number, each in enumerate(found, first))
