"""In the role that a model of role play is given: by `meta`, or by the first line of the system message."""

from __future__ import annotations

import re

from conversations.sandbox.asked import Asked

from .kind import Answer

_NAMED = re.compile(r"\s*(?:You are|你是)\s*(.{1,80}?)[.。，,\n]")
_WORDS = 80


def answer(asked: Asked) -> Answer:
    meta = asked.meta or {}
    named = _NAMED.match(next((said.text for said in asked.messages if said.role == "system"), ""))
    name = meta.get("bot_name") or (named[1] if named else "")
    person = meta.get("user_name", "")
    words = " ".join(asked.prompt.text.split())[:_WORDS].replace("*", "")
    return Answer(_chinese(name, person, words) if asked.prompt.is_chinese else _english(name, person, words), "")


def _english(name: str, person: str, words: str) -> str:
    who = f"{name} looks up" if name else "Somebody without a name looks up"
    to = f", {person}" if person else ""
    end = "(A simulated part: no model plays it.)"
    return f"*{who}.* “{words}”, you say{to}? Then sit down, and tell me how it began.\n\n{end}\n"


def _chinese(name: str, person: str, words: str) -> str:
    who = f"{name}抬起头来" if name else "一个没有名字的人抬起头来"
    to = f"{person}，" if person else ""
    return f"*{who}。*{to}你说“{words}”？那就坐下来，从头讲给我听吧。\n\n（这是模拟的角色，没有模型在扮演。）\n"
