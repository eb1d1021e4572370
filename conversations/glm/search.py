"""Searching the web and reading a page, without a model: `/web_search` and `/reader`.

https://docs.bigmodel.cn/api-reference, pages of the tools.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .calls import Call
from .lenient import mapping_of, mappings_of, name_of, sources_of, text_of
from .results import Source

LONGEST_QUERY = 70
"""Characters that `/web_search` takes."""
READ_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave; `queries` are what GLM made of the question, where it was asked for the intent."""

    sources: tuple[Source, ...]
    queries: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text. Any field may be empty."""

    content: str
    title: str = ""
    description: str = ""
    url: str = ""


def web_search(
    query: str,
    *,
    engine: str = "search_std",
    user_id: str = "",
    count: int | None = None,
    domain: str = "",
    recency: str = "",
    content_size: str = "",
    recognises_intent: bool = False,
) -> Call[Found]:
    """Search the web. A longer query is cut at the last word that fits; empty and None leave a choice to GLM."""
    request_id = str(uuid.uuid4())
    told = {
        "search_query": fitting(query),
        "search_engine": engine,
        "search_intent": recognises_intent,
        "count": count,
        "search_domain_filter": domain,
        "search_recency_filter": recency,
        "content_size": content_size,
        "request_id": request_id,
        "user_id": user_id,
    }
    body = {name: value for name, value in told.items() if value is not None and value != ""}
    return Call("POST", "web_search", _found, body=body, request_id=request_id)


def read_page(url: str, *, seconds: int = READ_SECONDS, is_fresh: bool = False) -> Call[Page]:
    """Have GLM fetch a page and give its text as Markdown, without its pictures."""
    body = {
        "url": url,
        "timeout": seconds,
        "no_cache": is_fresh,
        "return_format": "markdown",
        "retain_images": False,
    }
    return Call("POST", "reader", _page, body=body)


def fitting(query: str) -> str:
    """`query` on one line and within what GLM takes."""
    line = " ".join(query.split())
    if len(line) <= LONGEST_QUERY:
        return line
    cut = line[: LONGEST_QUERY + 1].rpartition(" ")[0]
    return cut if len(cut) > LONGEST_QUERY // 2 else line[:LONGEST_QUERY]


def _found(value: Mapping[str, Any]) -> Found:
    queries = (text_of(each.get("query")) for each in mappings_of(value.get("search_intent")))
    return Found(
        sources=sources_of(value.get("search_result")),
        queries=tuple(filter(None, queries)),
        id=name_of(value.get("id")),
    )


def _page(value: Mapping[str, Any]) -> Page:
    told = mapping_of(value.get("reader_result"))
    return Page(*(text_of(told.get(name)) for name in ("content", "title", "description", "url")))
