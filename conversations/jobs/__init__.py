"""Jobs: work that GLM finishes later. Each is a row before anything is asked, and goes on step by step.

`claims` takes what is due, `steps.advance` takes one step, whoever calls it: a thread of the served process, or a
worker. Kinds are a file and a line in `registry` each; `decisions` is what people and administrators do.
"""

from .claims import Ticket, take_due, take_queued
from .decisions import Decided, cancel, give_up, look_up, repeat
from .kind import Kind, Sending, Stopped
from .registry import KINDS, kind_of
from .steps import Done, advance
from .usual import Usual, usual

__all__ = [
    "KINDS",
    "Decided",
    "Done",
    "Kind",
    "Sending",
    "Stopped",
    "Ticket",
    "Usual",
    "advance",
    "cancel",
    "give_up",
    "kind_of",
    "look_up",
    "repeat",
    "take_due",
    "take_queued",
    "usual",
]
