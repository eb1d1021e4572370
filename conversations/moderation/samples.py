"""A random sample of clean replies, for quality."""

from __future__ import annotations

import random

from conversations import standing
from conversations.models import FlagSource

from .concern import Concern


def sampled() -> tuple[Concern, ...]:
    """A reason to look at this reply, for as many of a hundred as the policy wants."""
    share = standing.current().sample_share
    return (Concern(FlagSource.SAMPLE, "assistant"),) if share and random.random() < share else ()
