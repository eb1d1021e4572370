"""What a flag does: the rules of the administrators, read when a flag is raised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conversations import standing
from conversations.models import Delivery, FlagRule, OnFlag, User

from .concern import Concern

STRICTEST_FIRST = (OnFlag.WITHDRAW, OnFlag.MARK, OnFlag.NOTE)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is done about flags; and whether one person alone may release what was withdrawn."""

    on_flag: str = OnFlag.WITHDRAW
    needs_second: bool = False


def rule_on(concerns: Sequence[Concern], person: User) -> list[Ruling]:
    """For each concern what the rules say to it. Without any rule everything is withdrawn."""
    rules = list(FlagRule.objects.all())
    groups = _groups(person) if any(rule.group_name for rule in rules) else frozenset()
    return [_ruling(concern, rules, groups) for concern in concerns]


def withdraws(concerns: Sequence[Concern], person: User) -> bool:
    """Whether one of these flags takes the text out of sight."""
    return strictest(rule_on(concerns, person)).on_flag == OnFlag.WITHDRAW


def strictest(rulings: Iterable[Ruling]) -> Ruling:
    found = list(rulings)
    return Ruling(_strictest(each.on_flag for each in found), any(each.needs_second for each in found))


def stricter(one: str, other: str) -> str:
    return _strictest((one, other))


def delivery_of(person: User) -> Delivery:
    """Whether replies to this person are shown while they are written. Asks the database only where a rule wants
    something else for some group."""
    checked = standing.current().checked_groups
    if "" in checked or (checked and checked & _groups(person)):
        return Delivery.CHECKED
    return Delivery.LIVE


def _ruling(concern: Concern, rules: Iterable[FlagRule], groups: frozenset[str]) -> Ruling:
    level = "" if concern.level is None else str(concern.level)
    fits = [
        rule
        for rule in rules
        if rule.source in ("", concern.source) and rule.level in ("", level) and rule.group_name in ("", *groups)
    ]
    most = max((_names(rule) for rule in fits), default=0)
    return strictest(Ruling(rule.on_flag, rule.needs_second) for rule in fits if _names(rule) == most)


def _names(rule: FlagRule) -> int:
    return bool(rule.source) + bool(rule.level) + bool(rule.group_name)


def _groups(person: User) -> frozenset[str]:
    return frozenset(person.groups.values_list("name", flat=True))


def _strictest(found: Iterable[str]) -> str:
    return min(found, key=[each.value for each in STRICTEST_FIRST].index, default=OnFlag.WITHDRAW.value)
