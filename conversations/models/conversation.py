"""Conversations: a tree of messages and the path that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from conversations.characters import Cast
from conversations.codes import new_code
from conversations.hosted import Hosted
from conversations.parameters import Parameters

from .kept import kept_rows
from .prepared import cursor_of

if TYPE_CHECKING:
    from .user import User


# One statement instead of two, and no building of queries: this stands before every first word.
RAISE_REVISION = (
    "UPDATE conversations_conversation SET revision = revision + 1 WHERE id = %s RETURNING revision, leaf_id, has_next"
)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, person: User) -> ConversationQuerySet:
        return self.filter(owner=person, deleted_at=None)

    def begun(self) -> ConversationQuerySet:
        """Those that are more than prepared."""
        return self.exclude(leaf=None, title="")

    def listed(self) -> ConversationQuerySet:
        return self.order_by("-active_at", "-pk")


class Conversation(models.Model):
    """`title` is a person's own, or made by a model, or (while one `is_wanted`) the first words.

    `revision` rises with every visible change; `path_revision` is the revision at which the shown path last
    changed otherwise than by growing; `news_revision` that at which something last came that its person had not done,
    and `read_revision` is how far they have had it in view. Of the owner's revisions, `listed_revision` is that of the
    last change of its entry in their list and `risen_revision` that at which the entry last took another place.
    `parameters` are those of GLM's that its person changed, {} for none; they hold whatever model answers.
    `tools` are what a model may use in it, {} until somebody chooses.
    `has_next` tells without a query whether a message waits for the end of the reply. What was deleted by others than
    its person cannot be brought back: at `purge_at` all that is in it goes for good, and at `purged_at` it had.

    `system_prompt` goes before every prompt as it stands: what was variable in its preset got its value when it was
    chosen, so that the beginning of all prompts of a conversation is the same. `starters` are the first questions that
    its preset offers, filled in as well. `character` says who plays a role here, {} for nobody, as it was when it was
    chosen; `face` is its picture. `summary_every`: after so many turns earlier ones are summarised, 0 never, null as
    its person prefers.
    """

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = models.CharField(_("title"), max_length=200, blank=True)
    title_is_own = models.BooleanField(default=False)
    title_is_wanted = models.BooleanField(default=True)
    model_name = models.CharField(_("model"), max_length=100)
    parameters: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    tools: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    leaf = models.ForeignKey("Message", on_delete=models.SET_NULL, null=True, related_name="+")
    revision = models.PositiveBigIntegerField(default=0)
    path_revision = models.PositiveBigIntegerField(default=0)
    news_revision = models.PositiveBigIntegerField(default=0)
    read_revision = models.PositiveBigIntegerField(default=0)
    listed_revision = models.PositiveBigIntegerField(default=0)
    risen_revision = models.PositiveBigIntegerField(default=0)
    has_next = models.BooleanField(default=False)
    system_prompt = models.TextField(_("instructions"), blank=True)
    preset_code = models.UUIDField(null=True, editable=False)
    starters: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    preset_name = models.CharField(_("preset"), max_length=120, blank=True)
    character: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    face = models.ForeignKey("Picture", on_delete=models.SET_NULL, null=True, related_name="faces")
    summary_every = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    purge_at = models.DateTimeField(null=True, editable=False)
    purged_at = models.DateTimeField(null=True, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(fields=["owner", "-active_at", "-id"], name="conversation_list"),
            models.Index(fields=["owner", "listed_revision"], name="conversation_catch_up"),
            models.Index(
                fields=["purge_at"],
                name="conversation_to_purge",
                condition=models.Q(purge_at__isnull=False, purged_at=None),
            ),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def changed(self) -> Parameters:
        """The parameters as a value."""
        return Parameters.read(self.parameters)

    @property
    def hosted(self) -> Hosted:
        """What GLM itself may use in it, as a value."""
        return Hosted.read(self.tools)

    @property
    def cast(self) -> Cast | None:
        """Who plays a role here."""
        return Cast.read(self.character)

    @property
    def instructions(self) -> str:
        """What goes before every prompt: the role that is played, and what its person has written besides."""
        cast = self.cast
        return "\n\n".join(filter(None, (cast.system, self.system_prompt))) if cast else self.system_prompt

    @property
    def is_begun(self) -> bool:
        """Whether something was asked, or it was named. One that is only prepared has a row to keep its model and
        parameters in, and no place in the list."""
        return self.leaf_id is not None or bool(self.title)

    @property
    def is_unread(self) -> bool:
        return self.news_revision > self.read_revision

    def next_revision(self) -> int:
        """Raise `revision` by one, inside the caller's transaction.

        This update is also the lock: whoever changes a conversation does it first.
        """
        with cursor_of(connection) as cursor:
            cursor.execute(RAISE_REVISION, [self.pk])
            self.revision, self.leaf_id, has_next = cursor.fetchone()
            self.has_next = bool(has_next)  # SQLite knows no truth, only numbers
        return self.revision

    def tree(self) -> Tree:
        """The shape of the whole conversation, in one query."""
        return Tree([*map(Node._make, kept_rows(_nodes, self.pk))], self.leaf_id)


def _nodes(conversation_id: int) -> models.QuerySet[Any, Any]:
    return (
        Conversation(pk=conversation_id)
        .messages.order_by("depth", "position")
        .values_list("id", "parent_id", "depth", "visibility", "role", "continues", "token_count", "context_end")
    )


class Node(NamedTuple):
    """A message as the tree needs it; a tuple, because long conversations have many."""

    id: int
    parent_id: int | None
    depth: int
    visibility: str
    role: str
    continues: bool
    token_count: int | None = None
    context_end: str = ""


class Tree:
    """The messages of a conversation by parent, and the path from the root to the shown leaf."""

    def __init__(self, nodes: Sequence[Node], leaf_id: int | None) -> None:
        self._nodes = {node.id: node for node in nodes}
        self._children: dict[int | None, list[int]] = {}
        for node in nodes:
            self._children.setdefault(node.parent_id, []).append(node.id)
        self.path = self.path_to(leaf_id)

    def path_to(self, leaf_id: int | None) -> list[Node]:
        """From the root to `leaf_id`; empty for an unknown or no leaf."""
        path = []
        node = self._nodes.get(leaf_id) if leaf_id is not None else None
        while node is not None:
            path.append(node)
            node = self._nodes.get(node.parent_id) if node.parent_id is not None else None
        return path[::-1]

    def alternatives(self, node: Node) -> list[int]:
        """The ids of a message and its siblings, oldest first."""
        return self._children[node.parent_id]

    def latest_leaf(self, message_id: int) -> int:
        """The leaf reached from a message by always taking the newest child."""
        while children := self._children.get(message_id):
            message_id = children[-1]
        return message_id
