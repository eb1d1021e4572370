"""How long jobs usually take: by what was seen here, else by what is known of their model."""

from __future__ import annotations

import datetime as dt

import pytest

from conversations import clock, jobs
from conversations.models import Job, JobState, User

pytestmark = pytest.mark.django_db

KNOWN = 20.0


def took(
    person: User, *spans: float, model: str = "glm-5.3", kind: str = "completion", state: str = "succeeded"
) -> None:
    """Jobs that took so many seconds, one after the other."""
    now = clock.now()
    for seconds in spans:
        began = now - dt.timedelta(seconds=seconds)
        facts = {"kind": kind, "model_name": model, "state": state, "created_at": began}
        Job.objects.create(person=person, submitted_at=began, ended_at=now, **facts)


def usual() -> jobs.Usual:
    return jobs.usual("completion", "glm-5.3", KNOWN)


def test_what_is_known_holds_while_little_was_seen(ada: User) -> None:
    took(ada, 1, 1, 1, 1)
    assert usual() == jobs.Usual(KNOWN, 60.0, 0)


def test_median_and_ninth_of_ten_of_what_was_seen(ada: User) -> None:
    took(ada, *range(1, 12))
    assert usual() == jobs.Usual(6.0, 10.0, 11)


def test_only_the_last_fifty_count(ada: User) -> None:
    took(ada, *[1000.0] * 60)
    took(ada, *[5.0] * 50)
    assert usual() == jobs.Usual(5.0, 5.0, 50)


def test_others_do_not_count(ada: User) -> None:
    took(ada, *[1.0] * 9, model="glm-5")
    took(ada, *[1.0] * 9, kind="image")
    took(ada, *[1.0] * 9, state=JobState.FAILED)
    assert usual().seen == 0


@pytest.mark.parametrize(
    ("kind", "model", "seconds"),
    [
        ("completion", "glm-5.3", 20),
        ("image", "cogview-4", 10),
        ("image", "glm-image", 20),
        ("image", "of-nobody", 15),
        ("video", "cogvideox-3", 240),
        ("video", "vidu2-image", 120),
        ("video", "of-nobody", 200),
    ],
)
def test_the_catalogue_knows_its_models(kind: str, model: str, seconds: float) -> None:
    assert jobs.kind_of(kind).known_seconds(model) == seconds
