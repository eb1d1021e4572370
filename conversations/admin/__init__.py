"""The administrators' records. They show codes, states, times and counts; text only for a reason that is kept."""

from . import cases, evidence, http_tools, jobs, models, people, policy, records, tools, word_lists

__all__ = ["cases", "evidence", "http_tools", "jobs", "models", "people", "policy", "records", "tools", "word_lists"]
