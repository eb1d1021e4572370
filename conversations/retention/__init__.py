"""What goes for good, and what stays all the same: a deletion takes texts, never what was sealed about them.

A message loses its text at once. A conversation is out of sight at once and goes for good a moment later, when no reply
is being written in it any more.
"""

from .conversations import delete_all_of, delete_conversation, purge_due
from .messages import BeingWritten, delete_message

__all__ = ["BeingWritten", "delete_all_of", "delete_conversation", "delete_message", "purge_due"]
