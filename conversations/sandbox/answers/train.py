"""Says what a timetable tool would be asked."""

import json
import re

from conversations.sandbox.asked import Asked

from .kind import Kind, mentions

_NAME = r"([A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)"
_JOURNEY = rf"from\s+{_NAME}\s+to\s+{_NAME}"
_CITY = r"([\u4e00-\u9fff]{2,3}?)"
_CHINESE_JOURNEY = rf"从?{_CITY}[到去至]{_CITY}(?=[的坐乘火高动列]|[^\u4e00-\u9fff]|$)"


def _journey(asked: Asked) -> tuple[str, str]:
    pattern = _CHINESE_JOURNEY if asked.prompt.is_chinese else _JOURNEY
    found = re.search(pattern, asked.prompt.text[:2000])
    if found:
        return found[1], found[2]
    return ("北京", "上海") if asked.prompt.is_chinese else ("Hamburg", "Munich")


def _write(asked: Asked) -> str:
    start, end = _journey(asked)
    call = f"```json\n{json.dumps({'from': start, 'to': end, 'date': 'today'}, ensure_ascii=False)}\n```"
    if asked.prompt.is_chinese:
        return (
            f"**{start} → {end}**：沙盒查不到真实的时刻表，随口说一个车次只会让你误车。\n\n"
            f"如果这里配置了车票工具，我会这样调用 `find_trains`：\n\n{call}\n\n"
            "拿到结果后，我会列出最早、最快和最便宜的三趟，写清发车时间、用时和票价。\n"
        )
    return (
        f"**{start} → {end}**: the sandbox has no timetable, and a train that I made up would leave without "
        f"you.\n\nWith a timetable tool I would call `find_trains` with\n\n{call}\n\n"
        "and list three of its results: the next, the fastest and the cheapest, each with departure, "
        "duration and fare.\n"
    )


KIND = Kind(
    "train",
    mentions(r"\btrains?\b|\brailway\b|\btimetable\b|火车|高铁|动车|列车|车次|车票"),
    _write,
    "The user wants a train. There is no timetable here, and inventing departures would do harm. "
    "Better to show the call that a timetable tool would get.",
    "用户要查火车。这里没有时刻表，编造车次会误事。更好的做法是展示车票工具会收到什么调用。",
)
