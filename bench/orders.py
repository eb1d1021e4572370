"""Answers in the background: `python -m bench.orders 100` orders one for each of so many people."""

from __future__ import annotations

import os
import sys
import uuid

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from conversations.models import User  # noqa: E402
from conversations.turns import delegated, start  # noqa: E402
from conversations.turns.orders import Order  # noqa: E402


def order(count: int) -> None:
    for person in User.objects.filter(username__startswith="person").order_by("pk")[:count]:
        wish = Order(person, "bench", None, delegated.delegate)
        start.send(wish, uuid.uuid4(), "Answer this later, please.")


if __name__ == "__main__":
    order(int(sys.argv[1]))
