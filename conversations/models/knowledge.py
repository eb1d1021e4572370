"""Knowledge bases of the organisation and the documents in them: what GLM keeps, and what is known of it here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .lifecycle import Lifecycle, Transitions
from .user import User


class BaseState(models.TextChoices):
    MAKING = "making", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    DELETING = "deleting", _("being deleted")
    GONE = "gone", _("deleted")


class DocumentState(models.TextChoices):
    SENDING = "sending", _("being sent")
    INDEXING = "indexing", _("being made findable")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")
    DELETING = "deleting", _("being deleted")
    GONE = "gone", _("deleted")


class Embedding(models.IntegerChoices):
    """GLM's own numbers."""

    EMBEDDING_2 = 3, "Embedding-2"
    EMBEDDING_3 = 11, "Embedding-3"
    EMBEDDING_3_PRO = 12, "Embedding-3-pro"


B, D = BaseState, DocumentState
BASES: Transitions = {
    B.MAKING: frozenset({B.READY, B.FAILED}),
    B.READY: frozenset({B.DELETING}),
    B.FAILED: frozenset({B.DELETING, B.GONE}),
    B.DELETING: frozenset({B.READY, B.FAILED, B.GONE}),
}
DOCUMENTS: Transitions = {
    D.SENDING: frozenset({D.INDEXING, D.FAILED}),
    D.INDEXING: frozenset({D.DONE, D.FAILED, D.DELETING}),
    D.DONE: frozenset({D.DELETING}),
    D.FAILED: frozenset({D.DELETING, D.GONE}),
    D.DELETING: frozenset({D.DONE, D.INDEXING, D.FAILED, D.GONE}),
}


class KnowledgeQuerySet(models.QuerySet["KnowledgeBase"]):
    def here(self) -> KnowledgeQuerySet:
        return self.exclude(state=B.GONE)

    def usable_by(self, person: User, upstream: str) -> KnowledgeQuerySet:
        """Those that a person may use, of the server that answers now."""
        groups = person.groups.values_list("name", flat=True)
        allowed = Q(group_name="") | Q(group_name__in=list(groups))
        return self.filter(allowed, state=B.READY, upstream=upstream)


class KnowledgeBase(Lifecycle):
    """`glm_id` is its id at the server that `upstream` names. One that is `is_by_hand` was made elsewhere, and is not
    deleted there. An empty `template` leaves GLM its own; an empty `group_name` lets everybody use it. `trouble` is the
    kind of the last failure."""

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": BASES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    about = models.CharField(_("what is in it"), max_length=500, blank=True)
    upstream = models.CharField(max_length=200)
    glm_id = models.CharField(max_length=256, blank=True)
    is_by_hand = models.BooleanField(default=False)
    embedding = models.PositiveSmallIntegerField(choices=Embedding, default=Embedding.EMBEDDING_3)
    template = models.TextField(_("prompt template"), blank=True)
    group_name = models.CharField(_("group"), max_length=150, blank=True)
    state = models.CharField(max_length=10, choices=BaseState, default=BaseState.MAKING)
    trouble = models.CharField(max_length=20, blank=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = KnowledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("knowledge base")
        verbose_name_plural = _("knowledge bases")
        indexes = [models.Index(fields=["name"], name="knowledge_by_name", condition=~Q(state="gone"))]

    def __str__(self) -> str:
        return self.name


class KnowledgeDocument(Lifecycle):
    """A file that was sent to GLM; it is kept there and nowhere here. `size` in bytes; `word_count` as GLM counts, null
    until it has told."""

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": DOCUMENTS}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    base = models.ForeignKey(KnowledgeBase, on_delete=models.CASCADE, related_name="documents")
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveBigIntegerField()
    glm_id = models.CharField(max_length=256, blank=True)
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.SENDING)
    trouble = models.CharField(max_length=20, blank=True)
    word_count = models.PositiveBigIntegerField(null=True)
    sent_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["base", "-sent_at"], name="knowledge_documents")]

    def __str__(self) -> str:
        return self.name
