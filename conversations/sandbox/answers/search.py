"""Answers from the pages that GLM's web search finds; without it, says what a search would be asked."""

import json
import re

from conversations.sandbox.asked import Asked
from conversations.sandbox.web import Page

from .kind import Answer, Kind, mentions

_ASKING = (
    r"(?i)^\W*(?:please\s+)?(?:can you\s+)?(?:search(?: the web)?|google|look up|find out)"
    r"(?:\s+(?:for|about))?\s+"
    r"|^[请帮我你来在网上]*(?:搜索|搜一下|搜|查一下|查找|查)(?:一下)?"
)


def words_of(text: str) -> str:
    """What a search is made with for a prompt."""
    return re.sub(_ASKING, "", text, count=1).strip(" .?!。？！：:")[:80] or text[:80]


def _query(asked: Asked) -> str:
    return words_of(asked.prompt.text)


def _write(asked: Asked) -> str:
    query = _query(asked)
    call = json.dumps({"search_query": query, "count": 5}, ensure_ascii=False)
    if asked.prompt.is_chinese:
        return (
            f"沙盒不能上网，所以关于“{query}”，我这里没有任何来源。\n\n"
            f"开启联网搜索后，会发出这样的查询：\n\n```json\n{call}\n```\n\n"
            "回答会根据搜到的网页写成，每个说法后面标上来源编号，例如 [1]，并在末尾附上标题、网站和日期。\n"
        )
    return (
        f"The sandbox has no way to the web, so I have no sources on “{query}”.\n\n"
        f"With web search switched on, this query would go out:\n\n```json\n{call}\n```\n\n"
        "The answer would then be written from the pages it finds, with a number such as [1] after each "
        "claim, and title, site and date of every source at the end.\n"
    )


_fits = mentions(
    r"\bsearch\b|\blook up\b|\bgoogle\b|\blatest\b|\bnews\b|\bweather\b|\btoday\b"
    r"|搜索|搜一|查一下|查找|新闻|最新|天气|今天"
)


def found(asked: Asked) -> Answer | None:
    """An answer with a mark for each page that it rests on; None when the model would not search for this at all."""
    search = asked.search
    if search is None or not (search.is_required or _fits(asked.prompt.text[:2000])):
        return None
    query = _query(asked)
    pages = search.find(query)
    if not pages:
        return Answer(*_NOTHING[asked.prompt.is_chinese])
    write = _in_chinese if asked.prompt.is_chinese else _in_english
    marks = [search.mark(page) for page in pages[:3]]
    return Answer(write(search.query or query, pages, marks), _THOUGHT[asked.prompt.is_chinese], pages)


_THOUGHT = (
    "This needs what is on the web now. I search, and mark what I take from where.",
    "这个问题需要网上的新内容。先搜索，再注明每句话出自哪里。",
)
_NOTHING = (
    ("The search found nothing on this, so I would rather not guess.\n", "Nothing was found. I say so."),
    ("没有搜到相关的内容，所以我不猜。\n", "没有搜到，直接说明。"),
)


def _in_english(query: str, pages: tuple[Page, ...], marks: list[str]) -> str:
    said = "\n".join(f"- {page.media}, {page.publish_date}{mark}" for page, mark in zip(pages, marks, strict=False))
    return (
        f"On “{query}” the search found {len(pages)} pages (simulated){''.join(marks[:2])}. The first of them say:\n\n"
        f"{said}\n\nThe numbers lead to the sources.\n"
    )


def _in_chinese(query: str, pages: tuple[Page, ...], marks: list[str]) -> str:
    said = "\n".join(f"- {page.media}，{page.publish_date}{mark}" for page, mark in zip(pages, marks, strict=False))
    return (
        f"关于“{query}”，一共搜到 {len(pages)} 个网页（模拟）{''.join(marks[:2])}。前几个说：\n\n{said}\n\n"
        "编号通往各自的来源。\n"
    )


is_wanted = mentions(r"\bsearch\b|\blook up\b|\bgoogle\b|\blatest\b|\bnews\b|搜索|搜一|查一下|查找|新闻|最新")
KIND = Kind(
    "search",
    is_wanted,
    _write,
    "This needs the web, which I cannot reach from here. I will say so, and show the query "
    "that a search would be given.",
    "这个问题需要联网，而我这里连不上。直接说明，并展示会发出什么样的查询。",
)
