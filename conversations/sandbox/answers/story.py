"""A short story."""

from .kind import Kind, in_language, mentions

_ENGLISH = """\
## The Lighthouse Clock

The clock in the lighthouse had been eleven minutes slow for as long as anyone could remember. Ships set \
their watches by it, the baker opened by it, and the school bell rang when it said eight.

When Mara became keeper she found a note behind the dial. “*Leave it*,” it said, in her grandmother’s hand. \
Nothing else.

She left it, for one winter. Then, on a clear night in March, she set it right.

The next morning the baker’s bread was hot too early. The ferry left without the schoolteacher. By noon the \
whole town stood on the quay, looking up, and nobody could say what was wrong, only that the day had come \
before they were ready for it.

That evening an old fisherman climbed the two hundred steps. “Your grandmother,” he said, when he had his \
breath back, “turned it back the night of the great storm, so that we would all wait for the last boat. \
Eleven minutes, it took. *We never had the heart to hurry again.*”

Mara looked at the dark water for a while. Then she opened the glass, and moved the hand back.

> Some clocks do not tell the time. They keep it.
"""

_CHINESE = """\
## 灯塔里的钟

灯塔里的那座钟慢了十一分钟，从大家记事起就是这样。船按它对表，面包房按它开门，学校的铃在它指向八点时响起。

小满接任守塔人那天，在表盘后面发现一张字条，是外婆的笔迹，只有两个字：“*别动。*”

她忍了一个冬天。三月里一个晴朗的夜晚，她把钟拨准了。

第二天，面包出炉得太早，渡船没有等到老师就开走了。到了中午，全镇的人都站在码头上抬头望着灯塔，谁也说不出哪里不对，只觉得这一天来得太快，自己还没有准备好。

傍晚，一位老渔夫爬上了两百级台阶。“大风暴那一夜，”他喘匀了气才说，“是你外婆把钟往回拨，好让所有人等一等最后那条船。它晚了十一分钟。*从那以后，我们谁也不忍心再催了。*”

小满对着漆黑的海面看了很久，然后打开玻璃罩，把指针轻轻拨了回去。

> 有些钟并不报时，它们只是替人把时间留住。
"""

KIND = Kind(
    "story",
    mentions(r"\bstor(y|ies)\b|fairy ?tale|\btale\b|故事|童话"),
    in_language(_ENGLISH, _CHINESE),
    "The user would like a story. It should be short, with one clear image and an ending that turns "
    "something around. A lighthouse and a clock that is always late: why would people leave it wrong?",
    "用户想听一个故事。篇幅要短，有一个清楚的意象，结尾要有转折。灯塔，一座总是慢的钟：人们为什么不去拨准它？",
)
