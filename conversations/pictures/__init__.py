"""Pictures that people bring: taken in and kept, put into the box, read for prompts and pages, deleted when unused.

One row a picture and person; the bytes lie in the storage under names that nobody can guess, outside any public path.
"""

from .errors import Crowded, DayFull, Full, PictureError, TooLarge, TooMany, Unread, Unreadable, Unstored
from .intake import keep, prepared
from .made import keep_made, keep_video
from .read import data_of, may_be_seen, out_of_focus
from .sent import SentPicture, of_message, parts_of, sent, use
from .sweep import forget, hold, sweep
from .tray import add, describe, in_tray, let_wait, move, put_back, remove, tray_of, unbegun, waiting

__all__ = [
    "Crowded",
    "DayFull",
    "Full",
    "PictureError",
    "SentPicture",
    "TooLarge",
    "TooMany",
    "Unread",
    "Unreadable",
    "Unstored",
    "add",
    "data_of",
    "describe",
    "forget",
    "hold",
    "in_tray",
    "keep",
    "keep_made",
    "keep_video",
    "let_wait",
    "may_be_seen",
    "move",
    "of_message",
    "out_of_focus",
    "parts_of",
    "prepared",
    "put_back",
    "remove",
    "sent",
    "sweep",
    "tray_of",
    "unbegun",
    "use",
    "waiting",
]
