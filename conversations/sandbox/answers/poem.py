"""A short poem."""

from .kind import Kind, in_language, mentions

_ENGLISH = """\
**After Rain**

The street has learned the sky by heart:\\
each puddle holds a piece of it,\\
a roof, a wire, a sparrow’s start,\\
one window that is newly lit.

A child walks through it, shoe by shoe,\\
and breaks the tower, bends the light.\\
The water shakes, forgets the blue,\\
then slowly sets the whole world right.
"""

_CHINESE = """\
**雨后**

街道把天空背了下来，\\
每一洼水里都存着一片：\\
一角屋檐，一根电线，\\
一扇刚刚亮起的窗。

孩子走过，一步一步，\\
踩碎了塔，弄弯了光。\\
水晃了晃，忘了蓝色，\\
又慢慢地，把世界放回原样。
"""

KIND = Kind(
    "poem",
    mentions(r"\bpoems?\b|\bpoetry\b|\bverses?\b|\bhaiku\b|\bsonnet\b|诗|俳句|歌词"),
    in_language(_ENGLISH, _CHINESE),
    "A poem, then. Two short stanzas are enough: one picture, looked at closely. Puddles after rain, "
    "and somebody who steps into them. Keep the words plain.",
    "写一首诗。两节就够了，抓住一个画面细细地看：雨后的水洼，还有踩进去的人。用词要朴素。",
)
