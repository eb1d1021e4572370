"""Does the key work? Asks the server for its models, which costs nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations import upstream
from conversations.glm import GlmError


class Command(BaseCommand):
    help = "Test the configured key by asking GLM for its models."

    def handle(self, *args: Any, **options: Any) -> None:
        reached = upstream.current()
        if reached.is_simulated:
            raise CommandError("No key is set: replies are simulated. Set ZHIPUAI_API_KEY.")
        try:
            models = upstream.ask_models(reached)
        except GlmError as error:
            raise CommandError(f"{reached.name} refused or could not be reached: {error}") from None
        self.stdout.write(f"The key works at {reached.name}. Models: {', '.join(models) or 'none listed'}")
