"""Which assistants may the key use? In the form that the setting has them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations import upstream
from conversations.glm import GlmError, assistants


class Command(BaseCommand):
    help = "List GLM's assistants, to choose from for CHATSITE_ASSISTANTS."

    def handle(self, *args: Any, **options: Any) -> None:
        reached = upstream.current()
        if reached.is_simulated:
            raise CommandError("No key is set: replies are simulated. Set ZHIPUAI_API_KEY.")
        try:
            found = upstream.ask(assistants.listed())
        except GlmError as error:
            raise CommandError(f"{reached.name} refused or could not be reached: {error}") from None
        for each in found:
            self.stdout.write(f"{_fit(each.name) or each.id}={each.id}  {' '.join(each.description.split())}".rstrip())
        if not found:
            self.stdout.write(f"{reached.name} lists none for this key.")


def _fit(name: str) -> str:
    """A name without the signs that the setting needs for itself."""
    return " ".join("".join(" " if sign in ",=:" else sign for sign in name).split())
