"""Who saw how much of what was flagged."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from conversations import clock, evidence, moderation
from conversations.models import EvidenceEntry, EvidenceKind, Exposure, SeenBy, User, text_part
from conversations.moderation import Seen
from conversations.turns import checkpoint, reaper
from tests import people

pytestmark = pytest.mark.django_db


def seen(message: uuid.UUID, person: User, shown: int = 200) -> Seen:
    return Seen(message, person.code, "a" * 64, SeenBy.SOCKET, shown, clock.now())


class TestWhatWasSeen:
    def test_after_a_flag_is_sealed_for_all_sessions_together(self, ada: User) -> None:
        turn = people.withheld(ada)
        moderation.keep_seen([seen(turn.reply.code, ada, 200), seen(turn.reply.code, ada, 150)])
        case = people.case_of(turn.reply)
        assert [each.shown for each in moderation.exposures_of(case)] == [200, 150]
        kinds = EvidenceEntry.objects.filter(case_code=case.code).values_list("kind", flat=True)
        assert list(kinds) == ["flagged", "seen"]
        payload = evidence.last_payload(case.code, EvidenceKind.SEEN)
        assert payload is not None
        assert [each["shown"] for each in payload["seen"]] == [200, 150]

    def test_before_a_flag_is_sealed_with_it(self, ada: User) -> None:
        turn = people.running(ada)
        moderation.keep_seen([seen(turn.reply.code, ada, 40)])
        assert not EvidenceEntry.objects.exists()
        people.ended(turn, text_part("A secret."), "filtered", moderation.Concern("finish", "assistant"))  # type: ignore[arg-type]
        payload = evidence.last_payload(people.case_of(turn.reply).code, EvidenceKind.FLAGGED)
        assert payload is not None
        assert [each["shown"] for each in payload["seen"]] == [40]

    def test_of_a_reply_that_was_only_begun_anew_is_no_matter(self, ada: User) -> None:
        moderation.keep_of_flagged([seen(people.answered(ada).reply.code, ada)])
        assert not Exposure.objects.exists()

    def test_from_a_killed_process_is_unknown_and_said_so(self, ada: User) -> None:
        turn = people.running(ada)
        flag = moderation.Concern("finish", "assistant", 1)
        checkpoint.keep_flag(turn.pk, people.RUNNER, text_part("A secret."), [flag])
        reaper.reap(people.fresh(turn))
        row = moderation.exposures_of(people.case_of(turn.reply)).get()
        assert (row.how, row.shown, row.session) == ("unknown", None, "")

    def test_of_a_text_that_had_long_been_there_is_unknown(self, ada: User) -> None:
        turn = people.answered(ada)
        moderation.report(people.fresh(turn).reply, ada, "report_wrong")
        payload = evidence.last_payload(people.case_of(turn.reply).code, EvidenceKind.FLAGGED)
        assert payload is not None
        assert payload["seen"] == [{"how": "unknown", "shown": None}]


class TestAPage:
    def load(self, ada: User, client: Client, code: uuid.UUID) -> None:
        client.force_login(ada, "conversations.web.account.AccountBackend")
        assert client.get(f"/c/{code}/").status_code == 200

    def test_that_is_loaded_in_mid_reply_counts_up_to_its_end(self, ada: User, client: Client) -> None:
        turn = people.running(ada)
        checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(turn.pk, 3, text_part("So far."))])
        self.load(ada, client, turn.conversation.code)
        row = Exposure.objects.get()
        assert (row.message_code, row.person_code, row.how, row.shown) == (turn.reply.code, ada.code, "page", 7)
        assert len(row.session) == 64

    def test_of_a_reply_that_has_ended_writes_nothing(self, ada: User, client: Client) -> None:
        self.load(ada, client, people.answered(ada).conversation.code)
        assert not Exposure.objects.exists()
