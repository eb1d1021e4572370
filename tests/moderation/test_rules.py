"""What administrators decide about flags."""

import pytest
from django.contrib.auth.models import Group

from conversations import evidence, moderation, present, standing
from conversations.defaults import sync_defaults
from conversations.models import (
    Delivery,
    EvidenceKind,
    Flag,
    FlagRule,
    Message,
    OnFlag,
    Part,
    Policy,
    Reason,
    ReviewCase,
    TurnState,
    User,
    Visibility,
)
from conversations.moderation import Concern
from conversations.moderation.rules import Ruling
from tests import people

pytestmark = pytest.mark.django_db


def rule(source: str = "", level: str = "", group: str = "", **facts: object) -> FlagRule:
    return FlagRule.objects.create(source=source, level=level, group_name=group, **facts)


def ruled(person: User, source: str = "finish", level: int | None = 1) -> Ruling:
    return moderation.rule_on([Concern(source, "assistant", level)], person)[0]


def flagged(person: User, *concerns: Concern) -> Message:
    turn = people.running(person)
    return people.ended(turn, [Part("text", "A secret.")], TurnState.FILTERED, *concerns).reply


class TestWhatIsShipped:
    @pytest.mark.parametrize(
        ("source", "level", "expected"),
        [
            ("finish", 1, Ruling(OnFlag.WITHDRAW)),
            ("finish", None, Ruling(OnFlag.WITHDRAW)),
            ("http_1301", 0, Ruling(OnFlag.WITHDRAW, needs_second=True)),
            ("word_list", 2, Ruling(OnFlag.WITHDRAW)),
            ("content_filter", 2, Ruling(OnFlag.WITHDRAW)),
            ("content_filter", 3, Ruling(OnFlag.NOTE)),
            ("report", None, Ruling(OnFlag.MARK)),
            ("sample", None, Ruling(OnFlag.MARK)),
            ("unchecked", None, Ruling(OnFlag.MARK)),
            ("staff", None, Ruling(OnFlag.WITHDRAW)),
        ],
    )
    def test_withdraws_what_glm_judged_and_marks_what_people_object_to(
        self, source: str, level: int | None, expected: Ruling, ada: User
    ) -> None:
        assert ruled(ada, source, level) == expected

    def test_may_be_changed_here_for_good(self, ada: User) -> None:
        shipped = FlagRule.objects.get(source="report")
        shipped.on_flag = OnFlag.WITHDRAW
        shipped.override("on_flag")
        shipped.shipped_version = 0  # as an older version of the program left it
        shipped.save()
        sync_defaults()
        shipped.refresh_from_db()
        assert (shipped.on_flag, shipped.shipped_version) == (OnFlag.WITHDRAW, 1)

    def test_is_brought_up_to_date_where_it_was_not_changed(self) -> None:
        FlagRule.objects.filter(source="report").update(on_flag=OnFlag.NOTE, shipped_version=0)
        sync_defaults()
        assert FlagRule.objects.get(source="report").on_flag == OnFlag.MARK

    def test_leaves_rows_of_ones_own_alone(self) -> None:
        Reason.objects.create(code="ours", use="uphold", words="Not in this house")
        sync_defaults()
        assert Reason.objects.get(code="ours").shipped_version is None


class TestTheRuleThatNamesMost:
    def test_holds(self, ada: User) -> None:
        rule("finish", on_flag=OnFlag.NOTE)
        rule("finish", "2", on_flag=OnFlag.MARK)
        assert ruled(ada, level=1).on_flag == OnFlag.NOTE
        assert ruled(ada, level=2).on_flag == OnFlag.MARK

    def test_may_name_a_group(self, ada: User) -> None:
        rule("report", group="member", on_flag=OnFlag.WITHDRAW)
        assert ruled(ada, "report", None).on_flag == OnFlag.MARK
        ada.groups.add(Group.objects.get(name="member"))
        assert ruled(ada, "report", None).on_flag == OnFlag.WITHDRAW

    def test_is_the_strictest_among_equals(self, ada: User) -> None:
        ada.groups.add(Group.objects.create(name="pupils"))
        rule(group="pupils", on_flag=OnFlag.WITHDRAW)
        assert ruled(ada, "report", None).on_flag == OnFlag.WITHDRAW

    def test_is_withdrawal_where_nobody_made_any(self, ada: User) -> None:
        FlagRule.objects.all().delete()
        assert ruled(ada) == Ruling(OnFlag.WITHDRAW)


class TestOnAFlag:
    def test_a_marked_text_stays_visible_with_a_case(self, ada: User) -> None:
        rule("finish", on_flag=OnFlag.MARK)
        message = flagged(ada, Concern("finish", "assistant", 1))
        assert (message.visibility, message.is_marked) == (Visibility.SHOWN, True)
        assert "A secret." in str(present.window(message.conversation, {}).messages[-1].parts)
        assert people.case_of(message).on_flag == OnFlag.MARK

    def test_a_noted_text_has_no_case_but_is_on_the_record(self, ada: User) -> None:
        rule("finish", on_flag=OnFlag.NOTE)
        message = flagged(ada, Concern("finish", "assistant", 1))
        assert (message.visibility, message.is_marked) == (Visibility.SHOWN, False)
        assert not ReviewCase.objects.exists()
        flag = Flag.objects.get()
        assert (flag.message_code, flag.case, flag.on_flag) == (message.code, None, "note")
        assert evidence.head().seq == 1

    def test_of_several_the_strictest_counts(self, ada: User) -> None:
        rule("finish", on_flag=OnFlag.NOTE)
        message = flagged(ada, Concern("finish", "assistant", 1), Concern("content_filter", "assistant", 1))
        assert message.visibility == Visibility.HELD
        assert people.case_of(message).flags.count() == 2

    def test_what_was_noted_before_joins_the_case(self, ada: User) -> None:
        rule("finish", on_flag=OnFlag.NOTE)
        message = flagged(ada, Concern("finish", "assistant", 1))
        moderation.report(message, ada, "report_wrong")
        assert people.case_of(message).flags.count() == 2

    def test_a_reply_that_ended_well_is_filtered_when_it_is_withdrawn(self, ada: User) -> None:
        turn = people.ended(
            people.running(ada),
            [Part("text", "A secret.")],
            TurnState.COMPLETED,
            Concern("content_filter", "assistant", 1),
            finish="stop",
        )
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)

    def test_a_reply_that_ended_well_stays_so_when_it_is_only_marked(self, ada: User) -> None:
        rule("content_filter", "2", on_flag=OnFlag.MARK)
        turn = people.ended(
            people.running(ada),
            [Part("text", "Mild.")],
            TurnState.COMPLETED,
            Concern("content_filter", "assistant", 2),
        )
        assert (turn.state, turn.reply.visibility) == (TurnState.COMPLETED, Visibility.SHOWN)
        assert turn.reply.is_marked


class TestDelivery:
    def read(self, person: User) -> Delivery:
        standing.refresh()
        return moderation.delivery_of(person)

    def test_is_live_unless_somebody_wants_it_checked(self, ada: User, django_assert_num_queries: object) -> None:
        standing.refresh()
        with django_assert_num_queries(0):  # type: ignore[operator]
            assert moderation.delivery_of(ada) == Delivery.LIVE

    def test_is_checked_for_a_group(self, ada: User) -> None:
        rule(group="pupils", delivery=Delivery.CHECKED)
        assert self.read(ada) == Delivery.LIVE
        ada.groups.add(Group.objects.create(name="pupils"))
        assert self.read(ada) == Delivery.CHECKED

    def test_is_checked_for_all(self, ada: User) -> None:
        FlagRule.objects.filter(source="", level="").get().delete()
        rule(delivery=Delivery.CHECKED)
        assert self.read(ada) == Delivery.CHECKED


class TestThePolicy:
    def test_has_a_new_version_with_every_change(self) -> None:
        versions = [Policy.current().version]
        new = rule("finish")
        versions.append(Policy.current().version)
        new.delete()
        versions.append(Policy.current().version)
        Policy.current().save()
        versions.append(Policy.current().version)
        assert versions == sorted(set(versions))

    def test_is_read_once_a_version(self, django_assert_num_queries: object) -> None:
        standing.refresh()
        with django_assert_num_queries(1):  # type: ignore[operator]
            standing.refresh()


class TestTheSample:
    def set(self, percent: int) -> None:
        policy = Policy.current()
        policy.sample_percent = percent
        policy.save()
        standing.refresh()

    def test_is_off(self, ada: User) -> None:
        people.answered(ada)
        assert not Flag.objects.exists()

    def test_of_all_takes_every_clean_reply_and_leaves_it_visible(self, ada: User) -> None:
        self.set(100)
        turn = people.answered(ada)
        assert people.case_of(turn.reply).source == "sample"
        assert (turn.state, turn.reply.visibility) == (TurnState.COMPLETED, Visibility.SHOWN)

    def test_takes_no_reply_that_did_not_end_well(self, ada: User) -> None:
        self.set(100)
        people.ended(people.running(ada), (), TurnState.STOPPED)
        assert not Flag.objects.exists()

    def test_is_as_large_as_the_policy_says(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set(40)
        for dice, taken in ((0.39, 1), (0.41, 1)):
            monkeypatch.setattr("random.random", lambda dice=dice: dice)
            people.answered(ada)
            assert Flag.objects.count() == taken


def test_the_last_payload_of_a_case_has_all_that_is_known(ada: User) -> None:
    first = people.answered(ada, "And before?", "Before.")
    turn = people.running(ada, "How?", first.conversation)
    people.ended(turn, [Part("text", "A secret.")], TurnState.FILTERED, Concern("finish", "assistant", 1))
    case = people.case_of(people.fresh(turn).reply)
    payload = evidence.last_payload(case.code, EvidenceKind.FLAGGED)
    assert payload is not None
    assert payload["message"]["parts"] == [{"kind": "text", "text": "A secret."}]
    assert [each["parts"][0]["text"] for each in payload["path"]] == ["And before?", "Before.", "How?"]
    assert [flag["level"] for flag in payload["flags"]] == [1]
    call = turn.calls.get()
    assert payload["turns"][0]["calls"][0]["request_id"] == call.request_id
    assert payload["turns"][0]["model_name"] == people.MODEL
