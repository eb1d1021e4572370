"""Verifying a chain of 100,000 entries, with and without opening what is sealed."""

from __future__ import annotations

import uuid

from .site import rows, timed

ENTRIES, AT_ONCE = 100_000, 1000
REACH = 10.0


def measure() -> str:
    with rows():
        from conversations import evidence

        for _ in range(ENTRIES // AT_ONCE):
            _seal()
        plain = timed(lambda: _whole(evidence.verify()))
        deep = timed(lambda: _whole(evidence.verify(deep=True)))
    return f"verify {ENTRIES:,} entries (≤ {REACH:.0f} s): {plain:.1f} s; with their payloads {deep:.1f} s"


def _seal() -> None:
    from conversations import evidence
    from conversations.models import EvidenceKind

    with evidence.recording():
        for number in range(AT_ONCE):
            evidence.add(EvidenceKind.FLAGGED, uuid.uuid4(), {"number": number, "text": "A secret. " * 40})


def _whole(finding) -> None:  # type: ignore[no-untyped-def]
    if finding.fault or finding.count != ENTRIES:
        raise RuntimeError(str(finding))
