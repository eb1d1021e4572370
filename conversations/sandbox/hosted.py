"""The tools that GLM runs itself, out of a request: web search and retrieval, refused with 1214 when they do not fit.

Functions come before retrieval, and retrieval before web search: where one is offered, what stands behind it rests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import web
from .refusals import Refused

_TYPES = ("function", "retrieval", "web_search", "mcp")
_BY_DOMAIN = ("search_std", "search_pro", "search_pro_sogou")
_PLACES = (r"\{\{\s*knowledge\s*\}\}", r"\{\{\s*question\s*\}\}")


@dataclass(frozen=True, slots=True)
class Search:
    """The hosted search as it was asked for. `query` forces what is looked for; `tells` sends the pages along."""

    query: str = ""
    tells: bool = False
    is_required: bool = False
    comes_first: bool = False
    prompt: str = ""
    count: int = web.USUAL
    domain: str = ""
    recency: str = "noLimit"
    size: str = "medium"

    def find(self, words: str) -> tuple[web.Page, ...]:
        wish = web.Wish(self.query or words, self.count, self.domain, self.recency, self.size)
        return web.find(wish)

    def mark(self, page: web.Page) -> str:
        """How the text names a page: as the instruction for the results shows it, `[ref_1]` without one."""
        return f"【{page.refer.removeprefix('ref_')}】" if "【" in self.prompt else f"[{page.refer}]"


@dataclass(frozen=True, slots=True)
class Retrieval:
    knowledge_id: str
    template: str = ""


def read_hosted(tools: Any) -> tuple[Search | None, Retrieval | None]:
    """What of both is in use."""
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise Refused("1214", "tools")
    found = {kind: [tool for tool in tools if tool.get("type") == kind] for kind in _TYPES}
    if sum(map(len, found.values())) != len(tools):
        raise Refused("1214", f"tools.type: allowed values {list(_TYPES)}")
    searches = [_search(_inner(tool)) for tool in found["web_search"]]
    retrievals = [_retrieval(_inner(tool)) for tool in found["retrieval"]]
    if found["function"]:
        return None, None
    if retrievals:
        return None, retrievals[0]
    return next((each for each in searches if each), None), None


def _inner(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = tool.get(tool["type"], {})
    if not isinstance(inner, dict):
        raise Refused("1214", f"tools.{tool['type']}")
    return {name: value for name, value in inner.items() if value is not None}


def _search(told: Mapping[str, Any]) -> Search | None:
    """None when it is switched off; a given query means on."""
    query = _text(told, "search_query")
    is_on = _flag(told, "enable")
    search = Search(
        query=query,
        tells=_flag(told, "search_result"),
        is_required=_flag(told, "require_search") or bool(query),
        comes_first=_choice(told, "result_sequence", ("after", "before")) == "before",
        prompt=_text(told, "search_prompt"),
        **read_wish(told),
    )
    return search if is_on or query else None


def read_wish(told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the hosted search and `/web_search` share."""
    engine = _choice(told, "search_engine", web.ENGINES)
    domain = _text(told, "search_domain_filter")
    if domain and engine not in _BY_DOMAIN:
        raise Refused("1214", f"search_domain_filter: {engine} knows none")
    return {
        "count": _count(told.get("count", web.USUAL), engine),
        "domain": domain.removeprefix("https://").strip("/"),
        "recency": _choice(told, "search_recency_filter", tuple(web.RECENCIES)[::-1]),
        "size": _choice(told, "content_size", web.SIZES),
    }


def _retrieval(told: Mapping[str, Any]) -> Retrieval:
    template = _text(told, "prompt_template")
    if not _text(told, "knowledge_id"):
        raise Refused("1213", "knowledge_id")
    if template and not all(re.search(place, template) for place in _PLACES):
        raise Refused("1214", "prompt_template")
    return Retrieval(told["knowledge_id"], template)


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise Refused("1214", name)
    return value


def _flag(told: Mapping[str, Any], name: str) -> bool:
    value = told.get(name, False)
    if not isinstance(value, bool):
        raise Refused("1214", name)
    return value


def _choice(told: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    """One of the values, of which the first is the default."""
    value = told.get(name, allowed[0])
    if value not in allowed:
        raise Refused("1214", f"{name}: allowed values {list(allowed)}")
    return str(value)


def _count(value: Any, engine: str) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or not 1 <= value <= web.MOST or (engine == "search_pro_sogou" and value % 10):
        raise Refused("1214", "count")
    return int(value)
