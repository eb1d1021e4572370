"""Which of the functions that it is offered the model would call for a prompt."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .answers import calculation, search
from .asked import Asked
from .wire import BEIJING

MOST_CALLS = 4
_WEATHER = re.compile(r"\bweather\b|\bforecast\b|\bwill it (rain|snow)\b|天气|气温|下雨吗|下雪吗", re.IGNORECASE)
_TRAIN = re.compile(r"\btrains?\b|\brailway\b|\btimetable\b|火车|高铁|动车|列车|车次|车票", re.IGNORECASE)
_TIME = re.compile(r"(?i)\bwhat (time|day)\b|\btoday's date\b|几点|现在.{0,3}时间|今天.{0,2}(几号|星期|日期)")
_UNITS = re.compile(
    r"(?i)(-?[\d.]+)\s*([^\s\d]{1,20}?)\s*(?:\bin\b|\bto\b|\binto\b|是多少|等于多少|换成|换算成)\s*([^\s\d?？。.]{1,20})"
)
_PLACES = re.compile(r"\b(?:in|for|at|and)\s+([A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)")
_CHINESE_PLACES = re.compile(
    r"([\u4e00-\u9fff]{2,4}?)(?:市)?(?=和|与|跟|、|今天|明天|后天|现在|这周|周末|的|天气|气温)"
)
_NOT_PLACES = ("今天", "明天", "后天", "现在", "请问", "查询", "看看", "告诉我", "天气", "气温", "怎么样")
_NAMED = r"([A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)"
_JOURNEY = re.compile(rf"from\s+{_NAMED}\s+to\s+{_NAMED}")
_CITY = r"([\u4e00-\u9fff]{2,3}?)"
_CHINESE_JOURNEY = re.compile(rf"从?{_CITY}[到去至]{_CITY}(?=[的坐乘火高动列有]|[^\u4e00-\u9fff]|$)")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9./_~%?=&#-]+")
_DOCUMENTS = re.compile(r"(?i)\b(?:handbook|manual|our (?:rules|documents|knowledge))\b|手册|规章|制度|知识库")
_LATER = (("后天", 2), ("day after tomorrow", 2), ("明天", 1), ("tomorrow", 1))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that the model makes; `arguments` as JSON text."""

    name: str
    arguments: str

    @classmethod
    def of(cls, name: str, **arguments: Any) -> Wanted:
        return cls(name, json.dumps(arguments, ensure_ascii=False))


def wanted(asked: Asked) -> tuple[Wanted, ...]:
    """What the model calls for a prompt, of the functions that it is offered; nothing once it was told."""
    if asked.results:
        return ()
    for function in asked.functions:
        if (find := _FINDERS.get(function.name)) and (found := find(asked.prompt.text[:2000])):
            return tuple(found[:MOST_CALLS])
    return ()


def made_up(asked: Asked) -> Wanted:
    """A call that fits the first function, whatever was asked: for scenarios that are about calling."""
    if usual := wanted(asked):
        return usual[0]
    function = asked.functions[0]
    properties = function.parameters.get("properties", {})
    needed = function.parameters.get("required", [])
    return Wanted.of(function.name, **{name: _value(properties.get(name, {}), asked.prompt.text) for name in needed})


def _value(schema: Mapping[str, Any], text: str) -> Any:
    choices = schema.get("enum")
    usual = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
    return choices[0] if choices else usual.get(str(schema.get("type")), text[:80] or "text")


def _weather(text: str) -> list[Wanted]:
    if not _WEATHER.search(text):
        return []
    found = (
        _PLACES.findall(text) or _chinese_places(text) or ["北京" if re.search(r"[\u4e00-\u9fff]", text) else "Berlin"]
    )
    return [Wanted.of("get_weather", city=place) for place in dict.fromkeys(found)]


def _chinese_places(text: str) -> list[str]:
    plain = re.sub("|".join(_NOT_PLACES), "天气", text)
    found = [each.lstrip("和与跟") for each in _CHINESE_PLACES.findall(plain)]
    return [each for each in found if len(each) > 1 and each not in _NOT_PLACES]


def _train(text: str) -> list[Wanted]:
    if not _TRAIN.search(text):
        return []
    found = _JOURNEY.search(text) or _CHINESE_JOURNEY.search(text)
    usual = ("北京", "上海") if re.search(r"[\u4e00-\u9fff]", text) else ("Hamburg", "Munich")
    departure, destination = found.groups() if found else usual
    later = next((days for words, days in _LATER if words in text.lower()), 0)
    day = datetime.now(BEIJING).date() + timedelta(days=later)
    facts = {"departure": departure, "destination": destination, "date": day.isoformat()}
    return [Wanted.of("query_train_info", **facts)]


def _time(text: str) -> list[Wanted]:
    return [Wanted.of("current_time")] if _TIME.search(text) else []


def _units(text: str) -> list[Wanted]:
    found = _UNITS.search(text)
    try:
        return (
            [Wanted.of("convert_units", **{"value": float(found[1]), "from": found[2], "to": found[3]})]
            if found
            else []
        )
    except ValueError:
        return []


def _sum(text: str) -> list[Wanted]:
    found = calculation.find_expression(text)
    return [Wanted.of("calculator", expression=found)] if found else []


def _page(text: str) -> list[Wanted]:
    return [Wanted.of("read_page", url=url) for url in dict.fromkeys(_ADDRESS.findall(text))]


def _search(text: str) -> list[Wanted]:
    return [Wanted.of("web_search", query=search.words_of(text)[:70])] if search.is_wanted(text) else []


def _look_up(text: str) -> list[Wanted]:
    return [Wanted.of("look_up", question=text[:1000])] if _DOCUMENTS.search(text) else []


_FINDERS: dict[str, Callable[[str], list[Wanted]]] = {
    "calculator": _sum,
    "get_weather": _weather,
    "query_train_info": _train,
    "current_time": _time,
    "convert_units": _units,
    "look_up": _look_up,
    "read_page": _page,
    "web_search": _search,
}
