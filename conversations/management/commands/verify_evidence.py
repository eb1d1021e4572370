"""Is the record of what was flagged and decided as it was written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conversations import evidence
from conversations.evidence import Head


class Command(BaseCommand):
    help = "Verify the chain of the evidence; exits with 1 and names the first entry that is not as it was sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from-head",
            metavar="SEQ:HASH",
            help="a head from the log: proves that nothing up to it was cut or made anew",
        )
        parser.add_argument("--deep", action="store_true", help="open the payloads too; needs the evidence keys")

    def handle(self, *args: Any, **options: Any) -> None:
        finding = evidence.verify(_known(options["from_head"]), deep=options["deep"])
        if fault := finding.fault:
            raise CommandError(f"Entry {fault.seq} is {fault.how}: {fault.words}.", returncode=1)
        self.stdout.write(f"{finding.count} entries are whole. The chain ends with {finding.head}")


def _known(text: str | None) -> Head | None:
    try:
        return evidence.parse_head(text) if text else None
    except ValueError:
        raise CommandError("--from-head takes SEQ:HASH, as the log has it.") from None
