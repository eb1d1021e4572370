"""Passages of the organisation's knowledge bases, for a model that decides itself when to look there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from conversations import knowledge
from conversations.db import db
from conversations.glm import Source
from conversations.glm import knowledge as glm
from conversations.glm.knowledge import Slice
from conversations.models import CallKind, User

from .asking import asked
from .kind import Arguments, Result, Tool, ToolError, Use

USUAL = 6
CITE = "Mark what you take from a passage with its label, such as [ref_1], right behind the sentence."
NOTHING = gettext_noop("Nothing in the documents fits. Say so, and do not present anything else as coming from them.")
NONE = gettext_noop("There is no knowledge base that this person may use.")
NO_SUCH = gettext_noop("There is no knowledge base of that name; there are: %(known)s.")


async def run(arguments: Arguments, use: Use) -> Result:
    bases = await db(_usable, use.person)
    if not bases:
        raise ToolError(NONE)
    wanted = str(arguments.get("base", "")).strip().lower()
    chosen = {glm_id: name for glm_id, name in bases.items() if not wanted or name.lower() == wanted}
    if not chosen:
        raise ToolError(NO_SUCH, known=", ".join(sorted(bases.values())))
    make = partial(glm.retrieve, arguments["question"], list(chosen), USUAL)
    found = await asked(use, make, CallKind.KNOWLEDGE)
    return _result(use, found, chosen) if found else Result(NOTHING, is_ours=True)


def _usable(person: uuid.UUID) -> dict[str, str]:
    """Their names by GLM's ids."""
    somebody = User.objects.filter(code=person).first()
    return {base.glm_id: base.name for base in knowledge.usable(somebody)} if somebody else {}


def _result(use: Use, found: Sequence[Slice], names: dict[str, str]) -> Result:
    sources = use.labels.give([_source(each, names) for each in found])
    told = "\n\n".join(f"[{source.refer}] {source.title}\n{source.content}" for source in sources)
    return Result(f"{CITE}\n\n{told}", sources)


def _source(found: Slice, names: dict[str, str]) -> Source:
    base = names.get(found.knowledge, "")
    return Source(title=found.name or base, link=found.url, media=base, content=found.text)


TOOL = Tool(
    name="look_up",
    label=_("Knowledge"),
    explains=_("Looks into the organisation's knowledge bases and brings the passages as numbered sources."),
    description=(
        "Find passages in the organisation's own documents. Use it for anything about its rules, manuals or notes, "
        "and answer from what it returns."
    ),
    parameters={
        "type": "object",
        "properties": {
            "question": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "What is to be found out"},
            "base": {"type": "string", "maxLength": 100, "description": "Only in the knowledge base of this name"},
        },
        "required": ["question"],
        "additionalProperties": False,
    },
    run=run,
    seconds=30.0,
    most_characters=16_000,
)
