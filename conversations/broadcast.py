"""News for open pages: small values that say what moved, never the text itself.

A poke only makes things quick. Whoever misses one finds the truth in the database by comparing revisions.
"""

import asyncio
import uuid
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from conversations.models import Conversation, User

# What a socket says as it closes, so that its page does not come back by itself.
SIGNED_OUT, FORBIDDEN, MISSING = 4401, 4403, 4404


@dataclass(frozen=True, slots=True)
class ConversationMoved:
    """A conversation went from the revision before to `revision`.

    `turn` is the turn that this is about; `grown`: messages were added at the end and nothing else changed.
    """

    type: ClassVar[str] = "conversation.moved"
    conversation: str
    owner: str
    revision: int
    turn: str = ""
    grown: bool = False

    @property
    def group(self) -> str:
        return conversation_group(self.conversation)


@dataclass(frozen=True, slots=True)
class TurnBegan:
    """A turn that pages may have drawn already has been taken: its text can be followed now."""

    type: ClassVar[str] = "turn.began"
    person: str
    turn: str

    @property
    def group(self) -> str:
        return person_group(self.person)


@dataclass(frozen=True, slots=True)
class ListMoved:
    """An entry of somebody's list of conversations changed."""

    type: ClassVar[str] = "list.moved"
    person: str
    revision: int

    @property
    def group(self) -> str:
        return person_group(self.person)


@dataclass(frozen=True, slots=True)
class AccessEnded:
    """Sockets of a session, or all of a person's but those of one session, must close at once."""

    type: ClassVar[str] = "access.ended"
    group: str
    code: int
    spare_session: str = ""


@dataclass(frozen=True, slots=True)
class QueueMoved:
    """A case was opened, taken, given back or decided: reviewers' queues and counters are not what they were."""

    type: ClassVar[str] = "queue.moved"

    @property
    def group(self) -> str:
        return REVIEWERS


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Somebody wants a turn stopped that another process runs."""

    type: ClassVar[str] = "stop.asked"
    turn_id: int

    @property
    def group(self) -> str:
        return PROCESSES


@dataclass(frozen=True, slots=True)
class TurnWaits:
    """A turn stands in the queue, and the process that made it cannot take it."""

    type: ClassVar[str] = "turn.waits"

    @property
    def group(self) -> str:
        return PROCESSES


REVIEWERS = "review.queue"
PROCESSES = "processes"

Event = ConversationMoved | TurnBegan | ListMoved | AccessEnded | QueueMoved | StopAsked | TurnWaits


def conversation_group(code: uuid.UUID | str) -> str:
    return f"conversation.{code}"


def person_group(code: uuid.UUID | str) -> str:
    return f"person.{code}"


def session_group(session_hash: str) -> str:
    return f"session.{session_hash}"


# Seconds. The list can wait: it is redrawn once for many changes, and never in the way of the words that changed it.
LIST_PAUSE = 0.1

_loop: asyncio.AbstractEventLoop | None = None
_sending: set[asyncio.Task[None]] = set()
_resting: dict[str, ListMoved] = {}


def attach(loop: asyncio.AbstractEventLoop | None) -> None:
    """Say on which loop this process serves its sockets; None when it serves none any more."""
    global _loop
    _loop = loop
    _resting.clear()  # their timers belong to the loop that was


def publish(event: Event) -> None:
    """Tell every open page; callable from any thread, and where pages are served it never blocks.

    A process without a served loop has none itself; with Redis it tells those that have.
    """
    if _loop is not None and not _loop.is_closed():
        _loop.call_soon_threadsafe(_take, event)
    elif settings.REDIS_URL:
        get_channel_layer().tell_from_outside(event.group, message(event))


def _take(event: Event) -> None:
    if isinstance(event, ListMoved):
        _rest(event)
    else:
        _send_soon(event)


def _rest(event: ListMoved) -> None:
    """Keep the news for a moment; of what comes meanwhile for the same person the latest says it all."""
    if event.person not in _resting:
        asyncio.get_running_loop().call_later(LIST_PAUSE, _send_rested, event.person)
    _resting[event.person] = event


def _send_rested(person: str) -> None:
    if event := _resting.pop(person, None):
        _send_soon(event)


def _send_soon(event: Event) -> None:
    task = asyncio.get_running_loop().create_task(_send(event))
    _sending.add(task)
    task.add_done_callback(_sending.discard)


async def _send(event: Event) -> None:
    await get_channel_layer().group_send(event.group, message(event))


def conversation_moved(conversation: Conversation, *, turn: uuid.UUID | None = None, grown: bool = False) -> None:
    """Once the transaction is committed, say that the conversation has the revision it has now."""
    news = ConversationMoved(
        conversation=str(conversation.code),
        owner=str(conversation.owner.code),
        revision=conversation.revision,
        turn=str(turn or ""),
        grown=grown,
    )
    transaction.on_commit(lambda: publish(news))


def queue_moved() -> None:
    """Once the transaction is committed, tell the pages of reviewers that the queue moved."""
    transaction.on_commit(lambda: publish(QueueMoved()))


def list_moved(person: User, revision: int) -> None:
    """Once the transaction is committed, say that the person's list has the revision `revision`."""
    news = ListMoved(str(person.code), revision)
    transaction.on_commit(lambda: publish(news))


def message(event: Event) -> dict[str, Any]:
    """The event as the channel layer carries it; consumers get it back by `type`."""
    return {"type": event.type, "event": asdict(event)}
