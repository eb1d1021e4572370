"""Cases as the tests of the desk's pages make and find them."""

from conversations.models import ReviewCase, ReviewEvent, User
from tests import people

RELEASE = {"verdict": "release", "reason_release": "harmless", "text": "A quotation."}
UPHOLD = {"verdict": "uphold", "reason_uphold": "danger"}
SECRET = "A secret."


def held(person: User, level: int = 1, reply: str = SECRET) -> ReviewCase:
    return people.case_of(people.withheld(person, "Tell me.", reply, level=level).reply)


def fresh(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


def at(case: ReviewCase, command: str = "") -> str:
    return f"/review/{case.code}/{command}"


def acts(case: ReviewCase) -> list[str]:
    return list(ReviewEvent.objects.filter(case=case).order_by("pk").values_list("act", flat=True))
