"""Two reviewers at the same case in the same moment: one has it, and one verdict is on record."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from tests.served.site import Site, Visitor, hexed, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

CASES = 5
VERDICT = {"verdict": "release", "reason_release": "harmless"}
CASE = "SELECT code FROM conversations_reviewcase WHERE conversation_code = ?"
ACTS = """
SELECT event.act, person.username
  FROM conversations_reviewevent event
  JOIN conversations_reviewcase review ON review.id = event.case_id
  JOIN conversations_user person ON person.code = event.actor_code
 WHERE review.code = ? ORDER BY event.id
"""


@pytest.fixture(scope="module")
def reviewers(shared_site: Site) -> Iterator[list[Visitor]]:
    with ExitStack() as browsers:
        yield [browsers.enter_context(signed_in(shared_site, name)) for name in ("ivy", "max")]


def flagged(ann: Visitor) -> str:
    """The code of a case about a reply of GLM that was withdrawn."""
    conversation = ann.send("Tell me a story", "sandbox-sensitive-output")

    def opened() -> str:
        rows = ann.site.rows(CASE, hexed(conversation))
        return str(uuid.UUID(rows[0][0])) if rows else ""

    return eventually(opened)


def at_once(reviewers: list[Visitor], act: Callable[[Visitor], None]) -> None:
    barrier = Barrier(len(reviewers))

    def together(reviewer: Visitor) -> None:
        barrier.wait()
        act(reviewer)

    with ThreadPoolExecutor(len(reviewers)) as threads:
        for done in [threads.submit(together, reviewer) for reviewer in reviewers]:
            done.result()


def acts(site: Site, case: str, wanted: str) -> list[str]:
    """Who did that, in order."""
    return [who for act, who in site.rows(ACTS, hexed(case)) if act == wanted]


def test_one_has_the_case_and_one_verdict_counts(shared_site: Site, ann: Visitor, reviewers: list[Visitor]) -> None:
    for _ in range(CASES):
        case = flagged(ann)
        at_once(reviewers, lambda reviewer, case=case: reviewer.post(f"/review/{case}/claim/"))
        (holder,) = acts(shared_site, case, "claimed")
        at_once(reviewers, lambda reviewer, case=case: reviewer.post(f"/review/{case}/verdict/", **VERDICT))
        assert acts(shared_site, case, "released") == [holder]
