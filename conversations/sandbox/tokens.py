"""A simple stand-in for GLM's tokenizer: good enough to count, cut and stream by."""

import random
import re
import zlib

from .asked import Said

_TOKEN = re.compile(r"\n+| ?[A-Za-z]{1,6}| ?\d{1,3}| +|.", re.DOTALL)
_MESSAGE_TOKENS = 4
IMAGE = 1000


def split(text: str) -> list[str]:
    """Tokens that join to exactly the text: a Chinese character, up to six letters, three digits."""
    return _TOKEN.findall(text)


def count(text: str) -> int:
    return len(split(text))


def count_prompt(messages: tuple[Said, ...]) -> int:
    """Tokens of a whole conversation, with a few for each message's frame and many for an image."""
    return sum(_MESSAGE_TOKENS + count(item.text) + IMAGE * len(item.images) for item in messages)


def pieces(text: str) -> tuple[str, ...]:
    """Deltas of one to four tokens; the same text is always cut in the same places."""
    tokens = split(text)
    sizes = random.Random(zlib.crc32(text.encode("utf-8", "replace")))
    found: list[str] = []
    at = 0
    while at < len(tokens):
        size = sizes.randint(1, 4)
        found.append("".join(tokens[at : at + size]))
        at += size
    return tuple(found)
