"""What stands between a question and its request in a long conversation: `python -m bench.prompt [messages]`.

On a database of its own, in memory of the file system: the path of so many messages (1,000) is read and its prompt
built, thirty times. Prints the median in milliseconds, of both parts, and how many queries that took.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

import django

if __name__ == "__main__":
    os.environ["CHATSITE_DATA_DIR"] = tempfile.mkdtemp(prefix="chatsite-bench-")
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation
from conversations.turns import path, prompt
from tests import people

TIMES = 30
REPLY = " The moon pulls, and the water follows it around the world." * 10


def measure(count: int) -> dict[str, float]:
    """Medians in milliseconds, and the queries of one reading."""
    somebody = people.person("ann")
    talk = people.long_conversation(somebody, count // 2, more=REPLY)
    conversation = Conversation.objects.get(pk=talk.pk)
    with CaptureQueriesContext(connection) as queries:
        told = path.to(conversation, conversation.leaf_id)
    reading, building = [], []
    for _ in range(TIMES):
        begun = time.perf_counter()
        told = path.to(conversation, conversation.leaf_id)
        read = time.perf_counter()
        messages = prompt.build(told.said, system="Be brief.")
        building.append(time.perf_counter() - read)
        reading.append(read - begun)
    assert len(messages) == len(told.nodes) + 1
    figures = {"reading": 1000 * statistics.median(reading), "building": 1000 * statistics.median(building)}
    return {**figures, "queries": len(queries)}


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, value in measure(wanted).items():
        print(f"{name}: {value:.1f}")
