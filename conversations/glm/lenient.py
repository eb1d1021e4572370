"""GLM's JSON read without trust: fields are absent, null, empty or of another type than documented."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .results import FilterLevel, Source, Usage

# Raw control characters inside strings are met behind some hosts; JSON forbids them, we need not.
_parse = json.JSONDecoder(strict=False).raw_decode
_SECOND_START = re.compile(r"\n|data: ?(?=\{)")
_COUNT_BOUND = 1 << 62


def parse_object(text: str) -> dict[str, Any] | None:
    """The JSON object in `text`, or None: not JSON, not an object, or nested beyond reason."""
    text = text.strip()
    try:
        value, end = _parse(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and end == len(text) else None


def parse_pieces(text: str) -> list[dict[str, Any]]:
    """Whole chunks inside data that is no JSON by itself.

    Observed on the public hosts in spring 2026: a chunk cut in its middle, and glued to it, `data:` and
    all, a chunk of the generation begun anew.
    """
    pieces = (parse_object(piece) for piece in _SECOND_START.split(text))
    return [piece for piece in pieces if piece and ("choices" in piece or "error" in piece)]


def text_of(value: object) -> str:
    """A string, or the joined text of content parts; anything else is empty."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(text_of(part.get("text")) for part in value if isinstance(part, dict))
    return ""


def name_of(value: object) -> str:
    """An id, code or name: a string, or a number that should have been one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:256]


def count_of(value: object) -> int | None:
    """A whole number from 0, small enough for a database."""
    return value if type(value) is int and 0 <= value < _COUNT_BOUND else None


def mapping_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings_of(value: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; a lone object counts as a list of one."""
    items = value if isinstance(value, list) else [value]
    return (item for item in items if isinstance(item, dict))


def usage_of(value: object) -> Usage:
    told = mapping_of(value)
    return Usage(
        prompt=count_of(told.get("prompt_tokens")),
        completion=count_of(told.get("completion_tokens")),
        total=count_of(told.get("total_tokens")),
        reasoning=count_of(mapping_of(told.get("completion_tokens_details")).get("reasoning_tokens")),
        cached=count_of(mapping_of(told.get("prompt_tokens_details")).get("cached_tokens")),
    )


def filter_levels_of(value: Mapping[str, Any]) -> tuple[FilterLevel, ...]:
    """Streams and 200 bodies say `content_filter`, the 400 body says `contentFilter`."""
    listed = value.get("content_filter") or value.get("contentFilter")
    return tuple(FilterLevel(name_of(each.get("role")), count_of(each.get("level"))) for each in mappings_of(listed))


def sources_of(value: object) -> tuple[Source, ...]:
    names = ("refer", "title", "link", "media", "icon", "content", "publish_date")
    return tuple(Source(*(text_of(each.get(name)) for name in names)) for each in mappings_of(value))


def arguments_of(value: object) -> str:
    """A string by the SDKs and every recording, an object by one table of the documentation."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else text_of(value)
