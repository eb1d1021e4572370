"""What people have typed and not sent, and what they have sent to follow the reply that is being written."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from .conversation import Conversation
from .turn import Turn

if TYPE_CHECKING:
    from .user import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, person: User) -> DraftQuerySet:
        """What the person has not sent: a save that was overtaken by its own message is none."""
        sent = Turn.objects.filter(person=models.OuterRef("person"), client_key=models.OuterRef("writer"))
        waiting = NextMessage.objects.filter(client_key=models.OuterRef("writer"))
        return self.filter(~models.Exists(sent), ~models.Exists(waiting), person=person)

    def of_conversation(self, code: uuid.UUID) -> DraftQuerySet:
        return self.filter(conversation__code=code)

    def unbegun(self) -> DraftQuerySet:
        """Drafts of pages whose conversation nobody has begun, the newest first."""
        begun = Conversation.objects.begun().filter(code=models.OuterRef("conversation_id"))
        return self.filter(~models.Exists(begun)).order_by("-version")


class Draft(models.Model):
    """The text in a person's box, for every page that shows the same conversation.

    The conversation may not exist yet: its page has a code, and the draft is kept under that. `version` is the
    moment of the last save in microseconds, so that none ever comes twice; `writer` is the client key of the form
    that saved it and `seq` counts the saves of that form.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    conversation = models.ForeignKey(
        Conversation, to_field="code", on_delete=models.CASCADE, db_constraint=False, related_name="drafts"
    )
    text = models.TextField()
    version = models.PositiveBigIntegerField()
    writer = models.UUIDField()
    seq = models.PositiveIntegerField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "conversation"], name="draft_one_a_conversation")]

    def __str__(self) -> str:
        return str(self.conversation_id)


class NextMessage(models.Model):
    """A message that becomes a question when the reply before it has come to a clean end.

    `client_key` is that of its form and becomes that of its turn. With `is_later` the answer is wanted in the
    background. It is rendered when it is stored: the transaction that ends a turn has no time for it.
    """

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="next_message")
    text = models.TextField()
    html = models.JSONField()
    renderer_version = models.PositiveIntegerField()
    model_name = models.CharField(max_length=100)
    client_key = models.UUIDField(null=True)
    is_later = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.conversation_id)
