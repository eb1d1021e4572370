"""What is written into pages instead of being fetched; the content policy knows each piece by its hash."""

import base64
import hashlib


def policy_source(text: str) -> str:
    """How a content policy names a script or a style that stands in a page exactly as `text` has it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
