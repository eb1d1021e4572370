"""Appending: all entries of a transaction together, as its last statements."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from conversations import clock, crypto
from conversations.models import EvidenceEntry, EvidenceHead, EvidenceKind, EvidencePayload

from .chain import Head, Link
from .seal import Sealed, open_payload, seal


@dataclass(frozen=True, slots=True)
class Pending:
    kind: EvidenceKind
    case_code: uuid.UUID | None
    payload: dict[str, Any]


_pending: ContextVar[list[Pending] | None] = ContextVar("evidence", default=None)


@contextmanager
def recording() -> Iterator[None]:
    """A transaction that may seal evidence: what `add` was told is appended at its end.

    The one row that everybody who appends must lock is locked last, for the shortest time, and never before a row that
    somebody who holds it might wait for. Inside another one it is a part of that.
    """
    outer = _pending.get()
    pending: list[Pending] = [] if outer is None else outer
    known = len(pending)
    token = _pending.set(pending)
    try:
        with transaction.atomic():
            yield
            if outer is None and pending:
                _append(pending)
    except BaseException:
        del pending[known:]
        raise
    finally:
        _pending.reset(token)


def add(kind: EvidenceKind, case_code: uuid.UUID | None, payload: dict[str, Any]) -> None:
    """Seal `payload` at the end of the recording that is going on."""
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("Evidence is added inside `recording()` only.")
    pending.append(Pending(kind, case_code, payload))


def head() -> Head:
    """The end of the chain as it is now."""
    row = EvidenceHead.objects.get()
    return Head(row.seq, row.hash)


def _append(pending: Sequence[Pending]) -> None:
    keys = crypto.evidence_keys()
    sealed = [seal(each.payload, keys) for each in pending]
    last = EvidenceHead.objects.select_for_update().get()
    entries = _chained(Head(last.seq, last.hash), pending, sealed)
    EvidenceEntry.objects.bulk_create(entries)
    EvidencePayload.objects.bulk_create(
        EvidencePayload(entry=entry, ciphertext=one.ciphertext, data_key=one.data_key)
        for entry, one in zip(entries, sealed, strict=True)
    )
    EvidenceHead.objects.filter(pk=last.pk).update(seq=entries[-1].seq, hash=entries[-1].hash)


def _chained(last: Head, pending: Sequence[Pending], sealed: Sequence[Sealed]) -> list[EvidenceEntry]:
    entries, at = [], clock.now()
    for each, one in zip(pending, sealed, strict=True):
        link = Link(last.seq + 1, at, each.kind.value, each.case_code, one.digest, last.hash)
        last = Head(link.seq, link.hash())
        entries.append(EvidenceEntry(**link._asdict(), hash=last.hash))
    return entries


def last_payload(case_code: uuid.UUID, kind: EvidenceKind) -> dict[str, Any] | None:
    """What was sealed last about a case; None when nothing was, or its hold has ended."""
    rows = EvidencePayload.objects.select_related("entry").filter(entry__case_code=case_code, entry__kind=kind)
    row = rows.order_by("-pk").first()
    if row is None or row.data_key is None:
        return None
    sealed = Sealed(row.entry.payload_digest, bytes(row.ciphertext), bytes(row.data_key))
    return open_payload(sealed, crypto.evidence_keys())
