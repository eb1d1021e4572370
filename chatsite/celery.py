"""Celery as workers and their clock use it: Redis as broker, one queue, and nothing in it that could not be lost.

What is to be done stands in the rows of jobs. A message only says who may take which step now, so a lost one costs the
time of a lease, and one that comes twice is refused by its token.
"""

from __future__ import annotations

from celery import Celery
from django.conf import settings

TICK = 0.5  # seconds
QUEUE = "steps"

# Without what Celery does for Django: it would connect to the database anew before and after every step.
app = Celery("chatsite", fixups=set())
app.conf.update(
    broker_url=settings.REDIS_URL or "memory://",
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "global_keyprefix": f"{settings.CHATSITE_REDIS_PREFIX}:celery:",
        "visibility_timeout": 120,  # longer than any lease
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "socket_keepalive": True,
    },
    task_default_queue=QUEUE,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    imports=["conversations.tasks"],
    # Nothing to remember: a tick that was missed is made up for by the next one.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=TICK,
    beat_schedule={
        "tick": {"task": "conversations.tasks.tick", "schedule": TICK, "options": {"expires": 10, "priority": 0}},
    },
)
