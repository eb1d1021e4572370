"""What people see of a fault of the account: administrators a banner with what to do, others words under a reply."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from conversations import faults, upstream
from conversations.models import Fault, TurnState, User
from tests import people
from tests.fake_glm import refusal
from tests.web.pages import html, words

TITLE = "The GLM account is out of credit"
PAGES = ("/", "/usage/", "/preferences/")


@pytest.fixture(autouse=True)
def _a_real_account(settings: Any) -> None:
    settings.ZHIPUAI_API_KEY = "id.secret"


@pytest.fixture
def at_admin(browser: Any, db: None) -> Client:
    return browser(people.administrator())


def met(code: str = "1113", status: int = 429) -> Fault:
    faults.heard(upstream.current(), "glm-5.3", refusal(code, status), "req-1")
    return Fault.objects.lasting().latest("pk")


def offered(response: HttpResponse) -> str:
    """The model that the page offers instead."""
    found = re.search(r"Ask (\S+) instead", words(response))
    return found[1] if found else ""


class TestTheBanner:
    @pytest.mark.parametrize("path", PAGES)
    def test_is_on_every_page_of_an_administrator(self, path: str, at_admin: Client) -> None:
        met()
        page = words(at_admin.get(path))
        assert TITLE in page
        assert "Top it up in the console of bigmodel.cn." in page
        assert "1113" in page

    def test_is_nothing_for_members(self, at_alice: Client) -> None:
        met()
        assert TITLE not in words(at_alice.get("/"))

    def test_is_gone_when_glm_answers(self, at_admin: Client) -> None:
        fault = met()
        faults.answered(upstream.current(), "glm-5.3", fault.began_at)
        assert TITLE not in words(at_admin.get("/"))

    def test_speaks_chinese(self, at_admin: Client) -> None:
        met()
        assert "GLM 账户余额不足" in words(at_admin.get("/", headers={"accept-language": "zh-CN"}))

    @pytest.mark.parametrize(("code", "status", "told"), [("1000", 401, "refuses the key"), ("1309", 429, "expired")])
    def test_says_what_is_wrong(self, code: str, status: int, told: str, at_admin: Client) -> None:
        met(code, status)
        assert told in words(at_admin.get("/"))


class TestTryingAgain:
    def test_opens_the_way(self, at_admin: Client) -> None:
        fault = met()
        response = at_admin.post(f"/faults/{fault.code}/try/", {"next": "/usage/"})
        assert (response.status_code, response["Location"]) == (303, "/usage/")
        assert faults.in_the_way(upstream.current(), "glm-5.3") is None

    def test_is_told_on_the_page(self, at_admin: Client) -> None:
        response = at_admin.post(f"/faults/{met().code}/try/", headers={"hx-request": "true"})
        assert "The next question goes to GLM again." in words(response)

    def test_comes_too_late_without_harm(self, at_admin: Client) -> None:
        fault = met()
        Fault.objects.update(ended_at=fault.began_at)
        response = at_admin.post(f"/faults/{fault.code}/try/", headers={"hx-request": "true"})
        assert "That is over already." in words(response)

    def test_is_for_administrators(self, at_alice: Client) -> None:
        fault = met()
        assert at_alice.post(f"/faults/{fault.code}/try/").status_code == 403
        assert faults.in_the_way(upstream.current(), "glm-5.3") is not None

    def test_is_a_command(self, at_admin: Client) -> None:
        assert at_admin.get(f"/faults/{met().code}/try/").status_code == 405
        assert at_admin.post(f"/faults/{uuid.uuid4()}/try/").status_code == 404


class TestAnotherModel:
    def failed(self, alice: User, trouble: str = "overloaded", model: str = "glm-4.6") -> str:
        turn = people.asked_of(alice, model)
        people.claimed(turn)
        turn = people.ended(people.fresh(turn), (), TurnState.FAILED, trouble=trouble, trouble_code="1305")
        return f"/c/{turn.conversation.code}/"

    def test_is_offered_and_asked_at_a_press(self, alice: User, at_alice: Client) -> None:
        path = self.failed(alice)
        page = html(at_alice.get(path))
        other = offered(at_alice.get(path))
        form = next(each for each in page.split("<form")[1:] if f"Ask {other} instead" in each)
        action = form.split('action="', 1)[1].split('"')[0]
        assert f'name="model" value="{other}"' in form
        assert at_alice.post(action, {"model": other, "client_key": uuid.uuid4()}).status_code == 303
        asked = alice.turns.latest("pk")
        assert (asked.model_name, asked.state) == (other, TurnState.QUEUED)
        assert other != "glm-4.6"

    def test_is_not_offered_where_it_would_not_help(self, alice: User, at_alice: Client) -> None:
        assert offered(at_alice.get(self.failed(alice, "money"))) == ""

    def test_is_not_offered_while_it_has_a_fault_itself(self, alice: User, at_alice: Client) -> None:
        path = self.failed(alice)
        other = offered(at_alice.get(path))
        faults.heard(upstream.current(), other, refusal("1220", 403))
        assert offered(at_alice.get(path)) not in (other, "")


class TestTheRecords:
    def test_show_what_was_wrong_and_what_failed(self, at_admin: Client, alice: User) -> None:
        turn = people.asked(alice)
        people.claimed(turn)
        met()
        turn.calls.update(business_code="1302", http_status=429, log_id="log-7", ended_at=turn.queued_at)
        assert "req-1" in html(at_admin.get(f"/admin/conversations/fault/{Fault.objects.get().pk}/change/"))
        failed = html(at_admin.get("/admin/conversations/upstreamcall/?outcome=failed"))
        assert "log-7" in failed
        assert "1 upstream call" in words(at_admin.get("/admin/conversations/upstreamcall/?outcome=failed"))
