"""What is wrong with the account at GLM, known to all processes: whoever asks meanwhile is told at once what GLM said
last, GLM is not asked in vain, and administrators are told what to do.

After a while one request goes through. If GLM answers it the fault is over, else the while gets longer.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from conversations import clock, notices
from conversations.glm import Closes, GlmError
from conversations.models import Fault, NoticeKind, User
from conversations.sandbox import SANDBOX_PREFIX
from conversations.upstream import Upstream

PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
PROBED_FOR = dt.timedelta(seconds=30)  # as long as a probe may keep others waiting

_known: tuple[Fault, ...] = ()


def known() -> tuple[Fault, ...]:
    """The faults that last, as this process knows them."""
    return _known


def refresh() -> None:
    """Learn what other processes have met."""
    global _known
    _known = tuple(Fault.objects.lasting().order_by("pk"))


def end_all_but(source: Upstream) -> None:
    """Faults of another server, or of another key, are nobody's any more."""
    Fault.objects.lasting().exclude(account=source.account).update(ended_at=clock.now())
    refresh()


def alarming(source: Upstream) -> tuple[Fault, ...]:
    """Those that administrators have to do something about."""
    return tuple(fault for fault in _known if fault.is_alarming and fault.account == source.account)


def in_the_way(source: Upstream, model_name: str) -> Fault | None:
    """The fault that keeps a request of this model from being made now. None lets it through, also as the probe of a
    fault whose while is over. No query while nothing is known."""
    for fault in _of(source, model_name):
        if fault.closed_until > clock.now() or not _is_probe(fault):
            return fault
    return None


def stands(source: Upstream, model_name: str) -> bool:
    """Whether there is such a fault, for what nobody waits for: that never is the probe."""
    return bool(_of(source, model_name))


def heard(source: Upstream, model_name: str, error: GlmError, request_id: str = "") -> None:
    """Learn from an error of GLM's whether it is one that will not go away by asking again."""
    closes = _closes(source, model_name, error)
    if closes is Closes.NOTHING:
        return
    scope = model_name if closes is Closes.MODEL else ""
    while not _noted(source, scope, error, request_id):
        continue
    refresh()


def answered(source: Upstream, model_name: str, asked_at: dt.datetime) -> None:
    """GLM has answered a request that was made at `asked_at`: faults from before that are over."""
    over = [fault for fault in _of(source, model_name) if fault.began_at <= asked_at]
    if not over:
        return
    with transaction.atomic():
        ended = [fault for fault in over if _end(fault)]
        if any(fault.is_alarming for fault in ended):
            _tell(ended[0], is_over=True)
    refresh()


def try_again(fault: Fault) -> bool:
    """Let the next request through; False when the fault is over."""
    reopened = Fault.objects.lasting().filter(pk=fault.pk).update(closed_until=clock.now())
    refresh()
    return bool(reopened)


def _of(source: Upstream, model_name: str) -> list[Fault]:
    return [each for each in _known if each.account == source.account and each.model_name in ("", model_name)]


def _is_probe(fault: Fault) -> bool:
    """Of all who come when the while is over one goes through."""
    seen = Fault.objects.lasting().filter(pk=fault.pk, closed_until=fault.closed_until)
    taken = seen.update(closed_until=clock.now() + PROBED_FOR)
    refresh()
    return bool(taken) or all(each.pk != fault.pk for each in _known)


def _closes(source: Upstream, model_name: str, error: GlmError) -> Closes:
    """A model of the sandbox stands for an account of its own; a phrase in a question concerns only that question."""
    closes = error.rule.closes
    if not source.is_simulated or closes is Closes.NOTHING:
        return closes
    return Closes.MODEL if model_name.startswith(SANDBOX_PREFIX) else Closes.NOTHING


def _noted(source: Upstream, scope: str, error: GlmError, request_id: str) -> bool:
    """Write it down; False when another process was first and it has to be looked at again."""
    facts = {
        "kind": error.kind.value,
        "business_code": error.code or "",
        "is_alarming": error.rule.is_alarming,
        "resets_at": error.resets_at,
        "request_id": request_id,
        "log_id": error.log_id[:128],
    }
    try:
        with transaction.atomic():
            lasting = Fault.objects.lasting().filter(account=source.account, model_name=scope).first()
            return _again(lasting, facts) if lasting else _begun(source, scope, facts)
    except IntegrityError:
        return False


def _begun(source: Upstream, scope: str, facts: dict[str, Any]) -> bool:
    now = clock.now()
    until = _closed_until(now, 1, facts["resets_at"])
    names = {"account": source.account, "upstream": source.name, "model_name": scope}
    fault = Fault.objects.create(began_at=now, closed_until=until, **names, **facts)
    if fault.is_alarming:
        _tell(fault)
    return True


def _again(fault: Fault, facts: dict[str, Any]) -> bool:
    """The same once more, or something worse: only what is new is told."""
    count = fault.answer_count + 1
    until = _closed_until(clock.now(), count, facts["resets_at"])
    seen = Fault.objects.lasting().filter(pk=fault.pk, answer_count=fault.answer_count)
    if not seen.update(answer_count=count, closed_until=until, **facts):
        return False
    if facts["is_alarming"] and facts["kind"] != fault.kind:
        fault.kind, fault.business_code = str(facts["kind"]), str(facts["business_code"])
        _tell(fault)
    return True


def _closed_until(now: dt.datetime, answer_count: int, resets_at: dt.datetime | None) -> dt.datetime:
    if resets_at is not None and resets_at > now:
        return resets_at
    doublings: int = 2 ** min(answer_count - 1, 10)
    return now + min(PAUSE * doublings, LONGEST_PAUSE)


def _end(fault: Fault) -> bool:
    return bool(Fault.objects.lasting().filter(pk=fault.pk).update(ended_at=clock.now()))


def _tell(fault: Fault, *, is_over: bool = False) -> None:
    """Tell every administrator, once; news that it is over takes back what they have not read."""
    for person in administrators():
        if is_over:
            notices.read_kind(person, NoticeKind.FAULT)
        facts = {"kind": fault.kind, "code": fault.business_code, "model": fault.model_name, "upstream": fault.upstream}
        notices.tell(person, NoticeKind.FAULT, fault=str(fault.code), is_over=is_over, **facts)


def administrators() -> list[User]:
    """Those who can do something about it, always in one order: who tells them all locks one after the other."""
    people = User.objects.with_perm("conversations.administer", backend="django.contrib.auth.backends.ModelBackend")
    return list(people.filter(is_active=True).order_by("pk"))
