"""A person's wish that a reply ends here."""

import uuid

from django.db import transaction

from conversations import broadcast, clock
from conversations.models import Job, Turn, TurnState, User

from .finish import end_unstarted, finish
from .outcome import Outcome, pending
from .start import Missing


def stop(person: User, code: uuid.UUID, turn_code: uuid.UUID) -> Turn:
    """Ask a turn to stop; one that nobody runs yet ends here. A second stop, and one that comes too late, change
    nothing. Raises Missing for strangers."""
    with transaction.atomic():
        turn = _owned(person, code, turn_code)
        if turn.state in (TurnState.QUEUED, TurnState.WAITING):
            _end(turn)
        if turn.state == TurnState.DELEGATED:
            let_go(turn)
        Turn.objects.filter(pk=turn.pk, state=TurnState.RUNNING, stop_asked_at=None).update(stop_asked_at=clock.now())
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


def _end(turn: Turn) -> None:
    """One that has waited for its person keeps what there is of it, with all that was flagged about it."""
    if turn.open_parts:
        finish(turn.pk, "", Outcome(TurnState.STOPPED, concerns=pending(turn)), turn.open_parts)
    else:
        end_unstarted(turn, TurnState.STOPPED)


def _owned(person: User, code: uuid.UUID, turn_code: uuid.UUID) -> Turn:
    rows = Turn.objects.select_related("conversation__owner", "reply", "question")
    try:
        return rows.get(
            code=turn_code, conversation__code=code, conversation__owner=person, conversation__deleted_at=None
        )
    except Turn.DoesNotExist:
        raise Missing from None
