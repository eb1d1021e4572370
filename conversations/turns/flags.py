"""What is flagged about a reply while it is written, and whether that takes it out of sight."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from django.db import Error as DatabaseError

from conversations import standing
from conversations.db import db
from conversations.models import TurnState
from conversations.moderation import Concern

from . import sight
from .claim import Assignment
from .outcome import Outcome
from .screen import concerns_of, of_parts, unchecked, withdraws
from .sight import Sight
from .writer import Writer

logger = structlog.get_logger(__name__)

WEIGHING_SECONDS = 0.2
"""For what takes a few milliseconds: beyond it the database is locked or away, and this process may not see its end."""


class Flags:
    """Of one turn; `concerns` are those that have left its text where it is, and the ones that withdraw it."""

    def __init__(self, assignment: Assignment, writer: Writer) -> None:
        self._assignment, self._writer = assignment, writer
        self.concerns = assignment.concerns
        self.is_withdrawn = False
        self._is_kept_unweighed = False

    async def take_hits(self) -> bool:
        """Whether a hit takes the reply out of sight; until that is decided nothing more of it is shown."""
        screen = self._writer.screen
        while screen is not None and screen.hits and not self.is_withdrawn:
            hits = concerns_of(screen.hits, "assistant")
            self.is_withdrawn = await self.withdraw(hits)
            if self.is_withdrawn:
                self.concerns += hits
            else:
                await self.keep(hits)
                screen.go_on()
                self._writer.log.announce()
        return self.is_withdrawn

    async def keep(self, concerns: tuple[Concern, ...]) -> None:
        """Flags that leave the text where it is: whoever ends the turn acts on them."""
        self.concerns += concerns
        await sight.note(self._assignment, self.concerns)

    async def withdraw(self, concerns: tuple[Concern, ...]) -> bool:
        """Whether these do. Until the database has said so they count as if they did: what waits for it too long is
        written down where none is needed, for whoever finds this process killed."""
        late = asyncio.get_running_loop().call_later(WEIGHING_SECONDS, self._keep_unweighed, concerns)
        try:
            is_withdrawn = await db(withdraws, self._assignment.turn_id, concerns)
        except DatabaseError:
            logger.exception("flags not weighed, so they withdraw", turn=str(self._assignment.turn))
            return True
        finally:
            late.cancel()
        if self._is_kept_unweighed and not is_withdrawn:
            await sight.let_go(self._assignment)
            self._is_kept_unweighed = False
        return is_withdrawn

    def _keep_unweighed(self, concerns: tuple[Concern, ...]) -> None:
        self._is_kept_unweighed = True
        sight.keep(self._assignment, Sight((*self.concerns, *concerns), self._writer.all_parts()))

    async def judged(self, outcome: Outcome) -> Outcome:
        """The outcome with all that was flagged; filtered when any of that takes the text out of sight. Once nothing
        more is written."""
        is_withdrawn = await self.take_hits()
        concerns = (*outcome.concerns, *self.concerns, *self._unfinished_checks())
        if concerns and outcome.state is not TurnState.FILTERED:
            is_withdrawn = is_withdrawn or await self.withdraw(concerns)
        state = TurnState.FILTERED if is_withdrawn else outcome.state
        return replace(outcome, state=state, concerns=concerns) if concerns else outcome

    def _unfinished_checks(self) -> tuple[Concern, ...]:
        """Lists that came while the reply was written, and checks that broke: listed, not forgotten."""
        known, screen = standing.known(), self._writer.screen
        if known is None or (known.replies is self._assignment.lists and known.is_whole):
            return (unchecked("assistant"),) if screen is not None and screen.is_broken else ()
        late = of_parts(self._writer.parts(), known.replies)
        return late if known.is_whole else (*late, unchecked("assistant"))
