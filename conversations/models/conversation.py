"""Conversations: a tree of messages and the path that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from conversations.codes import new_code

if TYPE_CHECKING:
    from .user import User


# One statement instead of two, and no building of queries: this stands before every first word.
RAISE_REVISION = (
    "UPDATE conversations_conversation SET revision = revision + 1 WHERE id = %s RETURNING revision, leaf_id"
)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, person: User) -> ConversationQuerySet:
        return self.filter(owner=person, deleted_at=None)

    def listed(self) -> ConversationQuerySet:
        return self.order_by("-active_at", "-pk")


class Conversation(models.Model):
    """`revision` rises with every visible change; `path_revision` is the revision at which the shown path last
    changed otherwise than by growing; `listed_revision` is the owner's revision at the last change of its entry."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = models.CharField(_("title"), max_length=200, blank=True)
    title_is_own = models.BooleanField(default=False)
    model_name = models.CharField(_("model"), max_length=100)
    leaf = models.ForeignKey("Message", on_delete=models.SET_NULL, null=True, related_name="+")
    revision = models.PositiveBigIntegerField(default=0)
    path_revision = models.PositiveBigIntegerField(default=0)
    listed_revision = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    active_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        indexes = [
            models.Index(fields=["owner", "-active_at", "-id"], name="conversation_list"),
            models.Index(fields=["owner", "listed_revision"], name="conversation_catch_up"),
        ]

    def __str__(self) -> str:
        return str(self.code)

    def next_revision(self) -> int:
        """Raise `revision` by one, inside the caller's transaction.

        This update is also the lock: whoever changes a conversation does it first.
        """
        with connection.cursor() as cursor:
            cursor.execute(RAISE_REVISION, [self.pk])
            self.revision, self.leaf_id = cursor.fetchone()
        return self.revision

    def tree(self) -> Tree:
        """The shape of the whole conversation, in one query."""
        nodes = self.messages.order_by("depth", "position").values_list(
            "id", "parent_id", "depth", "visibility", "role", "continues"
        )
        return Tree([Node(*node) for node in nodes], self.leaf_id)


@dataclass(frozen=True, slots=True)
class Node:
    """A message as the tree needs it."""

    id: int
    parent_id: int | None
    depth: int
    visibility: str
    role: str
    continues: bool


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
