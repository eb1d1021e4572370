"""Useful answers without a model: one file per kind, tried in the order below."""

from conversations.families import Kind as ModelKind
from conversations.sandbox.asked import Asked
from conversations.sandbox.catalogue import entry

from . import (
    calculation,
    called,
    code,
    continuation,
    greeting,
    knowledge,
    list,
    maths,
    picture,
    poem,
    proof,
    received,
    role,
    search,
    seen,
    story,
    summary,
    table,
    train,
    translation,
    weather,
)
from .kind import Answer, Kind

# The first that fits answers: special requests before general ones, and last what fits everything.
KINDS: tuple[Kind, ...] = (
    translation.KIND,
    summary.KIND,
    code.KIND,
    calculation.KIND,
    proof.KIND,
    maths.KIND,
    table.KIND,
    poem.KIND,
    story.KIND,
    picture.KIND,
    weather.KIND,
    train.KIND,
    search.KIND,
    list.KIND,
    greeting.KIND,
    received.KIND,
)

_LOOKED_AT = 2000


def answer(asked: Asked) -> Answer:
    """The answer to the last user message: the rest of an earlier one, or the first kind that fits."""
    return continuation.answer(asked, _direct) or _direct(asked)


def _direct(asked: Asked) -> Answer:
    """What a prompt is about is looked for at its beginning, so that a megabyte of it costs nothing."""
    if asked.results:
        return called.answer(asked)
    if seen.pictures(asked):
        return seen.answer(asked)
    if asked.retrieval:
        return knowledge.answer(asked)
    if asked.search and (found := search.found(asked)):
        return found
    if entry(asked.model).kind is ModelKind.CHARACTER:
        return role.answer(asked)
    beginning = asked.prompt.text[:_LOOKED_AT]
    return next(kind for kind in KINDS if kind.fits(beginning)).answer(asked)
