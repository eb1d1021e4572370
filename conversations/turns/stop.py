"""A person's wish that a reply ends here."""

import uuid

from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from conversations import broadcast, clock
from conversations.models import Job, Turn, TurnState, User

from .errors import Missing
from .finish import end_unstarted, finish
from .outcome import Outcome, pending


def stop(person: User, code: uuid.UUID, turn_code: uuid.UUID) -> Turn:
    """Ask a turn to stop; one that nobody runs yet ends here. A second stop, and one that comes too late, change
    nothing. Raises Missing for strangers."""
    with transaction.atomic():
        turn = _owned(person, code, turn_code)
        while not _is_heard(turn):
            # It was taken, or went to wait for its person, between the look at it and the wish.
            turn.refresh_from_db(fields=["state", "open_parts", "concerns"])
    return turn


def let_go(turn: Turn) -> bool:
    """Stop a delegated turn, inside the caller's transaction: what GLM makes of it is nobody's any more. False when it
    had ended."""
    if not end_unstarted(turn, TurnState.STOPPED):
        return False
    job = Job.objects.select_related("person").filter(turn=turn).first()
    if job is not None and job.cancel(clock.now()):
        listed = User.raise_revision(job.person_id)
        Job.objects.filter(pk=job.pk).update(revision=listed)
        broadcast.list_moved(job.person, listed)
    return True


def _is_heard(turn: Turn) -> bool:
    """Ends a turn that is in nobody's hands, or writes the wish down for whoever runs it; False when it moved on
    first."""
    if turn.state == TurnState.DELEGATED:
        return let_go(turn)
    if turn.state == TurnState.RUNNING:
        first = Coalesce("stop_asked_at", Value(clock.now(), DateTimeField()))
        return bool(Turn.objects.filter(pk=turn.pk, state=TurnState.RUNNING).update(stop_asked_at=first))
    return not turn.is_live or _end(turn)


def _end(turn: Turn) -> bool:
    """One that has waited for its person keeps what there is of it, with all that was flagged about it."""
    if turn.open_parts:
        return finish(turn.pk, "", Outcome(TurnState.STOPPED, concerns=pending(turn)), turn.open_parts)
    return end_unstarted(turn, TurnState.STOPPED)


def _owned(person: User, code: uuid.UUID, turn_code: uuid.UUID) -> Turn:
    rows = Turn.objects.select_related("conversation__owner", "reply", "question")
    try:
        return rows.get(
            code=turn_code, conversation__code=code, conversation__owner=person, conversation__deleted_at=None
        )
    except Turn.DoesNotExist:
        raise Missing from None
