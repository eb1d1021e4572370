"""Who plays whom in a conversation, and how a model is told: by the `meta` parameter, or by a system message.

https://docs.bigmodel.cn/cn/guide/models/humanoid/charglm-4, …/emohaa
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

STORED_VERSION = 1

_CHARACTER = re.compile(r"\{\{\s*char\s*\}\}|<(?:bot|char)>", re.IGNORECASE)
_PERSON = re.compile(r"\{\{\s*user\s*\}\}|<user>", re.IGNORECASE)
_START = re.compile(r"^\s*<start>\s*$", re.IGNORECASE | re.MULTILINE)
_HAN = re.compile(r"[\u3400-\u9fff]")

ROLE = {
    "en": "You are {name}. Stay in this role, and speak as {name} would.",
    "zh": "你是{name}。请始终扮演这个角色，用{name}的口吻说话。",
}
PERSON = {"en": "You are talking with {name}.", "zh": "和你说话的是{name}。"}
DIALOGUE = {"en": "An example of how {name} talks:\n{text}", "zh": "{name}说话的例子：\n{text}"}
GREETING = {"en": "You began the conversation with these words:\n{text}", "zh": "对话由你开头，你说的是：\n{text}"}
# `meta` wants all four; these stand where nothing was said.
NOBODY = {
    "en": {
        "bot_name": "Assistant",
        "bot_info": "An attentive partner in a conversation.",
        "user_name": "User",
        "user_info": "Somebody who would like to talk.",
    },
    "zh": {
        "bot_name": "助手",
        "bot_info": "一位耐心的交谈者。",
        "user_name": "用户",
        "user_info": "想聊一聊的人。",
    },
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The parts of a conversation, with every name filled in: what is said of them stays the same from then on.

    `bot_…` are the character's, `user_…` those of the person it talks with. `greeting` are its first words, `dialogue`
    shows how it talks. `code` is the character's own.
    """

    bot_name: str = ""
    bot_info: str = ""
    user_name: str = ""
    user_info: str = ""
    greeting: str = ""
    dialogue: str = ""
    code: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Cast | None:
        """From what `stored` gave; None for nobody."""
        known = {each.name: stored[each.name] for each in fields(cls) if isinstance(stored.get(each.name), str)}
        return cls(**known) if known.get("bot_name") else None

    @property
    def stored(self) -> dict[str, Any]:
        """For a JSON column."""
        return {"v": STORED_VERSION, **asdict(self)}

    def filled(self, code: uuid.UUID) -> Cast:
        """With the names in their places in all texts, as cards have them: `{{char}}` and `{{user}}`."""
        names = {"bot_name": self.bot_name, "user_name": self.user_name, "code": str(code)}
        texts = {name: self._named(text) for name, text in asdict(self).items() if name not in names}
        return Cast(**names, **texts)

    def _named(self, text: str) -> str:
        # By functions: a name may hold a backslash, and is never looked through for others.
        spots = re.compile(f"(?P<char>{_CHARACTER.pattern})|{_PERSON.pattern}", re.IGNORECASE)
        return spots.sub(lambda found: self.bot_name if found["char"] else self.user_name, text)

    @property
    def system(self) -> str:
        """The text of a system message that gives the role; the same for the whole conversation."""
        language = self._language
        person = PERSON[language].format(name=self.user_name) if self.user_name else ""
        known = " ".join(filter(None, (person, self.user_info)))
        return _joined(ROLE[language].format(name=self.bot_name), self.bot_info, known, *self._manner)

    def meta(self, instructions: str = "") -> dict[str, str]:
        """The parameter of models that are told so; with what else would stand in a system message, which they do not
        take."""
        nobody = NOBODY[self._language]
        return {
            "user_info": self.user_info.strip() or nobody["user_info"],
            "bot_info": _joined(self.bot_info, *self._manner, instructions) or nobody["bot_info"],
            "bot_name": self.bot_name.strip() or nobody["bot_name"],
            "user_name": self.user_name.strip() or nobody["user_name"],
        }

    @property
    def _manner(self) -> tuple[str, ...]:
        language, dialogue = self._language, _START.sub("", self.dialogue).strip()
        return (
            DIALOGUE[language].format(name=self.bot_name, text=dialogue) if dialogue else "",
            GREETING[language].format(text=self.greeting) if self.greeting else "",
        )

    @property
    def _language(self) -> str:
        return "zh" if _HAN.search(f"{self.bot_info}{self.bot_name}{self.greeting}{self.user_name}") else "en"


def nobody(instructions: str, question: str) -> dict[str, str]:
    """`meta` for a model that wants it where nobody plays a role, in the language of the question."""
    return Cast(bot_info=instructions or NOBODY["zh" if _HAN.search(question) else "en"]["bot_info"]).meta()


def _joined(*pieces: str) -> str:
    return "\n\n".join(filter(None, (piece.strip() for piece in pieces)))
