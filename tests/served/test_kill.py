"""A killed process costs at most a second of an open reply; nothing is doubled, and the conversation goes on."""

import random
import uuid

import pytest

from tests.served.kills import kill_in_mid_reply
from tests.served.site import Site, signed_in

pytestmark = [pytest.mark.served, pytest.mark.drill]


def test_a_reply_survives_the_death_of_its_process(own_site: Site) -> None:
    with signed_in(own_site, "ann") as ann:
        for _ in range(3):
            # More than a second's worth: the first second of a reply may be lost whole.
            code, damage = kill_in_mid_reply(own_site, ann, after=random.randint(60, 120))
            assert damage.state == "interrupted"
            assert damage.is_in_order
            assert damage.lost_seconds <= 1.0
            page = ann.http.get(f"/c/{code}/").text
            assert f"{damage.stored:04d}" in page
            assert "/continue/" in page
            assert "/regenerate/" in page


def test_a_conversation_goes_on_after_a_kill(own_site: Site) -> None:
    with signed_in(own_site, "ann") as ann:
        code, _ = kill_in_mid_reply(own_site, ann, after=60)
        key = str(uuid.uuid4())
        ann.send("And now?", "sandbox-plain", code, key)
        ann.send("And now?", "sandbox-plain", code, key)
        assert own_site.turn_states(code) == ["interrupted", "completed"]
