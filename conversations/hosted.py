"""The tools that GLM runs itself, as a person chose them for a conversation: web search, or a knowledge base.

chosen = Hosted.read(conversation.tools)               # what was stored; whatever is not understood is left out
chosen.stored_in(conversation.tools)                   # the same column, with what else stands in it
search_wire(chosen.search, upstream.entry(model), host)

GLM uses one kind in a reply: functions keep it from looking into knowledge, and that keeps it from searching.
https://docs.bigmodel.cn/api-reference, "web_search" and "retrieval" of the chat completion
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from .families import Entry

STORED_VERSION = 1

ENGINES = ("search_std", "search_pro", "search_pro_sogou", "search_pro_quark")
ENGINES_ABROAD = ("search_pro_jina", "search-prime")
"""Those of api.z.ai."""
BY_DOMAIN = ("search_std", "search_pro", "search_pro_sogou")
"""The engines that can keep to one site."""
BY_TENS = ("search_pro_sogou",)
"""Those that give 10, 20, 30, 40 or 50 results and nothing between."""
RECENCIES = ("oneDay", "oneWeek", "oneMonth", "oneYear")
SIZES = ("medium", "high")
ORDERS = ("before", "after")
MOST_RESULTS = 50
DOMAIN_LENGTH, PROMPT_LENGTH, QUERY_LENGTH = 253, 2000, 70

DOMAIN = re.compile(r"(?i)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,61}")
KNOWLEDGE, QUESTION = "{{ knowledge }}", "{{ question }}"
_PLACES = {KNOWLEDGE: re.compile(r"\{\{\s*knowledge\s*\}\}"), QUESTION: re.compile(r"\{\{\s*question\s*\}\}")}
TEMPLATE = (
    f'从文档\n"""\n{KNOWLEDGE}\n"""\n中找问题\n"""\n{QUESTION}\n"""\n的答案，'
    "找到答案就仅使用文档语句回答，找不到答案就用自身知识回答并告诉用户该信息不是来自文档。\n"
    "不要复述问题，直接开始回答。"
)
"""What GLM does by itself with a question and what it found for it."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was chosen about the web search; None leaves it to GLM. `order` says whether the results come before the
    text or after it; with `is_required` there is an answer only if there are results. `query` is searched for in place
    of what GLM makes of the question, and always."""

    engine: str | None = None
    count: int | None = None
    recency: str | None = None
    domain: str | None = None
    size: str | None = None
    order: str | None = None
    intent: bool | None = None
    is_required: bool | None = None
    prompt: str | None = None
    query: str | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Search:
        """From what `stored` gave, of this or any other time; never fails."""
        return cls(**{each.name: stored[each.name] for each in fields(cls) if _fits(each.name, stored.get(each.name))})

    @property
    def changed(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Hosted:
    """`knowledge` is the code of a knowledge base here; with one GLM does not search. `search` is kept while it is off,
    for the next time."""

    is_searching: bool = False
    knowledge: uuid.UUID | None = None
    search: Search = field(default_factory=Search)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Hosted:
        search, knowledge = stored.get("search"), stored.get("knowledge")
        told = search if isinstance(search, dict) else {}
        return cls(told.get("on") is True, _code(knowledge), Search.read(told))

    @property
    def is_on(self) -> bool:
        return self.is_searching or self.knowledge is not None

    def stored_in(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """For the column that has `stored` now."""
        others = {key: value for key, value in stored.items() if key not in ("v", "search", "knowledge")}
        search = {**({"on": True} if self.is_searching else {}), **self.search.changed}
        mine: dict[str, Any] = {"search": search} if search else {}
        if self.knowledge is not None:
            mine["knowledge"] = {"base": str(self.knowledge)}
        found = {**others, **mine}
        return {"v": STORED_VERSION, **found} if found else {}


def engines(host: str) -> tuple[str, ...]:
    """The engines of a server, the first of which is taken where nobody chose."""
    return ENGINES_ABROAD if host == "api.z.ai" else ENGINES


def search_wire(search: Search, entry: Entry, host: str) -> list[dict[str, Any]]:
    """The tool for a request; nothing for a model that GLM does not search for."""
    if not entry.searches:
        return []
    known = engines(host)
    engine = search.engine if search.engine in known else known[0]
    told = {
        "enable": True,
        "search_query": search.query,
        "search_engine": engine,
        "search_result": True,
        "search_intent": None if search.intent is None else str(search.intent).lower(),
        "count": _count(search.count, engine),
        "search_domain_filter": search.domain if engine in BY_DOMAIN else None,
        "search_recency_filter": search.recency,
        "content_size": search.size,
        "result_sequence": search.order,
        "require_search": search.is_required,
        "search_prompt": search.prompt,
    }
    return [{"type": "web_search", "web_search": {name: value for name, value in told.items() if value is not None}}]


def retrieval_wire(knowledge_id: str, template: str, entry: Entry) -> list[dict[str, Any]]:
    """The tool for a request; nothing for a model that does not look into knowledge."""
    if not entry.retrieves:
        return []
    prompt = {"prompt_template": template} if template else {}
    return [{"type": "retrieval", "retrieval": {"knowledge_id": knowledge_id, **prompt}}]


def with_places(template: str) -> str:
    """A template with its placeholders spelled as they are documented. Raises ValueError when one is missing."""
    for place, spelling in _PLACES.items():
        if not spelling.search(template):
            raise ValueError(place)
        template = spelling.sub(place, template)
    return template


def _count(wished: int | None, engine: str) -> int | None:
    if wished is None or engine not in BY_TENS:
        return wished
    return min(MOST_RESULTS, -(-wished // 10) * 10)


def _code(stored: Any) -> uuid.UUID | None:
    told = stored.get("base") if isinstance(stored, dict) else None
    try:
        return uuid.UUID(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _fits(name: str, value: Any) -> bool:
    match name:
        case "count":
            return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_RESULTS
        case "intent" | "is_required":
            return isinstance(value, bool)
        case "domain":
            return isinstance(value, str) and DOMAIN.fullmatch(value) is not None
        case "prompt":
            return isinstance(value, str) and 0 < len(value) <= PROMPT_LENGTH
        case "query":
            return isinstance(value, str) and 0 < len(value) <= QUERY_LENGTH
        case _:
            known = {"engine": (*ENGINES, *ENGINES_ABROAD), "recency": RECENCIES, "size": SIZES, "order": ORDERS}
            return value in known[name]
