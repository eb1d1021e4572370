"""A table with text, numbers and both alignments."""

from .kind import Kind, in_language, mentions

_ENGLISH = """\
Here are the four inner planets side by side:

| Planet | Diameter (km) | Day (Earth days) | Year (Earth days) | Moons |
| :--- | ---: | ---: | ---: | :---: |
| Mercury | 4,879 | 58.6 | 88 | 0 |
| Venus | 12,104 | 243 | 225 | 0 |
| **Earth** | 12,756 | 1 | 365 | 1 |
| Mars | 6,792 | 1.03 | 687 | 2 |

A curious one is *Venus*: it turns so slowly that one turn takes longer than its year.
"""

_CHINESE = """\
四颗内行星放在一起看：

| 行星 | 直径（千米） | 自转（地球日） | 公转（地球日） | 卫星 |
| :--- | ---: | ---: | ---: | :---: |
| 水星 | 4,879 | 58.6 | 88 | 0 |
| 金星 | 12,104 | 243 | 225 | 0 |
| **地球** | 12,756 | 1 | 365 | 1 |
| 火星 | 6,792 | 1.03 | 687 | 2 |

有意思的是*金星*：它自转一周的时间，比绕太阳一圈还要长。
"""

KIND = Kind(
    "table",
    mentions(r"\btables?\b|\bcompare\b|表格|列表对比|做.{0,8}表|对比"),
    in_language(_ENGLISH, _CHINESE),
    "The user wants a table. The inner planets make a good one: few rows, real numbers, and a surprise "
    "in the column of days. Numbers should be aligned to the right.",
    "用户要一张表格。内行星很合适：行数不多，数字真实，自转那一列还有个意外。数字要右对齐。",
)
