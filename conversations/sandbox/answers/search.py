"""Says what a web search would be asked."""

import json
import re

from conversations.sandbox.asked import Asked

from .kind import Kind, mentions

_ASKING = (
    r"(?i)^\W*(?:please\s+)?(?:can you\s+)?(?:search(?: the web)?|google|look up|find out)"
    r"(?:\s+(?:for|about))?\s+"
    r"|^[请帮我你来在网上]*(?:搜索|搜一下|搜|查一下|查找|查)(?:一下)?"
)


def _query(asked: Asked) -> str:
    return re.sub(_ASKING, "", asked.prompt.text, count=1).strip(" .?!。？！：:")[:80] or asked.prompt.text[:80]


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


KIND = Kind(
    "search",
    mentions(r"\bsearch\b|\blook up\b|\bgoogle\b|\blatest\b|\bnews\b|搜索|搜一|查一下|查找|新闻|最新"),
    _write,
    "This needs the web, which I cannot reach from here. I will say so, and show the query "
    "that a search would be given.",
    "这个问题需要联网，而我这里连不上。直接说明，并展示会发出什么样的查询。",
)
