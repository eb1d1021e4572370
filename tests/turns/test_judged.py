"""What GLM judges beside a reply: of many messages the last is put before a person, and nothing is withdrawn."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from conversations.evidence import last_payload
from conversations.models import Conversation, EvidenceKind, Message, ReviewCase, UpstreamCall, User
from conversations.turns import context, summary
from tests import people
from tests.fake_glm import FakeGlm, refusal

pytestmark = pytest.mark.django_db


async def test_a_summary_that_is_refused_opens_one_case_about_what_it_was_made_of(ada: User) -> None:
    made = await sync_to_async(people.long_conversation)(ada, 4)
    row = await sync_to_async(context.ask_for_summary)(ada, made.code)
    glm = FakeGlm(refusal("1301", 400, role="user", level=1))
    await summary.make(row.pk, glm, people.RUNNER)  # type: ignore[arg-type]

    def look() -> None:
        case = ReviewCase.objects.get()
        last = Message.objects.get(code=case.message_code)
        assert last.pk == row.message_id
        assert (case.source, case.level) == ("http_1301", 1)
        flag = case.flags.get()
        assert (flag.detail["call"], flag.call_code) == ("summary", UpstreamCall.objects.latest("pk").code)
        sealed = last_payload(case.code, EvidenceKind.FLAGGED)
        assert sealed is not None
        assert len(sealed["path"]) == last.depth
        assert set(Message.objects.values_list("visibility", flat=True)) == {"shown"}
        assert Conversation.objects.get().title

    await sync_to_async(look)()
