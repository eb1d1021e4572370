"""The list by days and by pages, at any length."""

import datetime as dt
import uuid
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from conversations import clock, listing, retention
from conversations.listing import Page, Place
from conversations.models import Conversation, User
from tests import people

pytestmark = pytest.mark.django_db

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOON.astimezone(dt.UTC))
    with timezone.override(SHANGHAI):
        yield


@pytest.fixture
def ada() -> User:
    return people.person("ada")


def conversations(owner: User, count: int, step: dt.timedelta = HOUR) -> list[Conversation]:
    """Conversation 0 is the newest."""
    return Conversation.objects.bulk_create(
        Conversation(owner=owner, title=f"Number {n}", model_name="m", active_at=NOON - n * step) for n in range(count)
    )


def moved_at(owner: User, *moments: dt.datetime) -> None:
    Conversation.objects.bulk_create(
        Conversation(owner=owner, title=f"{moment:%m-%d %H:%M}", model_name="m", active_at=moment) for moment in moments
    )


def titles(page: Page) -> list[str]:
    return [entry.title for group in page.groups for entry in group.entries]


def heads(page: Page) -> dict[str, int]:
    return {str(group.label): len(group.entries) for group in page.groups}


class TestGroups:
    def test_are_the_days_of_the_zone(self, ada: User) -> None:
        midnight = NOON.replace(hour=0)
        moved_at(ada, midnight, midnight - dt.timedelta(seconds=1), midnight - DAY - dt.timedelta(seconds=1))
        assert heads(listing.first_page(ada.pk)) == {"Today": 1, "Yesterday": 1, "Previous 7 days": 1}
        with timezone.override(ZoneInfo("Pacific/Honolulu")):  # where it is the evening before
            assert heads(listing.first_page(ada.pk)) == {"Today": 2, "Yesterday": 1}

    @pytest.mark.parametrize(
        ("days", "head"),
        [
            (-1, "Today"),  # a clock that was wrong
            (0, "Today"),
            (1, "Yesterday"),
            (2, "Previous 7 days"),
            (7, "Previous 7 days"),
            (8, "Previous 30 days"),
            (30, "Previous 30 days"),
            (31, "October 2026"),
            (365, "November 2025"),
        ],
    )
    def test_are_days_then_weeks_then_months(self, days: int, head: str) -> None:
        assert str(listing.group_of(NOON - days * DAY)[1]) == head

    def test_have_names_in_each_language(self) -> None:
        with translation.override("zh-hans"):
            heads = [str(listing.group_of(NOON - days * DAY)[1]) for days in (0, 1, 5, 20, 40)]
        assert heads == ["今天", "昨天", "过去 7 天", "过去 30 天", "2026年10月"]

    def test_todays_is_there_before_anything_is_in_it(self, ada: User) -> None:
        assert [(group.key, group.entries) for group in listing.first_page(ada.pk).groups] == [("today", [])]
        moved_at(ada, NOON - 40 * DAY)
        assert heads(listing.first_page(ada.pk)) == {"Today": 0, "October 2026": 1}

    def test_say_whether_an_entry_needs_its_day(self, ada: User) -> None:
        moved_at(ada, NOON, NOON - DAY, NOON - 5 * DAY)
        assert [group.has_times for group in listing.first_page(ada.pk).groups] == [True, True, False]


class TestPages:
    def test_follow_each_other_without_a_gap_or_a_double(self, ada: User) -> None:
        conversations(ada, 120)
        page, found = listing.first_page(ada.pk), []
        while True:
            found += titles(page)
            if page.older is None:
                break
            page = listing.page_behind(ada.pk, page.older)
        assert found == [f"Number {n}" for n in range(120)]

    def test_of_one_moment_do_so_too(self, ada: User) -> None:
        conversations(ada, 120, dt.timedelta(0))
        first = listing.first_page(ada.pk)
        assert first.older is not None
        second = listing.page_behind(ada.pk, first.older)
        assert second.older is not None
        third = listing.page_behind(ada.pk, second.older)
        found = titles(first) + titles(second) + titles(third)
        assert found == [f"Number {n}" for n in range(119, -1, -1)]
        assert second.newer is not None
        assert titles(listing.page_before(ada.pk, second.newer)) == titles(first)

    def test_do_not_shift_when_an_entry_rises(self, ada: User) -> None:
        rows = conversations(ada, 80)
        first = listing.first_page(ada.pk)
        Conversation.objects.filter(pk__in=[rows[49].pk, rows[60].pk]).update(active_at=NOON)
        assert first.older is not None
        expected = [f"Number {n}" for n in range(50, 80) if n != 60]
        assert titles(listing.page_behind(ada.pk, first.older)) == expected

    def test_go_on_behind_an_entry_that_was_deleted(self, ada: User) -> None:
        rows = conversations(ada, 60)
        first = listing.first_page(ada.pk)
        Conversation.objects.filter(pk=rows[49].pk).update(deleted_at=NOON)
        assert first.older is not None
        assert titles(listing.page_behind(ada.pk, first.older)) == [f"Number {n}" for n in range(50, 60)]

    def test_say_where_the_newer_ones_are(self, ada: User) -> None:
        conversations(ada, 30)
        page = listing.page_behind(ada.pk, _place_of(ada, "Number 9"), 10)
        assert titles(page) == [f"Number {n}" for n in range(10, 20)]
        assert page.newer is not None
        back = listing.page_before(ada.pk, page.newer, 10)
        assert titles(back) == [f"Number {n}" for n in range(10)]
        assert (back.newer, str(back.older)) == (None, str(_place_of(ada, "Number 9")))

    def test_continue_a_group_without_its_heading(self, ada: User) -> None:
        conversations(ada, 60)
        page = listing.page_behind(ada.pk, _place_of(ada, "Number 14"), 30)
        assert [(group.key, group.is_continued) for group in page.groups] == [("yesterday", True), ("week", False)]

    def test_hold_nobody_elses_and_nothing_deleted(self, ada: User) -> None:
        conversations(people.person("bob"), 3)
        mine = conversations(ada, 3)
        Conversation.objects.filter(pk=mine[1].pk).update(deleted_at=NOON)
        assert titles(listing.first_page(ada.pk)) == ["Number 0", "Number 2"]

    def test_know_where_a_reply_is_being_written(self, ada: User) -> None:
        people.answered(ada, "Done")
        people.running(ada, "Running")
        people.asked(ada, "Queued")
        entries = [entry for group in listing.first_page(ada.pk).groups for entry in group.entries]
        assert {entry.title: entry.is_running for entry in entries} == {"Done": False, "Running": True, "Queued": True}
        assert not any(entry.is_delegated for entry in entries)


class TestPlace:
    def test_is_read_as_it_was_written(self) -> None:
        place = Place(NOON + dt.timedelta(microseconds=7), uuid.uuid4())
        assert Place.read(str(place)) == place

    @pytest.mark.parametrize(
        "written",
        ["", ".", "x", f"-1.{'0' * 32}", f"{'9' * 18}.{'0' * 32}", "1.xyz", f"1.{'0' * 31}", f"１.{'0' * 32}", "\x00"],
    )
    def test_of_nonsense_is_none(self, written: str) -> None:
        assert Place.read(written) is None

    def test_may_be_far_away(self, ada: User) -> None:
        conversations(ada, 1)
        for written in (f"0.{'0' * 32}", f"{'9' * 17}.{'0' * 32}"):
            place = Place.read(written)
            assert place is not None
            listing.page_behind(ada.pk, place)


@pytest.mark.sqlite  # its plans are what is read
class TestTenThousand:
    """The last page must cost what the first one costs."""

    @pytest.fixture
    def many(self, ada: User) -> User:
        conversations(ada, 10_000)
        return ada

    def test_cost_one_query_a_page(self, many: User) -> None:
        deep = _place_of(many, "Number 9900")
        for page in (
            lambda: listing.first_page(many.pk),
            lambda: listing.page_behind(many.pk, deep),
            lambda: listing.page_before(many.pk, deep),
        ):
            with CaptureQueriesContext(connection) as asked:
                page()
            assert len(asked) == 1
            assert not _read_in_vain(asked.captured_queries[0]["sql"])

    def test_cost_one_query_to_find_a_neighbour(self, many: User) -> None:
        entry = Conversation.objects.get(owner=many, title="Number 9900")
        for find, title in ((listing.next_newer, "Number 9899"), (listing.next_older, "Number 9901")):
            with CaptureQueriesContext(connection) as asked:
                found = find(entry)
            assert found is not None
            assert (found.title, len(asked)) == (title, 1)
            assert not _read_in_vain(asked.captured_queries[0]["sql"])

    def test_tell_what_was_deleted_of_which_nothing_is_left(self, ada: User) -> None:
        turn = people.answered(ada)
        listed = User.objects.get(pk=ada.pk).revision
        retention.delete_conversation(turn.conversation.code, people.person("root"), "against the rules")
        assert retention.purge_due() == 1
        assert [entry.code for entry in listing.changed_since(ada.pk, listed)] == [turn.conversation.code]

    def test_cost_one_query_to_find_what_changed(self, many: User) -> None:
        with CaptureQueriesContext(connection) as asked:
            listing.changed_since(many.pk, 0)
        assert len(asked) == 1
        assert not _read_in_vain(asked.captured_queries[0]["sql"])


def _place_of(owner: User, title: str) -> Place:
    return Place.of(Conversation.objects.get(owner=owner, title=title))


def _read_in_vain(sql: str) -> list[str]:
    """Steps of SQLite's plan that read a whole table, or sort, or begin at the first of a person's entries."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
    begins = "(owner_id=? AND active_at" if '"active_at" <' in sql or '"active_at" >' in sql else "(owner_id=?"
    found = [step for step in steps if step.startswith("SCAN ") or "TEMP B-TREE" in step]
    return found + [step for step in steps if step.startswith("SEARCH conversations_") and begins not in step]
