"""Whoever had several bad texts upheld asks more slowly for a while."""

from typing import Any

import pytest

from conversations import clock, moderation
from conversations.models import Notice, NoticeKind, User
from tests import people

from .conftest import Later

pytestmark = pytest.mark.django_db


def upheld(person: User, judge: User, times: int, level: int = 1) -> None:
    for _ in range(times):
        people.upheld(people.withheld(person, level=level).reply, judge)


def slowed(person: User) -> User:
    return User.objects.get(pk=person.pk)


def test_three_bad_texts_in_a_day_slow_their_author_down(ada: User, judge: User) -> None:
    upheld(ada, judge, 2)
    assert slowed(ada).slowed_until is None
    upheld(ada, judge, 1, level=0)
    until = slowed(ada).slowed_until
    assert until is not None
    assert 23.9 < (until - clock.now()).total_seconds() / 3600 < 24.1
    notice = Notice.objects.get(person=ada, kind=NoticeKind.SLOWED)
    assert notice.data["seconds"] == 60


@pytest.mark.parametrize("level", [2, 3])
def test_mild_texts_slow_nobody_down(level: int, ada: User, judge: User) -> None:
    upheld(ada, judge, 4, level)
    assert slowed(ada).slowed_until is None


def test_released_texts_slow_nobody_down(ada: User, judge: User) -> None:
    for _ in range(4):
        people.released(people.withheld(ada, level=1).reply, judge)
    assert slowed(ada).slowed_until is None


def test_texts_of_another_day_do_not_count(ada: User, judge: User, later: Later) -> None:
    upheld(ada, judge, 2)
    later(hours=25)
    upheld(ada, judge, 1)
    assert slowed(ada).slowed_until is None


def test_it_can_be_switched_off(ada: User, judge: User, settings: Any) -> None:
    settings.CHATSITE_SLOW_AFTER = 0
    upheld(ada, judge, 4)
    assert slowed(ada).slowed_until is None


class TestAPersonWhoIsSlowedDown:
    @pytest.fixture
    def eve(self, judge: User) -> User:
        eve = people.person("eve")
        upheld(eve, judge, 3)
        return slowed(eve)

    def test_asks_once_a_minute(self, eve: User, later: Later) -> None:
        moderation.keep_pace(eve)
        with pytest.raises(moderation.Slowed) as slow:
            moderation.keep_pace(slowed(eve))
        assert 55 < (slow.value.again_at - clock.now()).total_seconds() < 61
        later(seconds=61)
        moderation.keep_pace(slowed(eve))

    def test_is_free_again_after_a_day(self, eve: User, later: Later) -> None:
        later(hours=25)
        for _ in range(3):
            moderation.keep_pace(slowed(eve))


def test_others_cost_no_query(ada: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        moderation.keep_pace(ada)
