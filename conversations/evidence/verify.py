"""Verification: is the chain whole, and if not, where does it break first and how."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from django.db import models

from conversations import crypto
from conversations.models import GENESIS, EvidenceEntry, EvidenceKind

from .chain import Head, Link
from .record import head
from .seal import Broken, Sealed, open_payload

How = Literal["altered", "cut", "reordered", "unreadable"]
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was sealed."""

    seq: int
    how: How
    words: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How many entries were looked at, where the chain ends, and what is wrong, if anything is."""

    count: int
    head: Head
    fault: Fault | None = None


class Row(NamedTuple):
    link: Link
    hash: str
    payload: int | None
    is_shredded: bool
    ciphertext: bytes = b""
    data_key: bytes = b""


def verify(known: Head | None = None, *, deep: bool = False) -> Finding:
    """Look at every entry up to the present end. `known` is a head from the log: the chain must have passed through it.

    Needs no key; with `deep` the payloads are opened too.
    """
    newest = EvidenceEntry.objects.aggregate(models.Max("seq"))["seq__max"] or 0
    end = head()  # read after the newest: entries and the end of the chain become visible together
    keys = crypto.evidence_keys() if deep else None
    count, last = 0, Head(0, GENESIS)
    ended_holds = _ended_holds()
    for row in _rows(end.seq, deep=deep):
        fault = _fault(row, last, end, ended_holds) or _of_known(row, known) or _of_payload(row, keys)
        if fault:
            return Finding(count, end, fault)
        count, last = count + 1, Head(row.link.seq, row.hash)
    return Finding(count, end, _of_end(last, end, known, newest))


def _rows(last_seq: int, *, deep: bool) -> Iterator[Row]:
    entries = EvidenceEntry.objects.filter(seq__lte=last_seq).order_by("seq")
    payload = ("payload__ciphertext", "payload__data_key") if deep else ()
    read = entries.annotate(is_shredded=models.Q(payload__data_key=None)).values_list(
        *Link._fields, "hash", "payload__entry_id", "is_shredded", *payload
    )
    width = len(Link._fields)
    for values in read.iterator(AT_ONCE):
        yield Row(Link(*values[:width]), *values[width:])


def _fault(row: Row, last: Head, end: Head, ended_holds: dict[uuid.UUID | None, int]) -> Fault | None:
    expected = last.seq + 1
    if row.link.seq != expected:
        return Fault(expected, "cut", f"entries {expected} to {row.link.seq - 1} are missing")
    if row.link.hash() != row.hash:
        return _moved(row, last, end) or Fault(expected, "altered", "its content does not fit its hash")
    if row.link.prev_hash != last.hash:
        return Fault(expected, "altered", f"it does not follow entry {last.seq}, which was made anew")
    if row.payload is None:
        return Fault(expected, "cut", "its payload is missing")
    if row.is_shredded and ended_holds.get(row.link.case_code, 0) <= expected:
        return Fault(expected, "altered", "its key is gone, and no later entry says that its hold has ended")
    return None


def _moved(row: Row, last: Head, end: Head) -> Fault | None:
    """An entry that is whole, but was sealed under another number."""
    sealed_as = next((seq for seq in range(1, end.seq + 2) if row.link.hash(seq) == row.hash), None)
    if sealed_as is None:
        return None
    place = row.link.seq
    if EvidenceEntry.objects.filter(prev_hash=last.hash).exists():
        return Fault(place, "reordered", f"the entry in this place was sealed as number {sealed_as}")
    return Fault(place, "cut", f"entry {place} is missing; the one in its place was sealed as number {sealed_as}")


def _of_known(row: Row, known: Head | None) -> Fault | None:
    if known is not None and row.link.seq == known.seq and row.hash != known.hash:
        return Fault(known.seq, "altered", "it is not the entry whose hash was logged: the chain was made anew")
    return None


def _of_end(last: Head, end: Head, known: Head | None, newest: int) -> Fault | None:
    if last.seq < end.seq:
        return Fault(last.seq + 1, "cut", f"entries {last.seq + 1} to {end.seq} are missing")
    if last.hash != end.hash:
        return Fault(last.seq, "altered", "it is not the entry that the chain ended with")
    if newest > end.seq:
        return Fault(end.seq + 1, "altered", "it comes after the end of the chain")
    if known is not None and known.seq > last.seq:
        return Fault(last.seq + 1, "cut", f"entries {last.seq + 1} to {known.seq} are missing: {known.seq} was logged")
    return None


def _of_payload(row: Row, keys: crypto.KeyRing | None) -> Fault | None:
    if keys is None or row.is_shredded:
        return None
    try:
        open_payload(Sealed(row.link.payload_digest, row.ciphertext, row.data_key), keys)
    except Broken:
        return Fault(row.link.seq, "altered", "its payload is not the one that was sealed")
    except crypto.CannotUnlock:
        return Fault(row.link.seq, "unreadable", "none of the master keys opens its payload")
    return None


def _ended_holds() -> dict[uuid.UUID | None, int]:
    """For each case whose hold has ended: the number of the entry that says so."""
    rows: Any = EvidenceEntry.objects.filter(kind=EvidenceKind.HOLD_ENDED).values_list("case_code")
    return dict(rows.annotate(models.Max("seq")))
