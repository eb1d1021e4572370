"""Choosing tools, deciding about calls, and what a page shows of them."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from conversations import clock, standing
from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR, sync_defaults
from conversations.hosted import Hosted
from conversations.models import AuditEntry, Conversation, Preset, ToolCall, ToolRule, Turn, TurnState, User
from conversations.models import ToolCallState as S
from conversations.tool_entries import CallState
from conversations.tools import Choice, chosen, offers
from conversations.turns import prepare
from tests import people
from tests.called import call, finished, result, tool_part, waiting

from .pages import HTMX, html
from .test_admin_policy import save

pytestmark = pytest.mark.django_db

HOSTILE = '<img src=x onerror="alert(1)"> [click](javascript:alert(1)) **bold**'


@pytest.fixture
def code(alice: User) -> uuid.UUID:
    return people.answered(alice).conversation.code


def stored(code: uuid.UUID) -> dict[str, Any]:
    return Conversation.objects.get(code=code).tools


def names(somebody: User, code: uuid.UUID) -> list[str]:
    somebody.refresh_from_db()
    return [each.tool.name for each in offers(somebody, Conversation.objects.get(code=code))]


class TestThePanel:
    def test_lists_what_may_be_used_with_what_it_is_for(self, at_alice: Client, code: uuid.UUID) -> None:
        page = html(at_alice.get(f"/c/{code}/tools/"))
        for words in ("Clock", "Calendar", "Calculator", "Units", "Works out sums exactly"):
            assert words in page
        assert " checked" not in page

    def test_keeps_what_was_chosen_and_sends_only_that(self, at_alice: Client, alice: User, code: uuid.UUID) -> None:
        typed = {"functions": ["calculator", "current_time"], "asks-calculator": "first", "asks-current_time": "never"}
        answer = at_alice.post(f"/c/{code}/tools/", typed)
        assert (answer.status_code, answer["Location"]) == (303, f"/c/{code}/")
        assert stored(code) == {
            "v": 1,
            "functions": ["current_time", "calculator"],
            "approval": {"calculator": "first"},
        }
        assert names(alice, code) == ["calculator", "current_time"]
        page = html(at_alice.get(f"/c/{code}/tools/"))
        assert page.count(" checked") == 2
        offered = re.findall(r'name="functions" value="(\w+)"( checked)?', page)
        assert [bool(is_on) for _, is_on in offered] == [True, True] + [False] * (len(offered) - 2)
        assert "Tools, 2 on" in html(at_alice.get(f"/c/{code}/"))

    def test_of_an_empty_page_makes_its_row_and_no_entry(self, at_alice: Client, alice: User) -> None:
        code = uuid.uuid4()
        answer = at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator"]}, headers=HTMX)
        assert (answer.status_code, answer["HX-Trigger"]) == (200, "chat:done")
        assert 'id="composer-tuning"' in html(answer)
        assert not Conversation.objects.get(code=code).is_begun

    def test_may_set_new_conversations_too(self, at_alice: Client, alice: User, code: uuid.UUID) -> None:
        at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator"], "keep": "yes"})
        later = people.answered(alice).conversation
        assert names(alice, later.code) == ["calculator"]
        at_alice.post(f"/c/{later.code}/tools/", {})
        assert names(alice, later.code) == []
        assert names(alice, code) == ["calculator"]

    def test_goes_back_to_what_holds_by_default(self, at_alice: Client, code: uuid.UUID) -> None:
        at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator"]})
        at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator"], "reset": "all"})
        assert stored(code) == {}

    @pytest.mark.parametrize("wrong", [["rm"], ["../x"], ["calculator" * 20], ["calculator\0"]])
    def test_takes_no_tool_that_there_is_not(self, at_alice: Client, code: uuid.UUID, wrong: list[str]) -> None:
        at_alice.post(f"/c/{code}/tools/", {"functions": wrong})
        assert stored(code) == {"v": 1, "functions": []}

    def test_keeps_what_else_is_chosen_for_the_conversation(self, at_alice: Client, code: uuid.UUID) -> None:
        Conversation.objects.filter(code=code).update(tools={"v": 1, "search": {"count": 5}})
        at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator"]})
        assert stored(code) == {"v": 1, "search": {"count": 5}, "functions": ["calculator"]}

    def test_keeps_what_another_page_has_chosen_meanwhile(self, alice: User, code: uuid.UUID) -> None:
        seen = Choice.read(stored(code))
        prepare.set_hosted(alice, code, people.MODEL, Hosted(is_searching=True))
        prepare.set_tools(alice, code, people.MODEL, replace(seen, functions=("calculator",)))
        assert Hosted.read(stored(code)).is_searching
        assert Choice.read(stored(code)).functions == ("calculator",)

    def test_says_that_a_model_calls_none(self, at_alice: Client, code: uuid.UUID, settings: Settings) -> None:
        settings.ZHIPUAI_BASE_URL = "http://gpu.example.org/v1"
        settings.CHATSITE_MODELS = ("llama-3",)
        assert "llama-3 calls no tools" in html(at_alice.get(f"/c/{code}/tools/", {"model": "llama-3"}))

    def test_is_nobody_elses(self, at_bob: Client, at_stranger: Client, code: uuid.UUID) -> None:
        assert at_bob.get(f"/c/{code}/tools/").status_code == 404
        assert at_bob.post(f"/c/{code}/tools/", {"functions": ["calculator"]}).status_code == 404
        assert at_stranger.get(f"/c/{code}/tools/").status_code == 302


class TestTheOrganisation:
    @pytest.fixture
    def at_administrator(self, browser: Callable[[User | None], Client]) -> Client:
        sync_defaults()
        return browser(add_person("root", "a good password", ADMINISTRATOR))

    def change(self, client: Client, name: str, **fields: Any) -> None:
        row = ToolRule.objects.get(name=name)
        given = {"is_offered": "on", **fields}
        answer = save(client, f"/admin/conversations/toolrule/{row.pk}/change/", **given)
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        standing.refresh()

    def test_sets_what_is_on_and_it_is_on_record(self, at_administrator: Client, alice: User, code: uuid.UUID) -> None:
        self.change(at_administrator, "calculator", is_default="on")
        assert names(alice, code) == ["calculator"]
        entry = AuditEntry.objects.get(action="toolrule.changed")
        assert (entry.after["is_default"], entry.reason) == (True, "a new rule of the house")

    def test_takes_a_tool_away(self, at_administrator: Client, at_alice: Client, alice: User, code: uuid.UUID) -> None:
        at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator", "calendar"]})
        self.change(at_administrator, "calculator", is_offered=None)
        assert names(alice, code) == ["calendar"]
        assert "Calculator" not in html(at_alice.get(f"/c/{code}/tools/"))

    def test_keeps_one_for_a_group(self, at_administrator: Client, alice: User, code: uuid.UUID) -> None:
        self.change(at_administrator, "calculator", is_default="on", group_name="reviewer")
        assert names(alice, code) == []
        judge = people.reviewer()
        assert names(judge, people.answered(judge).conversation.code) == ["calculator"]

    def test_has_it_ask_whatever_a_person_wants(
        self, at_administrator: Client, at_alice: Client, alice: User, code: uuid.UUID
    ) -> None:
        self.change(at_administrator, "calculator", approval="first")
        at_alice.post(f"/c/{code}/tools/", {"functions": ["calculator"], "asks-calculator": "never"})
        (offer,) = offers(alice, Conversation.objects.get(code=code))
        assert offer.approval == "first"
        assert "runs by itself" not in html(at_alice.get(f"/c/{code}/tools/")).split("Calculator")[1].split("Units")[0]

    def test_leaves_a_conversation_that_searches_without_functions_nobody_chose(
        self, at_administrator: Client, alice: User, code: uuid.UUID
    ) -> None:
        self.change(at_administrator, "calculator", is_default="on")
        Conversation.objects.filter(code=code).update(tools=Hosted(is_searching=True).stored_in({}))
        assert chosen(alice, Conversation.objects.get(code=code)).functions is None

    def test_looks_at_calls_without_a_word_of_them(self, at_administrator: Client, alice: User) -> None:
        turn = waiting(alice, '{"expression": "secret 1"}')
        call = ToolCall.objects.get(turn=turn)
        for address in ("", f"{call.pk}/change/"):
            page = html(at_administrator.get(f"/admin/conversations/toolcall/{address}"))
            assert "calculator" in page
            assert "secret" not in page


class TestAPreset:
    def test_brings_its_tools(self, at_alice: Client, alice: User) -> None:
        typed = {"name": "Sums", "system_prompt": "Calculate.", "functions": ["calculator"]}
        assert at_alice.post("/presets/new/", typed).status_code == 303
        preset = Preset.objects.get(owner=alice)
        assert preset.tools == {"v": 1, "functions": ["calculator"]}
        assert 'value="calculator" checked' in html(at_alice.get(f"/presets/{preset.code}/"))
        code = uuid.uuid4()
        at_alice.post(f"/c/{code}/preset/", {"preset": preset.code})
        assert stored(code) == {"v": 1, "functions": ["calculator"]}

    def test_says_how_often_each_asks(self, at_alice: Client, alice: User) -> None:
        typed = {
            "name": "Sums",
            "system_prompt": "Calculate.",
            "functions": ["calculator"],
            "asks-calculator": "always",
            "asks-calendar": "first",
        }
        at_alice.post("/presets/new/", typed)
        preset = Preset.objects.get(owner=alice)
        assert preset.tools == {"v": 1, "functions": ["calculator"], "approval": {"calculator": "always"}}
        page = html(at_alice.get(f"/presets/{preset.code}/"))
        assert '<option value="always" selected>' in page.split('name="asks-calculator"')[1].split("</select>")[0]
        code = uuid.uuid4()
        at_alice.post(f"/c/{code}/preset/", {"preset": preset.code})
        (offer,) = offers(alice, Conversation.objects.get(code=code))
        assert (offer.tool.name, offer.approval) == ("calculator", "always")

    def test_asks_no_less_than_the_rule(self, at_alice: Client, alice: User) -> None:
        sync_defaults()
        ToolRule.objects.filter(name="calculator").update(approval="first")
        standing.refresh()
        typed = {"name": "Sums", "system_prompt": "Calculate.", "functions": ["calculator"]}
        at_alice.post("/presets/new/", {**typed, "asks-calculator": "never"})
        code = uuid.uuid4()
        at_alice.post(f"/c/{code}/preset/", {"preset": Preset.objects.get(owner=alice).code})
        (offer,) = offers(alice, Conversation.objects.get(code=code))
        assert offer.approval == "first"

    def test_that_was_typed_wrongly_keeps_what_was_chosen(self, at_alice: Client) -> None:
        typed = {"name": "", "system_prompt": "x", "functions": ["calculator"], "asks-calculator": "first"}
        page = html(at_alice.post("/presets/new/", typed))
        assert 'value="calculator" checked' in page
        assert '<option value="first" selected>' in page.split('name="asks-calculator"')[1].split("</select>")[0]

    def test_keeps_the_tools_that_its_maker_may_not_switch_on(self, at_alice: Client, alice: User) -> None:
        stored = {"v": 1, "functions": ["calendar", "secret"], "approval": {"secret": "always"}}
        now = clock.now()
        preset = Preset.objects.create(owner=alice, name="P", system_prompt="x", tools=stored, changed_at=now)
        at_alice.post(f"/presets/{preset.code}/", {"name": "P", "system_prompt": "x", "functions": ["calculator"]})
        preset.refresh_from_db()
        assert preset.tools == {"v": 1, "functions": ["calculator", "secret"], "approval": {"secret": "always"}}

    def test_of_everybody_is_on_record_with_its_tools(self, browser: Callable[[User | None], Client]) -> None:
        at_root = browser(add_person("root", "a good password", ADMINISTRATOR))
        typed = {"shared": "yes", "name": "Sums", "system_prompt": "x", "reason": "for the accountants"}
        at_root.post("/presets/new/", {**typed, "functions": ["calculator"]})
        preset = Preset.objects.get(name="Sums")
        asks = {"functions": ["calculator"], "asks-calculator": "always", "reason": "after the audit"}
        at_root.post(f"/presets/{preset.code}/", {**typed, **asks})
        entry = AuditEntry.objects.get(action="preset.changed")
        assert entry.reason == "after the audit"
        assert entry.before == {"v": 1, "tools": {"v": 1, "functions": ["calculator"]}}
        assert entry.after == {"v": 1, "tools": {**entry.before["tools"], "approval": {"calculator": "always"}}}


class TestACall:
    def test_is_shown_with_what_it_asked_and_got(self, at_alice: Client, alice: User) -> None:
        page = html(at_alice.get(f"/c/{finished(alice).conversation.code}/"))
        for words in ("Calculator", "Done in 2 s", "expression", "6 * 7 = 42"):
            assert words in page
        assert "Allow" not in page

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", "“smoot” is not known; there are ft."), ("zh-hans", "没有“smoot”；可用的有 ft。")],
    )
    def test_that_failed_says_why_in_the_language_of_its_person(
        self, at_alice: Client, alice: User, language: str, words: str
    ) -> None:
        User.objects.update(language=language)
        said = {"said": "“%(name)s” is not known; there are %(known)s.", "values": {"name": "smoot", "known": "ft"}}
        entries = (call(), result("what the model was told", state=CallState.FAILED, **said))
        turn = people.ended(people.running(alice), (tool_part(*entries),))
        page = html(at_alice.get(f"/c/{turn.conversation.code}/"))
        assert words in page
        assert "what the model was told" not in page

    @pytest.mark.parametrize("values", [{}, {"other": 1}, [1], "x"])
    def test_whose_sentence_is_of_another_version_shows_what_the_model_was_told(
        self, at_alice: Client, alice: User, values: Any
    ) -> None:
        facts = {"said": "%(name)s takes another number of arguments.", "values": values}
        entries = (call(), result("what the model was told", state=CallState.FAILED, **facts))
        turn = people.ended(people.running(alice), (tool_part(*entries),))
        page = html(at_alice.get(f"/c/{turn.conversation.code}/"))
        assert "what the model was told" in page

    def test_is_text_whatever_it_says(self, at_alice: Client, alice: User) -> None:
        page = html(at_alice.get(f"/c/{finished(alice, HOSTILE).conversation.code}/"))
        assert "<img" not in page.split("tool-call__result")[1].split("</dd>")[0]
        assert "javascript:alert" in page
        assert 'href="javascript' not in page
        assert "<strong>bold" not in page

    def test_is_no_part_of_a_copy(self, at_alice: Client, alice: User) -> None:
        turn = finished(alice)
        copied = at_alice.get(f"/c/{turn.conversation.code}/messages/{turn.reply.code}.md").content.decode()
        assert copied.strip() == "It is 42."

    def test_goes_with_a_withdrawn_reply(self, at_alice: Client, alice: User) -> None:
        turn = finished(alice, "a secret thing")
        moved = Turn.objects.get(pk=turn.pk).reply
        moved.conversation = turn.conversation
        people.moderation.open_case(moved, [people.Concern("finish", "assistant", 1)])
        page = html(at_alice.get(f"/c/{turn.conversation.code}/"))
        assert "secret" not in page
        assert "tool-call" not in page.split('id="messages"')[1].split("</article>")[1]


class TestDeciding:
    def test_is_offered_to_its_person(self, at_alice: Client, alice: User) -> None:
        turn = waiting(alice)
        page = html(at_alice.get(f"/c/{turn.conversation.code}/"))
        for words in ("Needs your approval", "Waits for you", "6 * 7", "Allow", "Refuse", "Shall I?"):
            assert words in page

    @pytest.mark.parametrize(("what", "state"), [("allow", S.APPROVED), ("deny", S.DENIED)])
    def test_is_written_down_and_lets_the_turn_go_on(
        self, at_alice: Client, alice: User, what: str, state: str
    ) -> None:
        turn = waiting(alice)
        call = ToolCall.objects.get(turn=turn)
        answer = at_alice.post(f"/c/{turn.conversation.code}/calls/{call.code}/{what}/")
        assert (answer.status_code, answer["Location"]) == (303, f"/c/{turn.conversation.code}/")
        assert (ToolCall.objects.get(pk=call.pk).state, people.fresh(turn).state) == (state, TurnState.QUEUED)
        page = html(at_alice.get(f"/c/{turn.conversation.code}/"))
        assert ("Allowed" if what == "allow" else "You refused") in page
        assert "Needs your approval" not in page

    def test_needs_a_post_of_its_person(
        self, at_alice: Client, at_bob: Client, at_stranger: Client, alice: User
    ) -> None:
        turn = waiting(alice)
        address = f"/c/{turn.conversation.code}/calls/{ToolCall.objects.get(turn=turn).code}/allow/"
        assert at_alice.get(address).status_code == 405
        assert at_bob.post(address).status_code == 404
        assert at_stranger.post(address).status_code in (302, 401, 403, 422)
        assert Client(enforce_csrf_checks=True).post(address).status_code == 403
        assert people.fresh(turn).state == TurnState.WAITING

    def test_twice_is_once(self, at_alice: Client, alice: User) -> None:
        turn = waiting(alice)
        call = ToolCall.objects.get(turn=turn)
        for what in ("deny", "allow"):
            at_alice.post(f"/c/{turn.conversation.code}/calls/{call.code}/{what}/")
        assert ToolCall.objects.get(pk=call.pk).state == S.DENIED
