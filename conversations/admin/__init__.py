"""The administrators' records. They show codes, states, times and counts; text only for a reason that is kept."""

from . import cases, people, records

__all__ = ["cases", "people", "records"]
