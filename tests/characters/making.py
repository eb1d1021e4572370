"""Characters and conversations with them, made by the functions that the site itself uses."""

from __future__ import annotations

import uuid
from typing import Any

from conversations.models import Character, Conversation, User
from conversations.turns import characters

ELSA: dict[str, Any] = {
    "name": "Elsa",
    "about": "A patient sailor",
    "bot_info": "{{char}} has sailed for thirty years.",
    "user_name": "",
    "user_info": "A guest on board.",
    "greeting": "Can't sleep either, {{user}}?",
    "dialogue": "",
    "tags": Character.stored_tags(["sea", "calm"]),
    "face": None,
    "model_name": "",
    "parameters": {},
}


def made(actor: User, *, is_shared: bool = False, **facts: Any) -> Character:
    character = Character(owner=None if is_shared else actor)
    characters.save(actor, character, {**ELSA, **facts}, "wanted" if is_shared else "")
    return character


def begun(somebody: User, character: Character, model_name: str = "sandbox-plain") -> Conversation:
    return characters.choose(somebody, uuid.uuid4(), character, model_name)
