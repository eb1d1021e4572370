"""When to send the same again: pure, so that every schedule can be tested without waiting.

Only before the first delta: what a person has begun to read is never replaced by another attempt.
"""

from collections.abc import Callable

from .codes import DISTURBED, Pace, Rule
from .errors import GlmError
from .results import Finish

_FIRST = {Pace.AT_ONCE: 0.0, Pace.BACK_OFF: 0.5, Pace.QUEUE: 1.0}
_LONGEST = 8.0
_JITTER = 0.25


def delay(failure: GlmError | Finish, attempt: int, random: Callable[[], float]) -> float | None:
    """Seconds until the next attempt, or None: give up, or do what the error's `remedy` says.

    `failure`: what was raised, or the finish of a reply that ended by itself. `attempt` counts those made,
    from 1; `random` gives numbers from [0, 1). Each attempt needs a request_id of its own. Waits double up to
    8 s and are shortened by up to a quarter, so that replies which failed together do not return together.
    """
    rule = _rule(failure)
    if rule is None or attempt > rule.retry_count:
        return None
    longest = min(_FIRST[rule.pace] * 2.0 ** (attempt - 1), _LONGEST)
    return longest * (1.0 - _JITTER * random())


def _rule(failure: GlmError | Finish) -> Rule | None:
    """A reply that broke is GLM's disturbance, although no error says so."""
    if isinstance(failure, GlmError):
        return failure.rule
    return DISTURBED if failure.is_failure else None
