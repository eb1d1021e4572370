"""New locks for what is kept encrypted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations import crypto, evidence
from conversations.models import encrypted


@dataclass(frozen=True, slots=True)
class Locks:
    """One set of master keys: the setting that may hold them, the file that else does, and what lies under them."""

    setting: str
    file: Path
    ring: Callable[[], crypto.KeyRing]
    relock: Callable[[crypto.KeyRing], int]
    what: str

    @property
    def are_set(self) -> bool:
        return bool(getattr(settings, self.setting))


class Command(BaseCommand):
    help = (
        "Make fresh master keys for the sealed evidence and for the secrets that administrators gave, and put "
        "everything under them. When CHATSITE_EVIDENCE_KEYS or CHATSITE_ENCRYPTION_KEYS is set, its first key is "
        "taken: put the new one in front yourself. The site may be running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forget-old",
            action="store_true",
            help="then remove the older keys: copies of the database made before this stay closed for ever",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sets = _sets()
        for each in sets:
            if each.are_set and options["forget_old"]:
                raise CommandError(f"The keys are set by {each.setting}: take the older ones out there, afterwards.")
        for each in sets:
            self._rotate(each, forget_old=options["forget_old"])

    def _rotate(self, locks: Locks, *, forget_old: bool) -> None:
        if not locks.are_set:
            crypto.replace_keys(locks.file, (crypto.fresh_master_key(), *locks.ring().keys))
        keys = locks.ring()
        try:
            count = locks.relock(keys)
        except crypto.CannotUnlock:
            raise CommandError(f"Some {locks.what} open with none of the keys; nothing was forgotten.") from None
        if forget_old:
            crypto.replace_keys(locks.file, keys.keys[:1])
        self.stdout.write(f"{count} {locks.what} are under the newest of {len(keys.keys)} keys.")


def _sets() -> tuple[Locks, ...]:
    return (
        Locks(
            "CHATSITE_EVIDENCE_KEYS",
            crypto.evidence_key_file(),
            crypto.evidence_keys,
            evidence.relock,
            "payloads",
        ),
        Locks(
            "CHATSITE_ENCRYPTION_KEYS",
            crypto.encryption_key_file(),
            crypto.encryption_keys,
            encrypted.relock,
            "secrets",
        ),
    )
