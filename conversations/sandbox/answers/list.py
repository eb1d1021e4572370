"""A list with numbers, points inside them and boxes to tick."""

from .kind import Kind, in_language, mentions

_ENGLISH = """\
A weekend in the mountains, in the order in which things are forgotten:

1. **Weather**
   - a rain jacket, even when the sky is clear
   - one warm layer more than you think
2. **Feet**
   - boots that have been walked in before
   - two pairs of socks
3. **Light and power**
   - a head torch, with a spare battery
   - a map on *paper*: it never runs out
4. **Food**
   - 2 litres of water each
   - something sweet for the last hour

Before you leave:

- [x] Tell somebody where you are going
- [ ] Charge the phone
- [ ] Look up the last bus back
"""

_CHINESE = """\
周末进山要带的东西，按最容易忘记的顺序排列：

1. **天气**
   - 雨衣，晴天也要带
   - 比你以为的再多一件保暖衣
2. **脚下**
   - 穿过一阵子的登山鞋
   - 两双袜子
3. **照明和电**
   - 头灯和备用电池
   - *纸质*地图：它不会没电
4. **吃喝**
   - 每人 2 升水
   - 留给最后一小时的甜食

出发之前：

- [x] 告诉别人你要去哪里
- [ ] 给手机充好电
- [ ] 查好回程的末班车
"""

KIND = Kind(
    "list",
    mentions(r"\blists?\b|\bchecklist\b|\bsteps\b|\bideas\b|清单|列出|列一|待办|步骤|几条|几个建议"),
    in_language(_ENGLISH, _CHINESE),
    "A list is wanted. I will take a packing list: numbered points, details beneath each of them, "
    "and a few boxes to tick at the end.",
    "用户要一份清单。就写出行清单吧：编号的条目，每条下面有细节，最后再加几个可以打勾的方框。",
)
