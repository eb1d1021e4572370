"""Assistants that are always there, under the ids of GLM's own, and what each does for a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import library, prompt, tokens, web
from .answers import calculation, picture, search
from .asked import Asked
from .reply import Reply, compose
from .steps import Deltas, Done, Finish, Step, Used

TOOLS = ("web_browser", "code_interpreter", "drawing_tool", "retrieval", "function")
SIZE = (1024, 1024)

_MEMORY = re.compile(r"(?i)\bwhat did i (?:ask|say)\b|\bbefore this\b|我刚才|我之前")
_DOCUMENTS = re.compile(r"(?i)\b(?:handbook|manual)\b|手册|规章|制度")
_WEATHER = re.compile(r"(?i)\bweather\b|天气")
_BROKEN_PAGE = re.compile(r"(?i)\bbroken page\b|打不开")

Draw = Callable[[str], str]
"""Words → the link of a picture."""


@dataclass(frozen=True, slots=True)
class Assistant:
    id: str
    name: str
    description: str
    starters: tuple[str, ...]


ASSISTANTS = (
    Assistant("65940acff94777010aa6b796", "ChatGLM", "Answers, searches, draws (simulated)", ("Draw a harbour",)),
    Assistant("659e54b1b8006379b4b2abd6", "AI 搜索", "Searches the web (simulated)", ("Search for tides",)),
    Assistant("65a265419d72d299a9230616", "数据分析", "Runs code (simulated)", ("What is 17 * 23?",)),
)


def steps(asked: Asked, said: tuple[str, ...], draw: Draw) -> Iterator[Step]:
    """A reply from first tool to `[DONE]`; `said` are the questions of this conversation before this one."""
    used, text = next(filter(None, (find(asked, said, draw) for find in _FINDERS)), (None, ""))
    reply = Reply(text) if text else compose(asked)
    if used:
        yield used
    yield Deltas(tokens.pieces(reply.text))
    yield Finish(reply.finish, reply.usage(asked))
    yield Done()


Found = tuple[Used | None, str] | None
"""What is used, and the answer that comes of it; None where the question is about something else."""


def _memory(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    if not (said and _MEMORY.search(asked.prompt.text)):
        return None
    return None, _worded(asked, "memory", "; ".join(said))


def _broken_page(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    if not _BROKEN_PAGE.search(asked.prompt.text):
        return None
    output = {"title": "", "link": "", "content": "", "error_msg": "the page did not open (simulated)"}
    return Used("web_browser", asked.prompt.text[:60], (output,)), _worded(asked, "broken")


def _code(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    expression = calculation.find_expression(asked.prompt.text)
    if expression is None:
        return None
    value = str(_value(expression))
    logs = {"type": "logs", "logs": value, "error_msg": ""}
    return Used("code_interpreter", f"result = {expression}\nprint(result)", (logs,)), _worded(asked, "code", value)


def _drawing(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    if not picture.KIND.fits(asked.prompt.text):
        return None
    link = draw(asked.prompt.text)
    return Used("drawing_tool", prompt.bare(asked.prompt.text), ({"image": link},)), _worded(asked, "drawn")


def _passages(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    if not _DOCUMENTS.search(asked.prompt.text):
        return None
    slices = library.retrieve(asked.prompt.text, library.HANDBOOK, 3)
    found = tuple({"text": each.text, "document": each.document} for each in slices)
    return Used("retrieval", "", found), _worded(asked, "found", len(found))


def _weather(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    if not _WEATHER.search(asked.prompt.text):
        return None
    use = Used("function", '{"city": "Kiel"}', ({"content": "12 °C, showers"},), "get_weather")
    return use, _worded(asked, "sky")


def _pages(asked: Asked, said: tuple[str, ...], draw: Draw) -> Found:
    if not search.is_wanted(asked.prompt.text):
        return None
    query = search.words_of(prompt.bare(asked.prompt.text))
    pages = web.find(web.Wish(query, 3))
    found = tuple({"title": p.title, "link": p.link, "content": p.content, "error_msg": ""} for p in pages)
    return Used("web_browser", query, found), _worded(asked, "pages", len(pages), query)


_FINDERS = (_memory, _broken_page, _code, _drawing, _passages, _weather, _pages)


def _worded(asked: Asked, name: str, *values: object) -> str:
    return _ANSWERS[name][asked.prompt.is_chinese].format(*values)


def _value(expression: str) -> object:
    try:
        return calculation.evaluate(expression)
    except (calculation.NotArithmetic, ZeroDivisionError) as error:
        return type(error).__name__


_ANSWERS = {
    "memory": ("Before this you asked: {}\n", "你之前问了：{}\n"),
    "broken": ("The page did not open, so I have nothing to go by.\n", "网页打不开，所以没有依据可用。\n"),
    "code": ("I ran a line of code for that. The result is **{}**.\n", "我运行了一段代码。结果是 **{}**。\n"),
    "drawn": ("Here is what I drew.\n", "这是我画的。\n"),
    "found": ("The documents have {} passages on that.\n", "文档里有 {} 段相关内容。\n"),
    "sky": ("In Kiel it is 12 °C, with showers (simulated).\n", "基尔 12 °C，有阵雨（模拟）。\n"),
    "pages": ("I found {} pages on “{}” (simulated).\n", "找到 {} 个关于“{}”的网页（模拟）。\n"),
}
