"""Translates what stands in a small phrase book, and says so when a phrase does not."""

import re

from conversations.sandbox.asked import Asked
from conversations.sandbox.prompt import is_chinese

from .kind import Kind, mentions

_PHRASES = (
    ("hello", "你好"),
    ("good morning", "早上好"),
    ("good night", "晚安"),
    ("goodbye", "再见"),
    ("thank you", "谢谢"),
    ("thank you very much", "非常感谢"),
    ("you are welcome", "不客气"),
    ("i am sorry", "对不起"),
    ("how are you", "你好吗"),
    ("nice to meet you", "很高兴认识你"),
    ("how much is this", "这个多少钱"),
    ("where is the station", "车站在哪里"),
    ("i do not understand", "我不明白"),
    ("i love you", "我爱你"),
    ("happy birthday", "生日快乐"),
    ("happy new year", "新年快乐"),
    ("see you tomorrow", "明天见"),
    ("the weather is nice today", "今天天气很好"),
)
_TO_CHINESE = dict(_PHRASES)
_TO_ENGLISH = {chinese: english for english, chinese in _PHRASES}

_QUOTED = r"[\"“‘「『']([^\"”’」』]+)[\"”’」』']"
_REQUEST = (
    r"(?i)\b(please\s+)?translate(\s+this)?\b|\b(in)?to\s+(chinese|english|mandarin)\b"
    r"|请?把|请?将|翻译(成|为|一下)?|(译|翻)(成|为)|成?(中文|英文|英语|汉语)|用英语怎么说|怎么说"
)


def _phrase(text: str) -> str:
    """The words to translate: those in quotation marks, else those that are not the request."""
    quoted = re.search(_QUOTED, text)
    words = quoted[1] if quoted else re.sub(_REQUEST, " ", text)
    return " ".join(words.split()).strip(" .,:;?!。，：；？！")


def _translate(phrase: str) -> str | None:
    if is_chinese(phrase):
        found = _TO_ENGLISH.get(phrase)
        return found[0].upper() + found[1:] if found else None
    return _TO_CHINESE.get(phrase.lower())


def _write(asked: Asked) -> str:
    phrase = _phrase(asked.prompt.text[:2000])[:200]
    found = _translate(phrase)
    if found:
        return f"**{found}**\n\n> {phrase}\n"
    if asked.prompt.is_chinese:
        return (
            f"“{phrase}”不在沙盒的小词典里，真正的模型才能翻译。\n\n"
            "我会的有：“早上好”“谢谢”“车站在哪里”“很高兴认识你”等十几句，两个方向都可以。\n"
        )
    return (
        f"“{phrase}” is not in the sandbox’s small phrase book; a real model would translate it.\n\n"
        "What I do know, both ways, are a dozen phrases such as *good morning*, *thank you*, "
        "*where is the station* and *nice to meet you*.\n"
    )


KIND = Kind(
    "translation",
    mentions(r"\btranslat(e|ion)\b|翻译|译成|译为|翻成|(用|的)(英语|英文|中文)怎么说"),
    _write,
    "A translation between Chinese and English. First find the phrase itself, then its counterpart; "
    "if I do not know it, better to say so than to guess.",
    "中英互译。先找出要翻译的短语，再给出对应的说法；不认识的就直说，不要乱猜。",
)
