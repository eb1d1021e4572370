"""Images: answered at once by a link, which is kept before anything is fetched from it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from conversations import pictures
from conversations.glm import BlockingClient, Task, TaskState, making
from conversations.models import CallKind, Job, Picture

from .copying import copied, kept
from .kind import Sending
from .made import Made


class Images(Made):
    """GLM's links hold for 30 days, and so long it can be fetched again."""

    name = "image"
    label = _("picture")
    usual_seconds = 15.0
    path = making.IMAGES
    call_kind = CallKind.IMAGE
    part_kind = "image"
    sends_request_id = False
    is_answered_at_once = True

    def submit(self, sending: Sending, client: BlockingClient) -> Task:
        return client.make(sending.path, sending.body, sending.request_id, sending.language)

    def remembered(self, task: Task) -> dict[str, Any]:
        levels = [{"role": each.role, "level": each.level} for each in making.levels(task.value)]
        return {"data": [{"url": each.url} for each in making.made(task.value)], "content_filter": levels}

    def poll(self, job: Job, client: BlockingClient) -> Task:
        """What it answered; there is nobody to ask again."""
        return Task(job.provider_id, TaskState.SUCCESS, job.model_name, job.result)

    def copied(self, job: Job, found: making.Made) -> Picture:
        with copied(job, found.url) as file:
            return kept(job, lambda: pictures.keep_made(job.person, file))
