"""Messages: entries of a conversation."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

from .conversation import Conversation
from .lifecycle import Lifecycle, Transitions
from .parts import PartsField


class Role(models.TextChoices):
    USER = "user", _("person")
    ASSISTANT = "assistant", _("reply")


class MessageState(models.TextChoices):
    OPEN = "open", _("open")
    SEALED = "sealed", _("sealed")


class Visibility(models.TextChoices):
    """What viewers see; *blocked* is a person's message that GLM did not accept."""

    SHOWN = "shown", _("shown")
    HELD = "held", _("held")
    REMOVED = "removed", _("removed")
    BLOCKED = "blocked", _("blocked")


class ContextEnd(models.TextChoices):
    """Why later prompts do not reach back beyond a message."""

    CLEARED = "cleared", _("cleared")
    SUMMARY = "summary", _("summarised")


S, V = MessageState, Visibility
STATES: Transitions = {S.OPEN: frozenset({S.SEALED})}
VISIBILITIES: Transitions = {
    V.SHOWN: frozenset({V.HELD, V.BLOCKED}),
    V.HELD: frozenset({V.SHOWN, V.REMOVED}),
    V.REMOVED: frozenset({V.HELD}),
    V.BLOCKED: frozenset({V.SHOWN, V.REMOVED}),
}


class Message(Lifecycle):
    """The text lies in `parts`: only `present`, `moderation` and the turn that writes it may read that column.

    `born` is the conversation's revision when the message came, `revision` that of its last visible change.
    `html` keeps one rendered string a part, as made by `renderer_version`; held and removed messages have none.
    While a reply is open its text lives in its turn. `edited_from` is the code of the reply that a person wrote anew
    in this one. `released_at`: a person has looked and gave it back.
    `is_marked`: it was flagged, and stays visible until somebody has looked. `reason_code` is that of the last verdict.
    `purged_at`: its text was deleted for good, and only its place is left.
    `token_count` is an estimate, 0 until the text is sealed; null for older rows. With `context_end` prompts begin
    after this message, with its summary if that is why.
    """

    LIFECYCLES: ClassVar[dict[str, Transitions]] = {"state": STATES, "visibility": VISIBILITIES}

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    depth = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    role = models.CharField(max_length=10, choices=Role)
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.SEALED)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.SHOWN)
    continues = models.BooleanField(default=False)
    edited_from = models.UUIDField(null=True, editable=False)
    revision = models.PositiveBigIntegerField()
    born = models.PositiveBigIntegerField()
    parts = PartsField()
    html = models.JSONField(null=True)
    renderer_version = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    is_marked = models.BooleanField(default=False)
    reason_code = models.CharField(max_length=40, blank=True)
    purged_at = models.DateTimeField(null=True)
    token_count = models.PositiveIntegerField(null=True)
    context_end = models.CharField(max_length=10, choices=ContextEnd, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["conversation", "revision"], name="message_catch_up")]
        constraints = [
            models.UniqueConstraint(fields=["parent", "position"], name="message_one_per_position"),
            models.UniqueConstraint(
                fields=["conversation", "position"],
                condition=models.Q(parent=None),
                name="message_one_root_per_position",
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def is_open(self) -> bool:
        return self.state == MessageState.OPEN
