"""The answer out of what functions gave."""

import json
from collections.abc import Iterable
from typing import Any

from conversations.sandbox.asked import Asked
from conversations.sandbox.functions import Told

from .kind import Answer

_SHOWN = 600
_THOUGHT = (
    "The functions have answered. I tell what they gave and add nothing of my own.",
    "工具已经返回结果。我只转述结果，不添加别的内容。",
)


def answer(asked: Asked) -> Answer:
    is_chinese = asked.prompt.is_chinese
    said = "\n\n".join(_said(told, is_chinese=is_chinese) for told in asked.results)
    end = (
        "（这是模拟回复，根据工具的结果写成。）"
        if is_chinese
        else "(A simulated reply, made from what the tools gave.)"
    )
    return Answer(f"{said}\n\n{end}\n", _THOUGHT[is_chinese])


def _said(told: Told, *, is_chinese: bool) -> str:
    found = _object(told.text)
    if isinstance(found.get("forecast"), list):
        return "\n".join(
            _day(str(found.get("city", "")), day, is_chinese=is_chinese) for day in _dicts(found["forecast"])
        )
    if isinstance(found.get("trains"), list):
        return _trains(found, is_chinese=is_chinese)
    text = " ".join(told.text.split()).replace("`", "'")
    shown = f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text
    return f"`{told.name}` 返回：`{shown}`" if is_chinese else f"`{told.name}` says: `{shown}`"


def _day(city: str, day: dict[str, Any], *, is_chinese: bool) -> str:
    sky, low, high, rain = (day.get(name, "?") for name in ("sky", "low", "high", "rain_percent"))
    if is_chinese:
        return f"**{city}** {day.get('date', '')}：{sky}，{low}～{high} °C，降水概率 {rain}%。"
    return f"**{city}**, {day.get('date', '')}: {sky}, {low} to {high} °C, {rain}% chance of rain."


def _trains(found: dict[str, Any], *, is_chinese: bool) -> str:
    head = "| 车次 | 发车 | 到达 | 二等座 |" if is_chinese else "| Train | Departs | Arrives | Second class |"
    rows = [
        f"| {each.get('train')} | {each.get('departs')} | {each.get('arrives')} | ¥{each.get('second_class_cny')} |"
        for each in _dicts(found["trains"])
    ]
    way = f"**{found.get('departure')} → {found.get('destination')}**, {found.get('date')}"
    return "\n".join([way, "", head, "| --- | --- | --- | ---: |", *rows])


def _dicts(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [each for each in values if isinstance(each, dict)]


def _object(text: str) -> dict[str, Any]:
    """The JSON object that a result is, as the tools over HTTP give it; {} for any other."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
