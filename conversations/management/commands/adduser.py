"""An account made at the terminal."""

import getpass
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, OperationalError

from conversations.accounts import ROLES, add_person


class Command(BaseCommand):
    help = "Add a person. The password is read from standard input, or asked for at a terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=ROLES, default=ROLES[0])

    def handle(self, *args: Any, **options: Any) -> None:
        name, role = options["name"], options["role"]
        try:
            add_person(name, _password(), role)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except IntegrityError:
            raise CommandError("This name is taken.") from None
        except OperationalError as error:
            raise CommandError(f"The database cannot be used; start the site once first ({error}).") from None
        self.stdout.write(f"{name} can sign in now ({role}).")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
