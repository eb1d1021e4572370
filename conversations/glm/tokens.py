"""How many tokens a text has, about. GLM's vocabularies are not public, so characters are counted by their script.

One Chinese word, one English word, one number or one mark is a token or a little more
(https://docs.bigmodel.cn/cn/guide/start/concept-param): that is about 0.65 tokens a Chinese character and one for
three and a half Latin ones. A model's own `usage` tells how far that is off.
"""

import math
import re

DENSE, LATIN, OTHER = 0.65, 0.28, 0.5  # tokens a character
FRAME = 4
"""What every message of a prompt has beside its text."""
IMAGE = 1000
"""About what a picture of a usual size takes (observed)."""

# Scripts without spaces, and what is written between their characters.
_DENSE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]+")
_OTHER = re.compile("[^\x00-\u024f]+")  # neither Latin letters nor their marks


def estimated(text: str) -> int:
    """The tokens of a text, never 0 for one that has characters."""
    if text.isascii():
        return math.ceil(LATIN * len(text))
    rest = _DENSE.sub("", text)
    other = sum(map(len, _OTHER.findall(rest)))
    return math.ceil(DENSE * (len(text) - len(rest)) + OTHER * other + LATIN * (len(rest) - other))
