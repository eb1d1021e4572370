"""Flags, and what people decide about them.

Everything fails closed: what is to be withdrawn is out of sight in the transaction that records the flag, and comes
back only by a person's verdict. What happens is decided by the flag rules; who may decide, by the functions here and
nowhere else; all of it is written down as events of the case and sealed as evidence.
"""

from .casefile import CaseFile, FreshVerdict, Stand, Standing, case_file, fresh_verdicts, standing
from .cases import open_case
from .claims import claim, expire_claims, give_back, give_back_all, touch
from .concern import Concern, of_levels
from .desk import (
    SurroundingMessage,
    Surroundings,
    alike,
    author_sees,
    earlier_cases,
    look,
    show_text,
    text_for_review,
)
from .errors import (
    Decided,
    NoSuchReason,
    NotAReviewer,
    NotYours,
    OwnCase,
    ReviewError,
    SamePerson,
    Taken,
    TooLate,
)
from .exposures import Seen, exposures_of, keep_of_flagged
from .exposures import keep as keep_seen
from .exposures import unknown as seen_by_unknown
from .judged_turns import open_cases, open_pending_cases
from .looks import picture_of, pictures_seen, show_pictures
from .pace import Slowed, keep_pace
from .queue import ClosedToday, Counters, QueueFilter, closed_today, counters, newer, newest, next_case, queue
from .reasons import offered_reasons, reason_words
from .reports import raise_flag, report
from .reviewers import may_look, may_review, name_of
from .rows import CaseRow, FlagFacts, Neighbour, beside, rows_of
from .rules import delivery_of, rule_on, withdraws
from .samples import sampled
from .verdicts import (
    announce,
    announce_due,
    release,
    release_alike,
    reopen,
    send_back,
    undo,
    uphold,
    uphold_alike,
)
from .versions import versions
from .withdrawal import remove as remove_text

__all__ = [
    "CaseFile",
    "CaseRow",
    "ClosedToday",
    "Concern",
    "Counters",
    "Decided",
    "FlagFacts",
    "FreshVerdict",
    "Neighbour",
    "NoSuchReason",
    "NotAReviewer",
    "NotYours",
    "OwnCase",
    "QueueFilter",
    "ReviewError",
    "SamePerson",
    "Seen",
    "Slowed",
    "Stand",
    "Standing",
    "SurroundingMessage",
    "Surroundings",
    "Taken",
    "TooLate",
    "alike",
    "announce",
    "announce_due",
    "author_sees",
    "beside",
    "case_file",
    "claim",
    "closed_today",
    "counters",
    "delivery_of",
    "earlier_cases",
    "expire_claims",
    "exposures_of",
    "fresh_verdicts",
    "give_back",
    "give_back_all",
    "keep_of_flagged",
    "keep_pace",
    "keep_seen",
    "look",
    "may_look",
    "may_review",
    "name_of",
    "newer",
    "newest",
    "next_case",
    "of_levels",
    "offered_reasons",
    "open_case",
    "open_cases",
    "open_pending_cases",
    "picture_of",
    "pictures_seen",
    "queue",
    "raise_flag",
    "reason_words",
    "release",
    "release_alike",
    "remove_text",
    "reopen",
    "report",
    "rows_of",
    "rule_on",
    "sampled",
    "seen_by_unknown",
    "send_back",
    "show_pictures",
    "show_text",
    "standing",
    "text_for_review",
    "touch",
    "undo",
    "uphold",
    "uphold_alike",
    "versions",
    "withdraws",
]
