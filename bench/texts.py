"""The replies of the load, cut into deltas the size of GLM's tokens.

What counts as text are wide characters (ideographs and their punctuation): markup, code and the words of the
page around a reply are ASCII, so that every client counts the same thing without reading Markdown or HTML.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate

NARROW_BYTES = bytes(range(0xE0))
"""All bytes of UTF-8 but the first one of a wide character."""

PARAGRAPH = (
    "清晨的河面上浮着一层薄雾,渡船慢慢靠岸,船夫把绳子系在石桩上,然后坐下来喝一碗热茶。"
    "远处的山还没有完全醒来,只有几声鸟叫从竹林里传出来,落在湿润的石板路上。"
    "孩子们背着书包走过小桥,他们说着昨天晚上听来的故事,笑声一直传到街角的面馆。"
)

MARKDOWN = """## 怎样读一份天气报告

天气报告里最重要的是**温度**、*湿度*和风速,下面按顺序说明每一项的意思,以及出门之前应该注意什么。

1. 先看最高温度和最低温度,两者相差很大的时候要多带一件衣服。
2. 再看降水的可能,超过一半就应该带伞。
3. 最后看风速,骑车的人要特别小心。

- 春天风大,早晚温差也大
- 夏天多雷雨,午后尤其如此
- 秋天干燥,适合远足

| 城市 | 温度 | 湿度 |
| --- | ---: | ---: |
| 北京 | 12 度 | 百分之三十 |
| 上海 | 18 度 | 百分之六十五 |
| 广州 | 26 度 | 百分之八十 |

下面的函数把摄氏温度换成华氏温度:

```python
def fahrenheit(celsius: float) -> float:
    \"\"\"把摄氏温度换成华氏温度。\"\"\"
    # 先乘以九再除以五
    return celsius * 9 / 5 + 32

for each in (0, 12.5, 30):
    print("换算的结果是", fahrenheit(each))
```

> 报告只是预测,实际的天气可能不同,重要的活动请在出发之前再查一次。

"""

TEXTS = {"prose": PARAGRAPH + "\n\n", "markdown": MARKDOWN}


@cache
def deltas(kind: str, count: int) -> tuple[str, ...]:
    """The first `count` deltas of a text that goes on for ever; two characters each, as tokens of Chinese are."""
    text = TEXTS[kind]
    text *= 2 * count // len(text) + 1
    return tuple(text[at : at + 2] for at in range(0, 2 * count, 2))


@cache
def reach(kind: str, count: int) -> tuple[int, ...]:
    """How many wide characters have been sent after each delta."""
    return tuple(accumulate(wide(delta.encode()) for delta in deltas(kind, count)))


def wide(data: bytes) -> int:
    """How many wide characters `data` holds, which may begin or end inside one."""
    return len(data.translate(None, NARROW_BYTES))
