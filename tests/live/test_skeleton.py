"""A filled skeleton is what the templates would have drawn."""

import pytest
from django.utils import translation

from conversations import present
from conversations.live import frames
from conversations.models import Turn, User
from conversations.openings import Opening, opening_of
from tests import people

pytestmark = pytest.mark.django_db

TEXTS = (
    "Hello?",
    "海风怎么样？",
    "Was ist <b>das</b> & {{ dies }}?",
    "\ue000title\ue001 \ue000html\ue001 8040201009",
    "# A list\n\n- one\n- `two`\n\n$x^2$",
    "long " * 200,
    "مرحبا بالعالم",
)


@pytest.fixture
def ann() -> User:
    return people.person("ann")


def opening(turn: Turn, number: int = 1) -> Opening:
    taken = Turn.objects.select_related("conversation", "person", "question", "reply").get(pk=turn.pk)
    found = opening_of(taken, number)
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("text", TEXTS)
def test_it_is_equal_to_the_plain_drawing(ann: User, text: str, language: str) -> None:
    first, second = (opening(people.asked(ann, text), number) for number in (1, 23))
    with translation.override(language):
        for each in (first, second, first):
            assert frames.opening(each) == frames._opening(each)


def test_languages_do_not_mix(ann: User) -> None:
    shown = opening(people.asked(ann))
    drawn = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            drawn[language] = frames.opening(shown)
    assert drawn["en"] != drawn["zh-hans"]


def test_running_and_queued_turns_look_different(ann: User) -> None:
    queued, running = people.asked(ann), people.asked(ann)
    people.claimed(running)
    with translation.override("en"):
        for turn in (queued, running, queued):
            shown = opening(turn)
            assert frames.opening(shown) == frames._opening(shown)


def test_a_name_that_needs_escaping(ann: User) -> None:
    turn = people.asked(ann, "Tom & Jerry <3")
    shown = opening(turn)
    assert shown.conversation.title == present.title_of("Tom & Jerry <3")
    assert "Tom &amp; Jerry &lt;3" in frames.opening(shown)
