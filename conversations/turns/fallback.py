"""Another model to ask when one cannot answer: offered, never taken by itself."""

from __future__ import annotations

from collections.abc import Iterator

from conversations import faults, upstream
from conversations.families import Entry
from conversations.glm import Kind
from conversations.models import Turn
from conversations.sandbox import SANDBOX_PREFIX

# What is true of one model and may not be of another.
OF_A_MODEL = frozenset({Kind.OVERLOADED.value, Kind.MODEL_GONE.value, Kind.NOT_ALLOWED.value, Kind.PAUSED_UNTIL.value})
MOST_SUCCESSIONS = 5


def instead_of(turn: Turn) -> str:
    """The model to offer instead of that of a failed turn: its successor, else the first of like abilities; "" where
    the trouble is not the model's or nothing else is offered."""
    if turn.trouble not in OF_A_MODEL or upstream.entry(turn.model_name).makes:
        return ""
    source = upstream.current()
    offered = [each for each in upstream.offered_models() if not each.startswith(SANDBOX_PREFIX)]
    others = [each for each in offered if each != turn.model_name and not faults.stands(source, each)]
    successor = next((each for each in _successors(turn.model_name) if each in others), "")
    return successor or _most_alike(turn.model_name, others)


def _successors(model_name: str) -> Iterator[str]:
    for _ in range(MOST_SUCCESSIONS):
        model_name = upstream.entry(model_name).successor
        if not model_name:
            return
        yield model_name


def _most_alike(model_name: str, others: list[str]) -> str:
    """One that can do what the other could, in the order of the offer; what it can do beyond that does not hurt."""
    wanted = upstream.entry(model_name)
    able = [name for name in others if upstream.entry(name).is_for_chat]
    return min(able, key=lambda name: _distance(upstream.entry(name), wanted), default="")


def _distance(entry: Entry, wanted: Entry) -> tuple[bool, ...]:
    """What differs, the gravest first; equals keep their order."""
    return (
        wanted.sees and not entry.sees,
        entry.kind != wanted.kind,
        wanted.calls_functions and not entry.calls_functions,
        entry.thinks != wanted.thinks,
        (entry.context_tokens or 0) < (wanted.context_tokens or 0),
    )
