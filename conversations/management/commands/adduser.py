"""An account made at the terminal."""

import getpass
import sys
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from conversations.models import User

ROLES = ("member", "reviewer", "administrator")


class Command(BaseCommand):
    help = "Add a person. The password is read from standard input, or asked for at a terminal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=ROLES, default=ROLES[0])

    def handle(self, *args: Any, **options: Any) -> None:
        name, role = options["name"], options["role"]
        person = User(username=name)
        try:
            person.username = person.normalize_username(name)
            person.full_clean(exclude=["password"])
            password = _password()
            validate_password(password, person)
            _add(person, password, role)
        except (ValidationError, IntegrityError) as error:
            raise CommandError(_words(error)) from None
        self.stdout.write(f"{name} can sign in now ({role}).")


def _add(person: User, password: str, role: str) -> None:
    person.set_password(password)
    with transaction.atomic():
        person.save()
        person.groups.add(Group.objects.get(name=role))


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password


def _words(error: ValidationError | IntegrityError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else "This name is taken."
