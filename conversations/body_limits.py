"""How large the body of a request may be, for the server that takes it in and for the application behind it."""

import re

from django.conf import settings

BODY = "chatsite.body"
"""In a scope: the body itself, whole and within bounds, from a server that had to take it in before it asked us."""


def largest(method: str, path: str) -> int:
    """How many bytes a request may bring to an address."""
    if method == "POST":
        for pattern, size in settings.LARGER_BODIES.items():
            if re.fullmatch(pattern, path):
                return int(size)
    return int(settings.LARGEST_BODY)
