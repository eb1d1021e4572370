"""A small program in the language that was asked for, Python when none was."""

import re

from conversations.sandbox.asked import Asked

from .kind import Kind, mentions
from .snippets import PYTHON, SNIPPETS, Snippet

_ASKED = r"\bcode\b|\bfunctions?\b|\bprogram\b|\bscript\b|\bclass\b|\bsnippet\b|代码|函数|程序|脚本|编程"
_IN_LANGUAGE = r"(write|in|using|用|写).{0,20}(" + "|".join(item.pattern for item in (PYTHON, *SNIPPETS)) + ")"


def _snippet(text: str) -> Snippet:
    return next((item for item in SNIPPETS if re.search(item.pattern, text, re.IGNORECASE)), PYTHON)


def _write(asked: Asked) -> str:
    # A character of Chinese counts as part of a word, so "用Go写" has no word boundary without this.
    found = _snippet(re.sub(r"([\u4e00-\u9fff])", r" \1 ", asked.prompt.text))
    block = f"```{found.fence}\n{found.source}```"
    if asked.prompt.is_chinese:
        return (
            f"下面用 **{found.label}** 统计一段文字里出现最多的词：\n\n{block}\n\n"
            "思路分三步：先把文字切成小写的词，再逐个计数，最后按次数从多到少排序。"
            "耗时主要在排序，约为 $O(n \\log n)$，其中 $n$ 是不同词的个数。\n"
        )
    return (
        f"Here is a small **{found.label}** program that counts the most frequent words of a text:\n\n"
        f"{block}\n\nIt works in three steps: split the text into lower-case words, count each of them, "
        "and sort by count. Sorting dominates, at about $O(n \\log n)$ for $n$ different words.\n"
    )


KIND = Kind(
    "code",
    mentions(f"{_ASKED}|{_IN_LANGUAGE}"),
    _write,
    "The user wants code. Counting the most frequent words shows a language well: splitting, a map, sorting. "
    "Keep it short enough to read at once, and say how it works afterwards.",
    "用户要代码。统计高频词很能体现一门语言：切分、映射、排序。写得短一些，一眼能看完，然后再说明思路。",
)
