"""A summary made of the given text's own sentences."""

import re

from conversations.sandbox.asked import Asked

from .kind import Kind

_REQUEST = r"(?i)summar|tl;?dr|shorten|总结|概括|摘要|归纳"
_SENTENCE = r"[^.!?。！？\n]+[.!?。！？]*"
_WORD = r"[a-z]{4,}|[\u4e00-\u9fff]{2}"
_SENTENCE_COUNT = 3


def _material(text: str) -> str:
    """What is to be summarised: all after the first colon or line end that follows the request."""
    found = re.search(_REQUEST, text)
    rest = text[found.end() :] if found else text
    split = re.split(r"[:：\n]", rest, maxsplit=1)
    return split[1].strip() if len(split) == 2 else ""


def _sentences(text: str) -> list[str]:
    return [found.strip() for found in re.findall(_SENTENCE, text) if len(found.strip()) > 3]


def _most_telling(sentences: list[str]) -> list[str]:
    """The sentences whose words occur most often in the whole, in their own order."""
    words = [re.findall(_WORD, sentence.lower()) for sentence in sentences]
    counts: dict[str, int] = {}
    for word in (word for found in words for word in set(found)):
        counts[word] = counts.get(word, 0) + 1
    weights = [sum(counts[word] for word in set(found)) / (len(found) + 3) for found in words]
    best = sorted(range(len(sentences)), key=lambda at: -weights[at])[:_SENTENCE_COUNT]
    return [sentences[at] for at in sorted(best)]


def _write(asked: Asked) -> str:
    sentences = _sentences(_material(asked.prompt.text)[:100_000])
    points = "\n".join(f"- {sentence}" for sentence in _most_telling(sentences))
    if asked.prompt.is_chinese:
        if not points:
            return "请把要总结的文字放在冒号后面或另起一行，我会从中挑出最要紧的几句。\n"
        return f"**要点**（从 {len(sentences)} 句里选出，原文照录）：\n\n{points}\n"
    if not points:
        return "Put the text after a colon or on a new line, and I will pick the sentences that say most.\n"
    plural = "sentence" if len(sentences) == 1 else "sentences"
    return f"**In short** (chosen from {len(sentences)} {plural}, in their own words):\n\n{points}\n"


KIND = Kind(
    "summary",
    lambda text: bool(re.search(_REQUEST, text[:200])),
    _write,
    "A summary. I will look for the sentences whose words come up most often and keep those, "
    "in the order in which they stand.",
    "要做摘要。找出用词最常出现的句子，按原来的顺序保留下来。",
)
