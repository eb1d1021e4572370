"""An answer in the background outlives the process that ordered it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest

from tests.served.prepared import Prepared
from tests.served.site import SCRIPTED, Site, Visitor, hexed, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

STATES = """
SELECT job.state, turn.state, reply.parts FROM conversations_job job
  JOIN conversations_turn turn ON turn.id = job.turn_id
  JOIN conversations_message reply ON reply.id = turn.reply_id
  JOIN conversations_conversation conversation ON conversation.id = job.conversation_id
 WHERE conversation.code = ?
"""


def ordered(visitor: Visitor, text: str) -> str:
    code = str(uuid.uuid4())
    fields = {"text": text, "model": "sandbox-plain", "client_key": str(uuid.uuid4()), "later": "on"}
    assert visitor.post(f"/c/{code}/messages/", SCRIPTED, **fields).status_code == 200
    return code


def stands(site: Site, code: str) -> Callable[..., bool]:
    return lambda *states: bool(site.rows(STATES, hexed(code))) and site.rows(STATES, hexed(code))[0][0] in states


def test_it_comes_though_the_process_is_killed_meanwhile(prepared: Prepared, own_site: Site) -> None:
    with signed_in(own_site, "ann") as ann:
        code = ordered(ann, "Tell me a story wait:3")
        is_in = stands(own_site, code)
        eventually(lambda: is_in("submitted"))
        own_site.kill()
        own_site.start()
        eventually(lambda: is_in("succeeded"), 60)
        ((_, turn, parts),) = own_site.rows(STATES, hexed(code))
        assert turn == "completed"
        assert len("".join(part["text"] for part in json.loads(parts)["parts"])) > 50
        assert "is here." in ann.http.get("/notices/").text
