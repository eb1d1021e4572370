"""Characters: who may change which, what becomes of a card, and what of a character a conversation takes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from conversations import broadcast, clock
from conversations.characters import Card
from conversations.models import AuditEntry, Character, Conversation, Picture, User

from .prepare import prepare
from .presets import must_be_accepted

NAME_LENGTH = 120
ABOUT_LENGTH = 300
INFO_LENGTH = 20_000
PERSON_LENGTH = 2000
GREETING_LENGTH = 4000
DIALOGUE_LENGTH = 10_000
TAG_LENGTH = 40
MOST_TAGS = 20
MOST_CHARACTERS = 500  # of one person
DRAFT_FOR = dt.timedelta(days=1)
TEXTS = ("name", "about", "bot_info", "user_name", "user_info", "greeting", "dialogue")
FIELDS = (*TEXTS, "tags", "face", "model_name", "parameters")


class TooManyCharacters(Exception):
    """A person has as many characters as they may."""


def offered(person: User, sought: str = "", tag: str = "") -> QuerySet[Character]:
    """Those that a person may choose: their own, then the organisation's."""
    rows = Character.objects.of(person).select_related("face")
    if sought:
        rows = rows.filter(Q(name__icontains=sought) | Q(about__icontains=sought) | Q(tags__icontains=sought))
    if tag:
        rows = rows.filter(tags__contains=f"\n{tag}\n")
    return rows.order_by(F("owner").asc(nulls_last=True), "name", "pk")


def find(person: User, code: uuid.UUID) -> Character | None:
    """A character that a person may choose."""
    return Character.objects.of(person).filter(code=code).select_related("face").first()


def to_change(person: User, code: uuid.UUID) -> Character | None:
    """A character that a person may change, or what was read from a card for them."""
    character = Character.objects.filter(code=code, deleted_at=None).select_related("face").first()
    return character if character is not None and may_change(person, character) else None


def may_change(person: User, character: Character) -> bool:
    if character.is_draft and character.made_by_id != person.pk:
        return False
    is_own = character.owner_id == person.pk
    return is_own or (character.owner_id is None and person.has_perm("conversations.administer"))


def drafted(person: User, card: Card, face: Picture | None, *, is_shared: bool) -> Character:
    """What a card says, cut to the room that there is, for its person to look at before it is saved. Drafts that
    nobody came back to go."""
    Character.objects.forgotten(clock.now() - DRAFT_FOR).delete()
    _check_room(person)
    return Character.objects.create(
        owner=None if is_shared else person,
        made_by=person,
        name=" ".join(card.name.split())[:NAME_LENGTH],
        about=_first_line(card.about)[:ABOUT_LENGTH],
        bot_info=card.bot_info[:INFO_LENGTH],
        greeting=card.greeting[:GREETING_LENGTH],
        dialogue=card.dialogue[:DIALOGUE_LENGTH],
        tags=Character.stored_tags([tag[:TAG_LENGTH] for tag in card.tags[:MOST_TAGS]]),
        face=face,
        kept=_kept(card),
        is_draft=True,
        changed_at=clock.now(),
    )


def _kept(card: Card) -> dict[str, Any]:
    """What has no place here, and in full what has less room here than it takes."""
    room = {"about": ABOUT_LENGTH, "bot_info": INFO_LENGTH, "greeting": GREETING_LENGTH, "dialogue": DIALOGUE_LENGTH}
    cut = {name: getattr(card, name) for name, most in room.items() if len(getattr(card, name)) > most}
    found = {"fields": dict(card.kept), **({"cut": cut} if cut else {})}
    return {"v": 1, "version": card.version, **found}


def _first_line(text: str) -> str:
    return next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")


def _check_room(person: User) -> None:
    if Character.objects.filter(owner=person, deleted_at=None).count() >= MOST_CHARACTERS:
        raise TooManyCharacters


def save(actor: User, character: Character, facts: Mapping[str, Any], reason: str = "") -> None:
    """Write a character that the actor may change; of the organisation's who did so and why is kept, and the names of
    what changed. Raises NotAccepted and TooManyCharacters."""
    for name in TEXTS:
        must_be_accepted(actor, str(facts[name]), name)
    if not character.pk:
        _check_room(actor)
    is_new = not character.pk or character.is_draft
    changed = [name for name in FIELDS if is_new or getattr(character, name) != facts[name]]
    with transaction.atomic():
        for name in FIELDS:
            setattr(character, name, facts[name])
        if character.made_by_id is None:
            character.made_by = actor
        character.is_draft, character.changed_at = False, clock.now()
        # Of one that is there only what was typed: somebody may delete it meanwhile.
        character.save(update_fields=(*FIELDS, "made_by", "is_draft", "changed_at") if character.pk else None)
        if character.owner_id is None:
            action = "character.made" if is_new else "character.changed"
            AuditEntry.write(
                actor, action, character.code, reason=reason, after={"name": character.name, "fields": changed}
            )


def delete(actor: User, character: Character, reason: str = "") -> None:
    """Take a character out of sight; conversations with it go on as they are."""
    _set_deleted(actor, character, "character.deleted", reason, deleted_at=clock.now())


def restore(actor: User, character: Character) -> None:
    _set_deleted(actor, character, "character.restored", "", deleted_at=None)


def _set_deleted(actor: User, character: Character, action: str, reason: str, **changes: Any) -> None:
    with transaction.atomic():
        Character.objects.filter(pk=character.pk).update(**changes)
        if character.owner_id is None:
            AuditEntry.write(actor, action, character.code, reason=reason, before={"name": character.name})


def choose(person: User, code: uuid.UUID, character: Character, model_name: str) -> Conversation:
    """Begin a conversation with a character: its role as it is now, its model and its limits, and no preset beside it.
    Raises NotAccepted, and Missing for anybody else's conversation."""
    cast = character.cast(person.get_full_name() or person.username)
    must_be_accepted(person, cast.system)
    changes: dict[str, Any] = {
        "character": cast.stored,
        "face": character.face,
        "system_prompt": "",
        "preset_code": None,
        "preset_name": "",
        "starters": [],
        "model_name": character.model_name or model_name,
    }
    if character.parameters:
        changes["parameters"] = character.parameters
    with transaction.atomic():
        conversation = prepare(person, code, changes["model_name"])
        conversation.next_revision()
        Conversation.objects.filter(pk=conversation.pk).update(**changes)
        broadcast.conversation_moved(conversation)
    return conversation
