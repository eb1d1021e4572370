"""Says what a weather tool would be asked, since nobody looks out of the window here."""

import json
import re

from conversations.sandbox.asked import Asked

from .kind import Kind, mentions

_PLACE = r"\b(?:in|for|at)\s+([A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)*)"
_CHINESE_PLACE = r"([\u4e00-\u9fff]{2,4}?)(?:市)?(?:今天|明天|后天|现在|这周|周末|的)?(?:的)?(?:天气|气温)"
_NOT_A_PLACE = ("今天", "明天", "后天", "现在", "请问", "查询", "看看", "告诉我")


def _place(asked: Asked) -> str:
    text = asked.prompt.text[:2000]
    if not asked.prompt.is_chinese:
        found = re.search(_PLACE, text)
        return found[1] if found else "Berlin"
    found = re.search(_CHINESE_PLACE, text)
    name = re.sub("|".join(_NOT_A_PLACE), "", found[1]) if found else ""
    return name or "北京"


def _write(asked: Asked) -> str:
    place = _place(asked)
    call = f"```json\n{json.dumps({'city': place, 'days': 1}, ensure_ascii=False)}\n```"
    if asked.prompt.is_chinese:
        return (
            f"我看不到**{place}**的天空：沙盒没有接入天气服务，也不会编造数据。\n\n"
            f"如果这里配置了天气工具，我会用下面的参数调用 `get_weather`：\n\n{call}\n\n"
            "然后根据返回的气温、降水和风力，用一两句话告诉你要不要带伞。\n"
        )
    return (
        f"I cannot see the sky over **{place}**: the sandbox has no weather service, and I would rather not "
        f"invent one.\n\nWith a weather tool I would call `get_weather` with\n\n{call}\n\n"
        "and then tell you in a sentence or two, from the temperature, rain and wind in its result, whether "
        "to take an umbrella.\n"
    )


KIND = Kind(
    "weather",
    mentions(r"\bweather\b|\bforecast\b|\bwill it (rain|snow)\b|天气|气温|下雨吗|下雪吗"),
    _write,
    "The user asks about the weather. I have no live data here and must not make any up. "
    "What I can do: show which tool I would call, and with which arguments.",
    "用户问天气。我这里没有实时数据，也不能编造。可以说明会调用什么工具、用什么参数。",
)
