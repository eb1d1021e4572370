"""The sandbox alone, for trying a client or the site against it."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Run the simulated GLM server until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="0", help="where to listen on 127.0.0.1; 0 picks a free port")
        parser.add_argument("--key", default="", help="the key it accepts, as id.secret")

    def handle(self, *args: Any, **options: Any) -> None:
        key = ["--key", options["key"]] if options["key"] else []
        os.chdir(settings.BASE_DIR)
        # In our place: signals, output and exit code are the sandbox's own.
        command = [sys.executable, "-m", "conversations.sandbox", "--port", options["port"], *key]
        os.execv(sys.executable, command)  # noqa: S606
