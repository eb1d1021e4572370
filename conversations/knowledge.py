"""The organisation's knowledge bases: who may use them, and what administrators do with them.

GLM keeps the documents. A row stands before each request and learns what came of it, no request is made inside a
transaction, and what is deleted here is deleted there first.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.db.models import Q

from conversations import clock, upstream
from conversations.glm import Call, GlmError, Kind, Upload
from conversations.glm import knowledge as glm
from conversations.models import (
    AuditEntry,
    BaseState,
    Conversation,
    DocumentState,
    KnowledgeBase,
    KnowledgeDocument,
    User,
)

logger = structlog.get_logger(__name__)

AT_ONCE = 20  # documents that are asked about when somebody wants to know
NO_ROOM = ("10001", "10002")
REFUSED = "refused"  # trouble of a file that GLM did not take
UNDER_WAY = "under_way"  # trouble of whoever would delete what is being made, sent or deleted
LOST = "lost"  # trouble of what a process had begun that died: at GLM it may have been done or not
LOST_AFTER = dt.timedelta(hours=1)
"""Longer than any request that is still being made."""

T = TypeVar("T")


class Failed(Exception):
    """GLM did not do it; `trouble` is the kind of its answer."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def usable(person: User) -> list[KnowledgeBase]:
    """By name."""
    return list(KnowledgeBase.objects.usable_by(person, upstream.current().name).order_by("name", "pk"))


def find_usable(person: User, code: uuid.UUID) -> KnowledgeBase | None:
    return KnowledgeBase.objects.usable_by(person, upstream.current().name).filter(code=code).first()


def create(actor: User, embedding: int, **facts: str) -> KnowledgeBase:
    """Make a base at GLM, with the name, the `about`, the template and the group of `facts`. Raises Failed; its row
    then says so."""
    base = _new(actor, embedding=embedding, **facts)
    try:
        glm_id = _ask(glm.create(base.name, base.about, glm.Embedding(embedding)))
    except Failed as failed:
        base.move(BaseState.FAILED, trouble=failed.trouble)
        raise
    with transaction.atomic():
        base.move(BaseState.READY, glm_id=glm_id)
        AuditEntry.write(actor, "knowledge.made", base.code, after=dict(facts))
    return base


def enter(actor: User, glm_id: str, **facts: str) -> KnowledgeBase:
    """Take up a base that was made elsewhere, by its id; what stands in it is not known here."""
    with transaction.atomic():
        base = _new(actor, is_by_hand=True, **facts)
        base.move(BaseState.READY, glm_id=glm_id)
        AuditEntry.write(actor, "knowledge.entered", base.code, after={**facts, "id": glm_id})
    return base


def change(actor: User, base: KnowledgeBase, reason: str, **facts: str) -> None:
    """What people see of it, its template, and who may use it."""
    before = {name: getattr(base, name) for name in facts}
    with transaction.atomic():
        KnowledgeBase.objects.filter(pk=base.pk).update(**facts, changed_at=clock.now())
        AuditEntry.write(actor, "knowledge.changed", base.code, reason=reason, before=before, after=facts)


def delete(actor: User, base: KnowledgeBase, reason: str) -> None:
    """Delete a base with its documents, at GLM too unless it was made elsewhere. Raises Failed, and it is as it was.
    Conversations that used it go on without it."""
    before, trouble = base.state, base.trouble
    is_there = bool(base.glm_id)
    if before in (BaseState.MAKING, BaseState.DELETING):
        raise Failed(UNDER_WAY)
    if is_there and not base.move(BaseState.DELETING, changed_at=clock.now()):
        raise Failed(UNDER_WAY)
    if is_there and not base.is_by_hand:
        try:
            _ask_to_delete(glm.delete(base.glm_id), trouble)
        except Failed as failed:
            base.move(BaseState(before), trouble=trouble if trouble == LOST else failed.trouble)
            raise
    with transaction.atomic():
        if base.move(BaseState.GONE, changed_at=clock.now()):
            base.documents.all().delete()
            AuditEntry.write(actor, "knowledge.deleted", base.code, reason=reason, before={"name": base.name})


def upload(actor: User, base: KnowledgeBase, name: str, data: bytes, media_type: str) -> KnowledgeDocument:
    """Send a file to a base. Raises Failed; its row then says so."""
    document = KnowledgeDocument.objects.create(base=base, name=name[:200], size=len(data), sent_at=clock.now())
    try:
        sent = _ask(glm.upload(base.glm_id, Upload(name, data, media_type)))
        if not sent.taken:
            raise Failed(REFUSED)
    except Failed as failed:
        document.move(DocumentState.FAILED, trouble=failed.trouble)
        raise
    with transaction.atomic():
        document.move(DocumentState.INDEXING, glm_id=sent.taken[0].id)
        AuditEntry.write(actor, "knowledge.document_sent", base.code, after={"name": name, "bytes": len(data)})
    return document


def refresh(base: KnowledgeBase) -> bool:
    """Ask GLM how far the documents are that were not done; whether it told. Some at a time, the longest unasked
    first."""
    waiting = base.documents.filter(state=DocumentState.INDEXING).order_by("looked_at", "pk")[:AT_ONCE]
    found = list(waiting)
    told = _ask_all([glm.document(each.glm_id) for each in found])
    for document, answer in zip(found, told, strict=True):
        _learn(document, answer)
    return all(answer is not None for answer in told)


def delete_document(actor: User, document: KnowledgeDocument, reason: str) -> None:
    """Delete a document, at GLM first. Raises Failed, and it is as it was."""
    before = document.state
    is_there = bool(document.glm_id)
    if before in (DocumentState.SENDING, DocumentState.DELETING):
        raise Failed(UNDER_WAY)
    if is_there and not document.move(DocumentState.DELETING, looked_at=clock.now()):
        raise Failed(UNDER_WAY)
    if is_there:
        try:
            _ask_to_delete(glm.delete_document(document.glm_id), document.trouble)
        except Failed:
            document.move(before)
            raise
    with transaction.atomic():
        if document.move(DocumentState.GONE):
            AuditEntry.write(
                actor, "knowledge.document_deleted", document.base.code, reason=reason, before={"name": document.name}
            )


def settle_lost(begun: dt.datetime | None = None) -> int:
    """End what was begun until then and is not done, because its process died; by itself until LOST_AFTER ago. How much
    that was. What became of it at GLM nobody knows: it is not offered, and whoever deletes it has it deleted there."""
    begun = begun or clock.now() - LOST_AFTER
    bases = Q(state=BaseState.MAKING, made_at__lte=begun) | Q(state=BaseState.DELETING, changed_at__lte=begun)
    asked = Q(looked_at__lte=begun) | Q(looked_at=None, sent_at__lte=begun)
    documents = Q(state=DocumentState.SENDING, sent_at__lte=begun) | (Q(state=DocumentState.DELETING) & asked)
    # Guarded by all that was looked at: somebody may have settled it meanwhile, and somebody else be deleting it again.
    lost = {"trouble": LOST}
    ended = [each.move(BaseState.FAILED, guard=bases, **lost) for each in KnowledgeBase.objects.filter(bases)]
    found = KnowledgeDocument.objects.filter(documents)
    ended += [each.move(DocumentState.FAILED, guard=documents, **lost) for each in found]
    if count := sum(ended):
        logger.warning("knowledge was left half done", count=count)
    return count


def conversation_count(base: KnowledgeBase) -> int:
    """How many conversations would go on without it."""
    return Conversation.objects.filter(deleted_at=None, tools__knowledge__base=str(base.code)).count()


def _new(actor: User, **facts: Any) -> KnowledgeBase:
    now, source = clock.now(), upstream.current().name
    return KnowledgeBase.objects.create(upstream=source, made_by=actor.code, made_at=now, changed_at=now, **facts)


def _learn(document: KnowledgeDocument, told: glm.Document | None) -> None:
    if told is None:
        return
    facts: dict[str, Any] = {"looked_at": clock.now(), "word_count": told.word_count}
    if told.stage is glm.Stage.DONE:
        document.move(DocumentState.DONE, **facts)
    elif told.stage is glm.Stage.FAILED:
        document.move(DocumentState.FAILED, trouble=told.trouble, **facts)
    else:
        KnowledgeDocument.objects.filter(pk=document.pk).update(**facts)


def _ask(call: Call[T]) -> T:
    try:
        return upstream.ask(call)
    except GlmError as error:
        logger.warning("knowledge was not changed", kind=error.kind.value, code=error.code, log_id=error.log_id)
        raise Failed(_trouble(error)) from error


def _ask_to_delete(call: Call[None], trouble: str) -> None:
    """Where a deletion was begun before, that GLM does not know it any more is what was wanted. Raises Failed."""
    try:
        _ask(call)
    except Failed as failed:
        if trouble != LOST or failed.trouble != Kind.REQUEST.value:
            raise


def _ask_all(calls: Sequence[Call[T]]) -> list[T | None]:
    """The answers side by side, None where there was none."""
    try:
        return [None if isinstance(each, BaseException) else each for each in upstream.ask_all(calls)]
    except GlmError:
        return [None] * len(calls)


def _trouble(error: GlmError) -> str:
    return "no_room" if error.code in NO_ROOM else error.kind.value
