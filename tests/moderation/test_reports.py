"""People object to replies; reviewers raise flags of their own."""

import pytest

from conversations import moderation
from conversations.models import Flag, Message, ReviewCase, TurnState, User, Visibility
from conversations.moderation import Concern
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(ada: User) -> Message:
    return people.fresh(people.answered(ada, reply="Wrong.")).reply


class TestAReport:
    def test_opens_a_case_and_leaves_the_text_with_a_mark(self, reply: Message, ada: User) -> None:
        assert moderation.report(reply, ada, "report_wrong", "It is 4.")
        flag = Flag.objects.get()
        assert (flag.source, flag.words, flag.raised_by) == ("report", "It is 4.", ada.code)
        assert flag.detail["reason_code"] == "report_wrong"
        message = Message.objects.get(pk=reply.pk)
        assert (message.visibility, message.is_marked) == (Visibility.SHOWN, True)
        assert message.revision == message.conversation.revision

    def test_twice_is_once(self, reply: Message, ada: User) -> None:
        moderation.report(reply, ada, "report_wrong")
        assert not moderation.report(reply, ada, "report_harmful")
        assert Flag.objects.count() == 1
        assert ReviewCase.objects.get().events.count() == 1

    def test_of_two_people_is_two_flags_in_one_case(self, reply: Message, ada: User) -> None:
        moderation.report(reply, ada, "report_wrong")
        assert moderation.report(reply, people.person(), "report_wrong")
        assert ReviewCase.objects.get().flags.count() == 2

    @pytest.mark.parametrize("code", ["", "nonsense", "harmless"])
    def test_needs_a_reason(self, code: str, reply: Message, ada: User) -> None:
        with pytest.raises(moderation.NoSuchReason):
            moderation.report(reply, ada, code)

    def test_is_about_replies_that_one_can_see(self, ada: User) -> None:
        held = people.withheld(ada)
        for message in (held.reply, held.question, people.running(ada).reply):
            assert not moderation.report(message, ada, "report_wrong")
        assert Flag.objects.count() == 1

    def test_opens_a_case_again_that_was_decided(self, reply: Message, ada: User, judge: User) -> None:
        moderation.report(reply, ada, "report_wrong")
        people.released(reply, judge)
        moderation.report(people.fresh(reply.turn).reply, people.person(), "report_harmful")
        assert people.case_of(reply).state == "open"


class TestAFlagOfStaff:
    def test_withdraws_the_text(self, reply: Message, judge: User) -> None:
        assert moderation.raise_flag(reply, judge, "came up in a talk", 1)
        assert Message.objects.get(pk=reply.pk).visibility == Visibility.HELD
        assert people.case_of(reply).source == "staff"

    def test_is_raised_by_reviewers_only(self, reply: Message, ada: User) -> None:
        with pytest.raises(moderation.NotAReviewer):
            moderation.raise_flag(reply, ada, "mine")


def test_a_reported_reply_that_glm_judges_too_is_withdrawn(reply: Message, ada: User) -> None:
    moderation.report(reply, ada, "report_wrong")
    message = Message.objects.select_related("conversation__owner").get(pk=reply.pk)
    message.conversation.next_revision()
    moderation.open_case(message, [Concern("content_filter", "assistant", 1)])
    message.refresh_from_db()
    assert (message.visibility, message.is_marked) == (Visibility.HELD, False)
    assert people.case_of(message).on_flag == "withdraw"


def test_a_turn_that_was_filtered_is_not_reported(ada: User) -> None:
    turn = people.ended(people.running(ada), (), TurnState.FILTERED, Concern("http_1301", "user", 1))
    assert not moderation.report(turn.question, ada, "report_wrong")
