"""Character cards as SillyTavern and its kin exchange them, of the versions 1, 2 and 3, in a PNG or as JSON.

https://github.com/malfoyslastname/character-card-spec-v2, https://github.com/kwaroran/character-card-spec-v3
A card is somebody else's file: it is read within bounds, its texts are texts, and nothing it names is fetched.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from . import png
from .errors import NoCard, TooDeep, TooLong, Unreadable

MOST_BYTES = 2_000_000
"""Of the JSON of a card. A book of lore has some hundred thousand."""
DEEPEST = 40
MOST_TAGS = 100
KEYWORDS = ("ccv3", "chara")  # of a PNG, the better first

# What becomes of the fields of a card; all others are kept as they are.
_USED = frozenset(
    {
        *("name", "nickname", "description", "personality", "scenario", "first_mes", "mes_example"),
        *("system_prompt", "post_history_instructions", "creator_notes", "tags"),
    }
)
_HEADS = {
    "personality": {"en": "Personality: {text}", "zh": "性格：{text}"},
    "scenario": {"en": "Scenario: {text}", "zh": "情景：{text}"},
}
_HAN = re.compile(r"[\u3400-\u9fff]")
_ORIGINAL = re.compile(r"\{\{\s*original\s*\}\}", re.IGNORECASE)  # the instructions that a card's stand in place of
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, in the words that this site has for it. Texts are as they were written, with `{{char}}` and
    `{{user}}` in them. `kept` are the fields that have no place here; they can be given on with the character."""

    version: int
    name: str
    about: str
    bot_info: str
    greeting: str
    dialogue: str
    tags: tuple[str, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)


def read(file: IO[bytes]) -> tuple[Card, bool]:
    """The card in a file, and whether the file is a picture too. Raises a CardError."""
    is_picture = png.is_png(file)
    return _card(_parsed(_in_picture(file) if is_picture else _whole(file))), is_picture


def _in_picture(file: IO[bytes]) -> bytes:
    found = png.texts(file, KEYWORDS, most=MOST_BYTES * 4 // 3 + 1000)
    text = next((found[keyword] for keyword in KEYWORDS if keyword in found), None)
    if text is None:
        raise NoCard
    try:
        return base64.b64decode(text, validate=False)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("no base64") from error


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        raise NoCard
    return data


def _parsed(data: bytes) -> Mapping[str, Any]:
    if len(data) > MOST_BYTES:
        raise TooLong
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_float=_finite, parse_constant=_finite)
    except RecursionError:
        raise TooDeep from None
    except ValueError as error:
        raise Unreadable("no JSON") from error
    if not isinstance(found, dict):
        raise Unreadable("no object")
    return {_clean(str(name)): _storable(value) for name, value in found.items()}


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("no finite number")
    return number


def _storable(value: Any, depth: int = 1) -> Any:
    """The value without what a database cannot keep."""
    if depth > DEEPEST:
        raise TooDeep
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_storable(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {_clean(name): _storable(each, depth + 1) for name, each in value.items()}
    return value


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def _card(found: Mapping[str, Any]) -> Card:
    """Version 1 has its fields at the top, the others under `data`; who keeps both for old readers means `data`."""
    inner = found.get("data")
    fields = inner if isinstance(inner, dict) else found
    name = _text(fields, "nickname") or _text(fields, "name")
    if not name or not any(_text(fields, each) for each in ("description", "personality", "first_mes")):
        raise NoCard
    return Card(
        version=_version(found) if fields is inner else 1,
        name=name,
        about=_text(fields, "creator_notes"),
        bot_info=_described(fields),
        greeting=_text(fields, "first_mes"),
        dialogue=_text(fields, "mes_example"),
        tags=_tags(fields.get("tags")),
        kept=_kept(fields),
    )


def _version(found: Mapping[str, Any]) -> int:
    return 3 if found.get("spec") == "chara_card_v3" else 2


def _described(fields: Mapping[str, Any]) -> str:
    """Who the character is, where it is, and how to play it: one text, for a model that takes one."""
    language = "zh" if _HAN.search(_text(fields, "description") or _text(fields, "personality")) else "en"
    pieces = [_text(fields, "description")]
    for name in ("personality", "scenario"):
        if text := _text(fields, name):
            pieces += [_HEADS[name][language].format(text=text)]
    for name in ("system_prompt", "post_history_instructions"):
        pieces += [_ORIGINAL.sub("", _text(fields, name)).strip()]
    return "\n\n".join(filter(None, pieces))


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _tags(value: Any) -> tuple[str, ...]:
    words = (" ".join(each.split()) for each in value if isinstance(each, str)) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(filter(None, words)))[:MOST_TAGS]


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    """All that was not understood, of a field that is used also what is no text."""
    return {
        name: value for name, value in fields.items() if value not in (None, "", [], {}) and not _is_read(name, value)
    }


def _is_read(name: str, value: Any) -> bool:
    return name in _USED and isinstance(value, list if name == "tags" else str)
