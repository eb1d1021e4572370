"""The examples of the empty page: each runs, and shows what it says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from html import escape, unescape

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client
from django.utils import translation

from conversations import standing, upstream
from conversations.defaults import sync_defaults
from conversations.models import Conversation, ToolCall, Turn, TurnState, User
from conversations.sandbox.answers import KINDS
from conversations.tools import http
from conversations.turns.pace import Pace
from conversations.turns.runner import Runner
from conversations.web.examples import EXAMPLES, MOST, SEARCH, Example
from tests import people
from tests.sandbox.serving import serving

from .pages import html

Browser = Callable[[User | None], Client]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.kind))
def test_the_sandbox_has_an_answer_of_its_own_to_each(example: Example, language: str) -> None:
    with translation.override(language):
        kind = next(kind for kind in KINDS if kind.fits(str(example.text)))
    assert kind.name != "received"


def test_no_two_show_the_same() -> None:
    answered = [next(kind.name for kind in KINDS if kind.fits(str(example.text))) for example in EXAMPLES]
    assert len(set(answered)) == len(answered)


@pytest.fixture
def demo(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools of the sandbox, on in every new conversation."""
    monkeypatch.setattr(upstream, "_sandbox_base", address)
    sync_defaults()
    standing.refresh()
    http.refresh()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield f"{found}/api/paas/v4"


def form_of(client: Client) -> tuple[str, list[str]]:
    """The form of the empty page, and what it offers to ask."""
    form = re.search(r'(?s)<form class="contents".*?</form>', html(client.get("/")))
    assert form is not None
    return form[0], [unescape(text) for text in re.findall(r'name="text" value="([^"]*)"', form[0])]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.needs], ids=lambda each: each.needs)
def test_what_needs_a_tool_runs_in_the_sandbox(
    example: Example, language: str, alice: User, browser: Browser, demo: None
) -> None:
    User.objects.update(language=language)
    page = browser(alice)
    with translation.override(language):
        text = str(example.text)
    form, offered = form_of(page)
    assert text in offered
    button = next(each for each in re.findall("<button[^>]*>", form) if escape(text) in each)
    action = re.search(r'formaction="([^"]+)"', button) or re.search(r'action="([^"]+)"', form)
    assert action is not None
    fields = dict(re.findall(r'name="(client_key|model)" value="([^"]*)"', form))
    page.post(unescape(action[1]), {"text": f"{text} rate:0", **fields})
    turn = async_to_sync(answered)(Turn.objects.get())
    assert turn.state == TurnState.COMPLETED
    kinds = {part.kind for part in turn.reply.parts} - {"reasoning"}
    assert kinds == {"text", "sources" if example.needs == SEARCH else "tool"}
    names = [(call.name, call.state) for call in ToolCall.objects.all()]
    assert names == ([] if example.needs == SEARCH else [(example.needs, "succeeded")])


async def answered(turn: Turn) -> Turn:
    """The turn once the sandbox has answered it."""
    assignment = await sync_to_async(people.claimed)(turn)
    async with upstream.new_client(upstream.current()) as client:
        await Runner(assignment, client, Pace(0)).run()
    return await sync_to_async(people.fresh)(turn)


def test_what_nothing_here_can_do_is_not_offered(at_alice: Client) -> None:
    texts = [str(each.text) for each in EXAMPLES if each.needs in ("", SEARCH)][:MOST]
    assert form_of(at_alice)[1] == texts
    User.objects.update(default_model="charglm-4")
    assert form_of(at_alice)[1] == [str(each.text) for each in EXAMPLES if not each.needs]


def test_a_search_is_switched_on_in_a_new_conversation_only(at_alice: Client, alice: User) -> None:
    turn = people.answered(alice)
    fields = {"text": "And?", "client_key": str(uuid.uuid4()), "model": turn.model_name}
    at_alice.post(f"/c/{turn.conversation.code}/messages/?uses=search", fields)
    assert Conversation.objects.get().tools == {}


def test_each_is_a_button_that_asks_it(at_alice: Client) -> None:
    form, offered = form_of(at_alice)
    fields = dict(re.findall(r'name="(client_key|model)" value="([^"]*)"', form))
    action = re.search(r'action="([^"]+)"', form)
    assert action is not None
    at_alice.post(action[1], {"text": offered[0], **fields})
    turn = Turn.objects.select_related("question").get()
    assert (turn.client_key, turn.model_name) == (uuid.UUID(fields["client_key"]), fields["model"])
