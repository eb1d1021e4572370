"""What is said to a model that is to find a title, and what of its answer is one; pure."""

import re
import unicodedata

from conversations.markdown import language_of

LONGEST = 60
SAMPLE = 1000  # characters of each side: enough to know what it is about
REQUESTS = {
    "zh": "给下面这段对话起一个标题，不超过 16 个字。只写标题，不加引号和句号，不要解释。\n\n"
    "问：{question}\n\n答：{answer}",
    "": "Give the following conversation a title of at most six words, in the language of the question. "
    "Write only the title: no quotation marks, no full stop, no explanation.\n\n"
    "Question: {question}\n\nAnswer: {answer}",
}

_PREFIX = re.compile(r"^\W*(?:title|标题)\s*[:：]\s*", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*\*|`")
_AROUND = " \t\"'`*_#“”‘’「」『』《》"
_ENDS = ".。…"
_ALLOWED = frozenset({"\t", "\u200d"})  # the latter joins several signs into one emoji


def request(question: str, answer: str) -> str:
    """The prompt, in the language of the question where we speak it."""
    words = REQUESTS.get(language_of(question), REQUESTS[""])
    return words.format(question=question[:SAMPLE], answer=answer[:SAMPLE])


def cleaned(text: str) -> str:
    """A title as it may stand in a list: one line without marks around it; "" for what is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    line = _EMPHASIS.sub("", _printable(lines[0]))
    line = _PREFIX.sub("", line.strip()).strip(_AROUND)
    title = " ".join(line.rstrip(_ENDS).strip(_AROUND).split())
    return title if len(title) <= LONGEST else ""


def _printable(text: str) -> str:
    """Without control characters and marks that turn the direction of writing."""
    return "".join(c for c in text if c in _ALLOWED or not unicodedata.category(c).startswith("C"))
