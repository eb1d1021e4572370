#!/usr/bin/env python
"""Entrance to every command of the site; `./chat NAME …` ends here."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        # What a start loads stays; collecting in between finds nothing and takes 0.1 s. `serve` turns it on again.
        gc.disable()
        os.environ.setdefault("CHATSITE_ROLE", "web")
    if sys.argv[1:2] == ["worker"]:
        os.environ.setdefault("CHATSITE_ROLE", "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
