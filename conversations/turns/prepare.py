"""What is chosen for a conversation besides its words: before the first question, and at any time after it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from conversations import broadcast, clock
from conversations.hosted import Hosted
from conversations.models import Conversation, User
from conversations.parameters import Parameters
from conversations.tools import Choice

from .errors import Missing

UNUSED_FOR = dt.timedelta(days=30)


def prepare(person: User, code: uuid.UUID, model_name: str) -> Conversation:
    """The person's conversation of that code; a page that nobody has asked on gets its row now, and no place in the
    list. Raises Missing for anybody else's."""
    try:
        with transaction.atomic():
            return _mine(person, code) or _prepared(person, code, model_name)
    except IntegrityError:  # another page of the same person was first
        found = _mine(person, code)
        if found is None:
            raise Missing from None
        return found


def set_parameters(person: User, code: uuid.UUID, model_name: str, parameters: Parameters) -> Conversation:
    """Keep what was changed; the model of a conversation that is begun stays until it is asked."""
    with transaction.atomic():
        conversation = _locked(person, code, model_name)
        conversation.parameters = parameters.stored
        _keep(conversation, model_name, "parameters")
    return conversation


def set_tools(person: User, code: uuid.UUID, model_name: str, choice: Choice, *, keeps: bool = False) -> Conversation:
    """Keep which tools the model may use, in this conversation and, if the person wants that, in all new ones; what GLM
    itself may use stays."""
    with transaction.atomic():
        conversation = _locked(person, code, model_name)
        conversation.tools = replace(choice, others=Choice.read(_tools_of(conversation)).others).stored
        _keep(conversation, model_name, "tools")
        if keeps:
            person.tools = Choice(choice.functions, choice.approval).stored
            User.objects.filter(pk=person.pk).update(tools=person.tools)
    return conversation


def set_hosted(person: User, code: uuid.UUID, model_name: str, hosted: Hosted) -> Conversation:
    """Keep what GLM itself may use in a conversation; the functions that stand beside it stay."""
    with transaction.atomic():
        conversation = _locked(person, code, model_name)
        conversation.tools = hosted.stored_in(_tools_of(conversation))
        _keep(conversation, model_name, "tools")
    return conversation


def _locked(person: User, code: uuid.UUID, model_name: str) -> Conversation:
    """With its next revision, which nobody else can have now."""
    conversation = prepare(person, code, model_name)
    conversation.next_revision()
    return conversation


def _keep(conversation: Conversation, model_name: str, chosen: str) -> None:
    """Write down what was chosen, with the model where none has been asked yet, and tell the pages."""
    changes = {chosen: getattr(conversation, chosen)}
    if not conversation.is_begun:
        conversation.model_name = changes["model_name"] = model_name
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    broadcast.conversation_moved(conversation)


def _tools_of(conversation: Conversation) -> dict[str, Any]:
    """As they are now that nobody else can change them: the two halves of the column are chosen apart."""
    return Conversation.objects.values_list("tools", flat=True).get(pk=conversation.pk)


def _mine(person: User, code: uuid.UUID) -> Conversation | None:
    found = Conversation.objects.filter(code=code).first()
    if found is not None and (found.owner_id != person.pk or found.deleted_at is not None):
        raise Missing
    return found


def _prepared(person: User, code: uuid.UUID, model_name: str) -> Conversation:
    now = clock.now()
    unused = Conversation.objects.of(person).filter(leaf=None, title="", active_at__lt=now - UNUSED_FOR)
    unused.exclude(drafts__person=person).delete()
    return Conversation.objects.create(code=code, owner=person, model_name=model_name, active_at=now)
