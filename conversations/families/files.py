"""The shipped files, read once: tables of a family, each model with what is `common` and what it is `like`."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from .entry import Entry, Kind, Meta, Price, Status, Thinking, Tools, Unit, Way
from .making import Making, making_of

VERSION = 4
"""Rises when a file changes; a test remembers what this version said."""
AS_OF = dt.date(2026, 11, 20)

# The order in which models are offered.
FAMILIES = (
    *("glm_5", "glm_4_7", "glm_4_6", "glm_4_5", "glm_4", "glm_4_1", "glm_z1", "glm_3"),
    *("code", "character", "voice", "assistant", "image", "video", "embedding"),
)
FOLDER = Path(__file__).parent
DAYS = ("since", "until", "retires_on")
KINDS: dict[str, Any] = {"kind": Kind, "thinking": Thinking, "tools": Tools, "meta": Meta, "status": Status}


def entry_of(facts: Mapping[str, Any]) -> Entry:
    """An entry from plain facts, as a file or a row of the database holds them. Raises ValueError for other words."""
    known = {
        name: KINDS[name](value) if name in KINDS and value is not None else value for name, value in facts.items()
    }
    known |= {name: tuple(known[name]) for name in ("efforts", "hosts") if name in known}
    known |= {"ways": tuple(map(Way, known["ways"]))} if "ways" in known else {}
    known |= {"prices": tuple(map(price_of, known.get("prices", ())))}
    return Entry(**_with_days(known))


def price_of(facts: Mapping[str, Any]) -> Price:
    """A price from plain facts; amounts are texts, so that no cent is lost on the way."""
    amounts = {name: Decimal(facts[name]) for name in ("input", "output", "cached") if facts.get(name) is not None}
    unit = {"unit": Unit(facts["unit"])} if "unit" in facts else {}
    return Price(**_with_days({**facts, **amounts, **unit}))


def _with_days(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: dt.date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
        for name, value in facts.items()
    }


def _models(file: Path) -> Iterator[dict[str, Any]]:
    """Each with `making` where it makes images or videos; that is the only fact that administrators cannot change."""
    tables = tomllib.loads(file.read_text("utf-8"))
    for own in tables["model"]:
        like = tables.get(own.pop("like", ""), {})
        making = {**like.get("making", {}), **own.get("making", {})}
        yield {**tables["common"], **like, **own, **({"making": making} if making else {})}


_TOLD = tuple(facts for family in FAMILIES for facts in _models(FOLDER / f"{family}.toml"))

FACTS: tuple[Mapping[str, Any], ...] = tuple(
    {name: value for name, value in facts.items() if name != "making"} for facts in _TOLD
)
"""What the files say of each model, in the order of their offer."""

MAKINGS: dict[str, Making] = {facts["name"]: making_of(facts["making"]) for facts in _TOLD if "making" in facts}
"""What models of images and videos take with an order."""

SHIPPED: dict[str, Entry] = {entry.name: entry for entry in map(entry_of, FACTS)}


def find(name: str, entries: Mapping[str, Entry] = SHIPPED) -> Entry | None:
    """The entry of a name, also as servers of open weights spell it (`zai-org/GLM-4.6-FP8`)."""
    if name in entries:
        return entries[name]
    weights = entries.get(_bare(name))
    return weights.elsewhere(name) if weights is not None else None


def _bare(name: str) -> str:
    bare = name.lower().rpartition("/")[2]
    for ending in ("-fp8", "-awq", "-int4", "-int8", "-bf16", "-nvfp4"):
        bare = bare.removesuffix(ending)
    return bare
