"""Every business code of GLM has its reaction: how often it is asked again, what the person is told and offered, what
administrators are told, and what is not asked any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations.models import Fault, Notice, NoticeKind, TurnState, User
from conversations.sandbox.refusals import CODES
from conversations.templatetags.endings import TROUBLES
from conversations.turns.fallback import instead_of
from tests import people
from tests.fake_glm import refusal
from tests.turns.running import ran

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waits")]

RESET = "额度将在 2999-01-02 03:04:05 重置"


@dataclass(frozen=True)
class Reaction:
    """`calls` is how often GLM is asked; `closes`: "" nothing, "model" or "account"."""

    trouble: str
    calls: int = 1
    offers: bool = False
    alarms: bool = False
    closes: str = ""
    resets: bool = False


KEY = Reaction("key", alarms=True, closes="account")
ACCOUNT = Reaction("account", alarms=True, closes="account")
REQUEST = Reaction("request")
DISTURBED = Reaction("disturbed", calls=3)
ONCE_MORE = Reaction("disturbed", calls=2)
NOT_ALLOWED = Reaction("not_allowed", alarms=True, closes="model", offers=True)
CAP = Reaction("paused_until", closes="model", resets=True, offers=True)
BUSY = Reaction("busy", calls=5)

REACTIONS: dict[tuple[str, int], Reaction] = {
    ("500", 500): DISTURBED,
    **dict.fromkeys([(code, 401) for code in ("1000", "1001", "1002", "1003", "1004", "1005")], KEY),
    ("1100", 500): ONCE_MORE,
    **dict.fromkeys([(code, 429) for code in ("1110", "1111", "1112", "1121")], ACCOUNT),
    ("1113", 429): Reaction("money", alarms=True, closes="account"),
    ("1120", 500): ONCE_MORE,
    **dict.fromkeys([("1200", 500), ("1230", 500), ("1234", 500)], DISTURBED),
    **dict.fromkeys([(code, 400) for code in ("1210", "1212", "1213", "1214", "1215")], REQUEST),
    ("1211", 400): Reaction("model_gone", offers=True),
    **dict.fromkeys([("1220", 403), ("1221", 400), ("1222", 400)], NOT_ALLOWED),
    ("1231", 400): Reaction("request", calls=2),
    ("1261", 400): Reaction("too_long"),
    **dict.fromkeys([("1302", 429), ("1303", 429), ("1701", 429)], BUSY),
    ("1304", 429): CAP,
    ("1305", 429): Reaction("overloaded", calls=4, offers=True),
    ("1311", 429): Reaction("not_allowed", offers=True),
    ("1312", 429): Reaction("overloaded", offers=True),
    **dict.fromkeys([(code, 429) for code in ("1308", "1310", "1316", "1317", "1318", "1319", "1320", "1321")], CAP),
    **dict.fromkeys([(code, 429) for code in ("1309", "1313", "1314", "1315")], ACCOUNT),
    **dict.fromkeys([("1702", 400), ("1703", 400)], Reaction("disturbed")),
    **dict.fromkeys([("10001", 400), ("10002", 400)], Reaction("not_allowed", offers=True, alarms=True)),
}
JUDGED = {"1300", "1301"}
NO_CODES_OF_GLM = {"503"}


def test_no_code_is_left_out() -> None:
    assert {code for code, _ in REACTIONS} | JUDGED | NO_CODES_OF_GLM == set(CODES)


@pytest.fixture
def root(db: None) -> User:
    return people.administrator()


@pytest.fixture(autouse=True)
def _a_real_account(settings: Any) -> None:
    settings.ZHIPUAI_API_KEY = "id.secret"


@pytest.mark.parametrize(("case", "reaction"), REACTIONS.items(), ids=[code for code, _ in REACTIONS])
async def test_reaction(case: tuple[str, int], reaction: Reaction, ada: User, root: User) -> None:
    code, status = case
    turn = await sync_to_async(people.asked_of)(ada, "glm-4.6")
    turn, glm = await ran(turn, *[refusal(code, status, RESET)] * 9)
    assert (turn.state, turn.trouble, turn.trouble_code) == (TurnState.FAILED, reaction.trouble, code)
    assert turn.trouble in TROUBLES
    assert len(glm.requests) == reaction.calls
    assert len({request.request_id for request in glm.requests}) == reaction.calls
    assert (turn.resets_at is not None) == reaction.resets
    await sync_to_async(_is_told)(turn, reaction, root)


def _is_told(turn: Any, reaction: Reaction, root: User) -> None:
    assert bool(instead_of(turn)) == reaction.offers
    assert instead_of(turn) != turn.model_name
    told = Notice.objects.filter(kind=NoticeKind.FAULT)
    assert list(told.values_list("person", flat=True)) == [root.pk] * (reaction.alarms and bool(reaction.closes))
    closed = {"": [], "model": [turn.model_name], "account": [""]}[reaction.closes]
    assert list(Fault.objects.lasting().values_list("model_name", flat=True)) == closed


@pytest.mark.parametrize("code", sorted(JUDGED))
async def test_judgement_is_no_fault(code: str, ada: User, root: User) -> None:
    turn, glm = await ran(await sync_to_async(people.asked)(ada), refusal(code, 400, role="user"))
    assert (turn.state, len(glm.requests)) == (TurnState.FILTERED, 1)
    assert await sync_to_async(Fault.objects.count)() == 0


async def test_the_alternative_of_a_retired_model_is_its_successor(ada: User) -> None:
    turn = await sync_to_async(people.asked_of)(ada, "glm-4v")
    turn, _ = await ran(turn, refusal("1211", 400))
    other = await sync_to_async(instead_of)(turn)
    assert other.startswith("glm-")
    assert "v" in other  # it can see as well
