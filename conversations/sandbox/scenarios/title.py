"""A title for a conversation, made of the words that its question is about."""

import re
from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.prompt import is_chinese
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

_REQUEST = r"(?i)\s*(give|write|find)\b.{0,60}\bconversation\b.{0,20}\btitle\b|\s*给.{0,20}对话.{0,10}标题"
_QUESTION = r"(?is)(?:^|\n)\s*(?:question|问题|问)\s*[:：]\s*(.+?)(?:\n\s*(?:answer|回答|答)\s*[:：]|\Z)"
_SENTENCE_END = r"[.!?。！？\n]"
_ASKING = (
    r"(?i)^(please |can you |could you |would you |i want you to |tell me |write( me)? |show me |give me |explain |"
    r"describe |derive |translate |compare |make )+((a|an|the|about) )*"
)
_ASKING_CHINESE = r"^(请|帮我|给我|麻烦|写|讲|说|解释|介绍|推导|比较|翻译|一[下个篇首段]|个(?![人体性别]))+"
# What a title does not end with where it is cut.
_HANGING = r"(?i)([,;:]|\s+(a|an|the|of|in|on|at|to|for|from|with|by|and|or|is|are|that|which))+$"
_MOST_WORDS, _MOST_CHARACTERS = 8, 16


def is_wanted(text: str) -> bool:
    """Whether a prompt asks for the title of a conversation that it quotes."""
    return bool(re.match(_REQUEST, text))


def _title(text: str) -> str:
    found = re.search(_QUESTION, text[:4000])
    asked = re.split(_SENTENCE_END, (found[1] if found else text).strip(), maxsplit=1)[0].strip()
    return _chinese(asked) if is_chinese(asked) else _english(asked)


def _english(asked: str) -> str:
    words = (re.sub(_ASKING, "", asked) or asked).split()
    title = " ".join(words[:_MOST_WORDS]).rstrip(",;:")
    title = re.sub(_HANGING, "", title) if len(words) > _MOST_WORDS else title
    return title[:1].upper() + title[1:]


def _chinese(asked: str) -> str:
    title = re.sub(_ASKING_CHINESE, "", asked) or asked
    return re.split("[，；：]", title, maxsplit=1)[0][:_MOST_CHARACTERS]


def _steps(asked: Asked) -> Iterator[Step]:
    reply = Reply(_title(asked.prompt.text) or "…")
    yield from usual(asked, reply.limited(asked.max_tokens, asked.stop))


SCENARIO = Scenario(
    "title", "A short title made of the question's own words, as asked for after a first reply.", _steps
)
