"""Pages as a test reads them."""

import re
import uuid
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client

HTMX = {"HX-Request": "true"}


def html(response: HttpResponse) -> str:
    return response.content.decode()


def words(response: HttpResponse) -> str:
    """What a person reads: no tags, no runs of blanks."""
    body = re.sub(r"(?s)<(head|template)\b.*?</\1>", " ", html(response))
    return " ".join(unescape(re.sub(r"(?s)<[^>]*>", " ", body)).split())


def typed_text(response: HttpResponse) -> str:
    """What the box for a message holds; a browser drops the first line break."""
    found = re.search(r"(?s)<textarea[^>]*name=\"text\"[^>]*>\n?(.*?)</textarea>", html(response))
    assert found, "no box to write in"
    return unescape(found[1])


def send(client: Client, code: uuid.UUID, text: str, key: uuid.UUID | None = None, **more: Any) -> HttpResponse:
    fields = {"text": text, "client_key": str(key or uuid.uuid4()), "model": "glm-5.3", **more.pop("fields", {})}
    return client.post(f"/c/{code}/messages/", fields, **more)
