"""A word list in the data directory of the environment, as if an administrator had saved it: `… new_list 100000`."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from conversations.models import WordList  # noqa: E402


def main(count: int) -> None:
    entries = "\n".join(f"forbidden words number {number}" for number in range(count))
    WordList.objects.create(name="bench", entries=entries)


if __name__ == "__main__":
    main(int(sys.argv[1]))
