"""A small web of made-up pages: what the sandbox finds, always the same for the same words."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from dataclasses import asdict, dataclass
from urllib.parse import quote

from .prompt import is_chinese

ENGINES = (
    "search_std",
    "search_pro",
    "search_pro_sogou",
    "search_pro_quark",
    "search_pro_jina",
    "search-prime",
)
RECENCIES = {"oneDay": 1, "oneWeek": 7, "oneMonth": 30, "oneYear": 365, "noLimit": 0}
SIZES = ("medium", "high")
MOST, USUAL = 50, 10

_HOSTS = ("example.org", "example.com", "example.net")
_NAMES_ENGLISH = ("Field notes", "The long read", "Questions and answers", "Yearbook", "City archive")
_NAMES_CHINESE = ("观察笔记", "长文", "问与答", "年鉴", "城市档案")
# Nothing here may depend on the day it is: equal requests get equal replies.
_NEWEST = dt.date(2026, 11, 20)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as GLM tells of it. https://docs.bigmodel.cn/api-reference"""

    refer: str
    title: str
    link: str
    media: str
    icon: str
    content: str
    publish_date: str

    def to_wire(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for, and how; `count` and the rest are within GLM's bounds."""

    query: str
    count: int = USUAL
    domain: str = ""
    recency: str = "noLimit"
    size: str = "medium"


def find(wish: Wish) -> tuple[Page, ...]:
    """Pages about the words; none where they say "nothing" or 找不到, or hold no letter."""
    if re.search(r"(?i)\bfind nothing\b|找不到", wish.query) or not re.search(r"\w", wish.query):
        return ()
    return tuple(_page(wish, number) for number in range(1, wish.count + 1))


def read(url: str) -> str:
    """The text of a page, as Markdown, in the language of its address."""
    name = re.sub(r"[?&#].*", "", url.removeprefix("https://").removeprefix("http://"))
    return (
        f"# A page of the sandbox\n\nThis is what `/reader` gives for **{name}**. "
        "The sandbox has no way to the web, so the text is made up.\n\n"
        "- Pages are read by the server of GLM, never from here.\n- With a key of GLM this is the page itself.\n"
    )


def _page(wish: Wish, number: int) -> Page:
    chinese = is_chinese(wish.query)
    chance = zlib.crc32(f"{wish.query}{number}".encode())
    host = wish.domain or _HOSTS[chance % len(_HOSTS)]
    name = (_NAMES_CHINESE if chinese else _NAMES_ENGLISH)[(chance + number) % 5]
    oldest = RECENCIES[wish.recency] or 900
    day = _NEWEST - dt.timedelta(days=chance % oldest)
    return Page(
        refer=f"ref_{number}",
        title=f"{wish.query[:40]}：{name}" if chinese else f"{wish.query[:60]}: {name}",
        link=f"https://{host}/{quote(wish.query[:40])}/{number}",
        media=name,
        icon=f"https://{host}/icon.png",
        content=_excerpt(wish, number, chinese),
        publish_date=f"{day}",
    )


def _excerpt(wish: Wish, number: int, chinese: bool) -> str:
    if chinese:
        line = f"第 {number} 份资料说到“{wish.query[:40]}”。这是沙盒编出来的页面（模拟）。"
    else:
        line = f"Page {number} has something to say on “{wish.query[:60]}”. It is made up by the sandbox (simulated)."
    return " ".join([line] * (4 if wish.size == "high" else 1))
