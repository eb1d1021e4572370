"""The language that a text is written in, told by its script, and for Latin letters by its small words.

A page says it of every message in another language: faces, line breaks and the voice of a screen reader follow it.
"""

import re
from collections import Counter
from functools import lru_cache

TELLING = 400
"""So many characters tell enough; the same ones, however long the text becomes."""

# What is not speech: code, formulas, addresses, the names of things behind an @.
_ASIDE = re.compile(r"(```|~~~|\$\$).*?(?:\1|\Z)|`[^`\n]*`|\]\([^)\n]*\)|(?:https?://|www\.|@)[!-~]+", re.DOTALL)

_RUNS = re.compile(
    "(?P<latin>[A-Za-zÀ-ɏ\u1e00-\u1eff]+)"
    "|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    "|(?P<kana>[\u3041-\u3096\u30a1-\u30fa\u30fc]+)"
    "|(?P<hangul>[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+)"
    "|(?P<arabic>[\u0620-\u064a\u0671-\u06d3\u0750-\u077f]+)"
    "|(?P<hebrew>[\u05d0-\u05f2]+)"
    "|(?P<cyrillic>[\u0400-\u052f]+)"
    "|(?P<greek>[\u0370-\u03ff\u1f00-\u1fff]+)"
    "|(?P<thai>[\u0e01-\u0e4e]+)"
    "|(?P<devanagari>[\u0900-\u0963\u0971-\u097f]+)"
)
# A sign that stands for a syllable or a word says as much as several letters.
_WEIGHTS = {"han": 4, "kana": 3, "hangul": 3}
_ONE_LANGUAGE = {"hangul": "ko", "hebrew": "he", "greek": "el", "thai": "th", "devanagari": "hi"}

_SMALL_WORDS = {
    "en": "a an and are as be but by can for from have if in is it my not of on or that the this to we with you your",
    "de": "auch auf aus bin das dem den der des die dir du ein eine es für ich im ist mit nicht sie und von wie wir zu",
    "fr": "à au aux ce dans de des du elle en est et il je la le les mais ne nous ou par pas pour que qui une vous",
    "es": "al como con de del el en es esta la las lo los más no o para pero por que se su un una y",
    "pt": "ao as com como da das de do dos e em é mais não no na o os ou para por que se são um uma você",
    "it": "al che ci come con da dei del della di e è gli ha i il in la le lo ma nel non per più si sono un una",
}
_SPEAKERS = {word: [name for name, words in _SMALL_WORDS.items() if word in words.split()]
             for words in _SMALL_WORDS.values() for word in words.split()}  # fmt: skip
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_PERSIAN = re.compile("[پچژگ]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")


def language_of(text: str) -> str:
    """The language of a text as HTML names it ("zh", "ja", "en" …); empty where nothing tells."""
    return _told(text[:TELLING])


def foreign(language: str, page: str | None) -> str:
    """The language again where a page in the language `page` must name it; else empty."""
    return "" if language == (page or "").partition("-")[0] else language


@lru_cache(maxsize=512)
def _told(beginning: str) -> str:
    sample = _ASIDE.sub(" ", beginning)
    scripts: Counter[str] = Counter()
    words: list[str] = []
    for run in _RUNS.finditer(sample):
        script = run.lastgroup or ""
        scripts[script] += len(run.group()) * _WEIGHTS.get(script, 1)
        if script == "latin":
            words.append(run.group())
    return _language(scripts, sample, words) if scripts else ""


def _language(scripts: Counter[str], sample: str, words: list[str]) -> str:
    kana = scripts["kana"]
    # Japanese is written in both scripts: they count together against others.
    scripts["han"] += scripts.pop("kana", 0)
    most = scripts.most_common(1)[0][0]
    match most:
        case "latin":
            return _of_latin(sample, words)
        case "han":
            return "ja" if kana * 5 >= scripts["han"] else "zh"
        case "arabic":
            return "fa" if _PERSIAN.search(sample) else "ar"
        case "cyrillic":
            return "uk" if _UKRAINIAN.search(sample) else "ru"
        case _:
            return _ONE_LANGUAGE[most]


def _of_latin(sample: str, words: list[str]) -> str:
    """English, unless the small words of another language stand out."""
    if len(_VIETNAMESE.findall(sample)) * 10 > len(words):
        return "vi"
    heard = Counter({"en": 1})
    for word in words:
        heard.update(_SPEAKERS.get(word.lower(), ()))
    return heard.most_common(1)[0][0]
