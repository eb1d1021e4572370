"""Presets and the instructions of conversations: who may change which, and what of them a conversation takes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from conversations import broadcast, clock, moderation
from conversations.models import AuditEntry, Conversation, Preset, User

from . import screen
from .instructions import filled
from .prepare import prepare

NAME_LENGTH = 120
ABOUT_LENGTH = 300
PROMPT_LENGTH = 20_000
STARTER_LENGTH = 500
MOST_STARTERS = 8
TEXTS = ("system_prompt", "name", "about", "variables", "starters")  # what people read, or GLM
FIELDS = ("name", "about", "system_prompt", "variables", "starters", "model_name", "parameters", "tools")


class NotAccepted(Exception):
    """The organisation's word lists keep these instructions from GLM; `field` is where the words stand in a preset."""

    def __init__(self, field: str = "system_prompt") -> None:
        super().__init__(field)
        self.field = field


def offered(person: User, sought: str = "") -> QuerySet[Preset]:
    """Those that a person may choose: their own, then the organisation's in the language of the page."""
    rows = Preset.objects.offered(person, get_language() or "")
    if sought:
        rows = rows.filter(Q(name__icontains=sought) | Q(about__icontains=sought))
    return rows.order_by(F("owner").asc(nulls_last=True), "position", "name", "pk")


def some(person: User, count: int) -> list[Preset]:
    """A few to begin with: the person's latest, and the first of the organisation's."""
    own = list(Preset.objects.own(person).order_by("-changed_at")[: count // 2])
    shared = Preset.objects.shared(get_language() or "").order_by("position", "name")
    return [*own, *shared[: count - len(own)]]


def find(person: User, code: uuid.UUID) -> Preset | None:
    """A preset that a person may choose, in whatever language it is."""
    return Preset.objects.here().filter(Q(owner=person) | Q(owner=None), code=code).first()


def may_change(person: User, preset: Preset) -> bool:
    return preset.owner_id == person.pk or (preset.owner_id is None and person.has_perm("conversations.administer"))


def save(actor: User, preset: Preset, facts: Mapping[str, Any], reason: str = "") -> None:
    """Write a preset that the actor may change; of the organisation's who did so and why is kept. Raises
    NotAccepted."""
    for field in TEXTS:
        must_be_accepted(actor, _text_in(facts[field]), field)
    before = {name: getattr(preset, name) for name in FIELDS} if preset.pk else {}
    changed = [name for name in FIELDS if before.get(name) != facts[name]]
    with transaction.atomic():
        for name in FIELDS:
            setattr(preset, name, facts[name])
        preset.override(*changed)
        preset.changed_at = clock.now()
        # Of one that is there only what was typed: somebody may delete it meanwhile.
        preset.save(update_fields=(*FIELDS, "overridden_fields", "changed_at") if preset.pk else None)
        if preset.owner_id is None:
            action = "preset.changed" if before else "preset.made"
            told = {name: before[name] for name in changed if name in before}
            after = {name: facts[name] for name in changed}
            AuditEntry.write(actor, action, preset.code, reason=reason, before=told, after=after)


def _text_in(value: Any) -> str:
    """All the words of a field: a text, texts, or what is asked for."""
    if isinstance(value, str):
        return value
    return "\n".join(each if isinstance(each, str) else each["question"] for each in value)


def delete(actor: User, preset: Preset, reason: str = "") -> None:
    """Take a preset out of sight; conversations that began with it keep their instructions."""
    _set_deleted(actor, preset, "preset.deleted", reason, deleted_at=clock.now())


def restore(actor: User, preset: Preset) -> None:
    _set_deleted(actor, preset, "preset.restored", "", deleted_at=None)


def _set_deleted(actor: User, preset: Preset, action: str, reason: str, **changes: Any) -> None:
    with transaction.atomic():
        Preset.objects.filter(pk=preset.pk).update(**changes)
        if preset.owner_id is None:
            AuditEntry.write(actor, action, preset.code, reason=reason, before={"name": preset.name})


def known_values(person: User) -> dict[str, str]:
    """What a placeholder gets without being asked: the day is that on which the conversation begins."""
    day = date_format(timezone.localtime(clock.now()).date(), "DATE_FORMAT")
    return {"name": person.get_full_name() or person.username, "date": day}


def choose(person: User, code: uuid.UUID, preset: Preset, values: Mapping[str, str], model_name: str) -> Conversation:
    """Give a conversation the instructions of a preset with the values of its variables, and its model, parameters and
    tools. Raises NotAccepted, and Missing for anybody else's conversation."""
    values = {**values, **known_values(person)}
    text, starters = filled(preset.system_prompt, values), [filled(each, values) for each in preset.starters]
    changes: dict[str, Any] = {"preset_code": preset.code, "preset_name": preset.name, "starters": starters}
    changes |= {"character": {}, "face": None}
    if preset.parameters:
        changes["parameters"] = preset.parameters
    if preset.tools:
        changes["tools"] = preset.tools
    return instruct(person, code, text, preset.model_name or model_name, **changes)


def instruct(person: User, code: uuid.UUID, text: str, model_name: str, **changes: Any) -> Conversation:
    """Give a conversation instructions, or take them away; from its next question on. Raises as above."""
    must_be_accepted(person, text)
    changes = {"preset_code": None, "preset_name": "", "starters": [], **changes, "system_prompt": text}
    with transaction.atomic():
        conversation = prepare(person, code, model_name)
        conversation.next_revision()
        if changes["preset_code"] or conversation.leaf_id is None:
            changes["model_name"] = model_name
        Conversation.objects.filter(pk=conversation.pk).update(**changes)
        broadcast.conversation_moved(conversation)
    return conversation


def must_be_accepted(person: User, text: str, field: str = "system_prompt") -> None:
    """Instructions are held against the lists that questions are."""
    concerns = screen.of_instructions(text)
    if concerns and moderation.withdraws(concerns, person):
        raise NotAccepted(field)
