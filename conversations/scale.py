"""Tokens of this installation: how far our estimates are off for each model, and how much room a prompt has.

The factors come from what GLM said of finished calls; they are learned beside everything else and never asked for on
the way of a reply.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.conf import settings

from conversations import upstream
from conversations.models import UpstreamCall

LOOKED_AT = 500  # of the latest calls
SMALLEST = 50  # tokens: in shorter prompts what is around the text weighs too much
BOUNDS = 0.4, 2.5

_factors: Mapping[str, float] = {}


def refresh() -> None:
    """Learn from the latest calls; one query."""
    global _factors
    rows = UpstreamCall.objects.filter(prompt_estimate__gte=SMALLEST, prompt_tokens__gt=0).order_by("-pk")
    told: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for model, estimate, actual in rows.values_list("model_asked", "prompt_estimate", "prompt_tokens")[:LOOKED_AT]:
        told[model] = told[model][0] + (estimate or 0), told[model][1] + (actual or 0)
    low, high = BOUNDS
    _factors = {model: min(max(actual / estimate, low), high) for model, (estimate, actual) in told.items()}


def tokens(estimate: int, model_name: str) -> int:
    """What the model would count, as far as is known."""
    return round(estimate * _factors.get(model_name, 1.0))


def room_of(model_name: str) -> int | None:
    """The tokens that a prompt to a model and its reply may have together; None where nobody knows."""
    known = (upstream.entry(model_name).context_tokens, settings.CHATSITE_CONTEXT_LIMIT)
    return min(filter(None, known), default=None)


def is_tight(estimate: int, model_name: str) -> bool:
    """Whether a prompt leaves so little room that earlier turns should be summarised first."""
    room = room_of(model_name)
    return room is not None and tokens(estimate, model_name) > room * settings.CHATSITE_SUMMARY_AT / 100


def estimate_of_room(model_name: str) -> int | None:
    """The room of a model in estimated tokens, as texts are measured here."""
    room = room_of(model_name)
    return None if room is None else round(room / _factors.get(model_name, 1.0))
