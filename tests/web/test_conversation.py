"""The page of a conversation."""

import re
import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations import present
from conversations.inline import policy_source
from conversations.models import OUR_MISTAKE, Conversation, TurnState, User, text_part
from tests.people import answered, asked, ended, log_of, long_conversation, released, running, withheld

from .pages import HTMX, html, words

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def page(client: Client, conversation: Conversation, **options: object) -> str:
    return html(client.get(f"/c/{conversation.code}/", **options))


def test_the_owner_reads_question_and_reply(at_alice: Client, alice: User) -> None:
    turn = answered(alice, "What is a tide?", "The *sea* that rises.")
    response = at_alice.get(f"/c/{turn.conversation.code}/")
    assert "What is a tide?" in words(response)
    assert "The <em>sea</em> that rises." in html(response)


@pytest.mark.parametrize("path", ["/c/{}/", "/c/{}/messages/{}.md", "/c/{}/messages/{}/edit/"])
def test_strangers_get_the_same_404_as_for_nothing(at_bob: Client, at_alice: Client, alice: User, path: str) -> None:
    turn = answered(alice)
    theirs = at_bob.get(path.format(turn.conversation.code, turn.question.code))
    nothing = at_bob.get(path.format(uuid.uuid4(), uuid.uuid4()))
    at_alice.post(f"/c/{turn.conversation.code}/delete/")
    deleted = at_alice.get(path.format(turn.conversation.code, turn.question.code))
    assert {theirs.status_code, nothing.status_code, deleted.status_code} == {HTTPStatus.NOT_FOUND}
    told = {words(each).replace(each["X-Request-ID"], "") for each in (theirs, nothing, deleted)}
    assert len(told) == 1


def test_who_is_signed_out_is_asked_to_sign_in(at_stranger: Client, alice: User) -> None:
    address = f"/c/{answered(alice).conversation.code}/"
    assert at_stranger.get(address)["Location"] == f"/accounts/login/?next={address}"


def test_nobody_stores_the_page(at_alice: Client, alice: User) -> None:
    assert at_alice.get(f"/c/{answered(alice).conversation.code}/")["Cache-Control"] == "no-store"


def test_the_page_says_what_it_shows(at_alice: Client, alice: User) -> None:
    conversation = answered(alice).conversation
    shown = page(at_alice, conversation)
    alice.refresh_from_db()
    assert f'data-revision="{conversation.revision}" data-list="{alice.revision}"' in shown
    assert f'data-socket="/ws/c/{conversation.code}/"' in shown


def test_the_policy_allows_one_script_inline_and_nothing_foreign(at_alice: Client, alice: User) -> None:
    response = at_alice.get(f"/c/{answered(alice).conversation.code}/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    (inline,) = re.findall(r"(?s)<script>(.*?)</script>", html(response))
    assert f"script-src 'self' {policy_source(inline)};" in f"{policy};"
    rest = html(response).replace(f"<script>{inline}</script>", "")
    assert not re.search(r"<(script|style)(?![^>]*src=)[^>]*>|\son\w+=|\sstyle=", rest)
    assert not re.search(r'(src|href|action)="(https?:)?//', html(response))


def test_a_hostile_question_is_only_text(at_alice: Client, alice: User) -> None:
    shown = page(at_alice, answered(alice, HOSTILE, HOSTILE).conversation)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "alert(1)" in shown


def test_a_new_page_has_a_code_of_its_own_each_time(at_alice: Client) -> None:
    first, second = (re.search(r"/ws/c/([0-9a-f-]{36})/", html(at_alice.get("/"))) for _ in range(2))
    assert first
    assert second
    assert first[1] != second[1]
    assert not Conversation.objects.exists()


def test_an_example_is_a_form_that_works_without_script(at_alice: Client) -> None:
    shown = html(at_alice.get("/"))
    action = re.search(r'class="contents" method="post" action="([^"]+)"', shown)
    text = re.search(r'class="contents__item" name="text" value="([^"]+)"', shown)
    assert action
    assert text
    response = at_alice.post(action[1], {"text": text[1], "client_key": str(uuid.uuid4())}, follow=True)
    assert text[1] in html(response)


def test_a_reply_in_the_making_is_shown_as_far_as_it_is(at_alice: Client, alice: User) -> None:
    turn = running(alice)
    log_of(turn, "Sealed block.\n\nOpen ta", "il")
    shown = page(at_alice, turn.conversation)
    assert re.search(rf'id="part-{turn.reply.code}-0"><p[^>]*>Sealed block.</p><div class="tail"', shown)
    assert re.search(rf'id="part-{turn.reply.code}-0-tail"><p[^>]*>Open tail', shown)
    assert f"/turns/{turn.code}/stop/" in shown


def test_a_queued_reply_offers_stop_instead_of_send(at_alice: Client, alice: User) -> None:
    shown = page(at_alice, asked(alice).conversation)
    assert "composer__stop" in shown
    assert "composer__send" not in shown


def test_a_held_reply_shows_a_notice_and_no_text(at_alice: Client, alice: User) -> None:
    turn = withheld(alice, reply="A secret.")
    shown = page(at_alice, turn.conversation)
    assert "withheld until a person has looked" in shown
    assert "A secret" not in shown
    assert at_alice.get(f"/c/{turn.conversation.code}/messages/{turn.reply.code}.md").status_code == 404


def test_a_released_reply_is_back(at_alice: Client, alice: User) -> None:
    turn = withheld(alice, reply="A secret.")
    released(turn.reply)
    assert "A secret." in page(at_alice, turn.conversation)


def test_unknown_usage_is_called_unknown(at_alice: Client, alice: User) -> None:
    turn = ended(running(alice), text_part("Hi."))
    shown = page(at_alice, turn.conversation)
    margin = re.search(rf'(?s)id="message-{turn.reply.code}-margin">(.*?)</div>', shown)
    assert margin
    assert "unknown" in margin[1]


@pytest.mark.parametrize(
    ("state", "outcome", "told"),
    [
        (TurnState.STOPPED, {}, "You stopped this reply"),
        (TurnState.INTERRUPTED, {}, "Cut off by a restart"),
        (TurnState.COMPLETED, {"finish": "length"}, "Cut off at the longest reply"),
        (TurnState.FAILED, {"trouble": "network"}, "The reply broke off at GLM"),
    ],
)
def test_a_reply_that_ended_early_says_why_and_can_go_on(
    at_alice: Client, alice: User, state: TurnState, outcome: dict[str, str], told: str
) -> None:
    turn = ended(running(alice), text_part("Half a"), state, **outcome)
    shown = page(at_alice, turn.conversation)
    assert told in shown
    assert "Half a" in shown
    assert f"/messages/{turn.reply.code}/continue/" in shown


@pytest.mark.parametrize(
    "trouble", ["key", "money", "busy", "timeout", "too_long", "disturbed", OUR_MISTAKE, "unheard of"]
)
def test_a_reply_that_failed_says_that_the_message_is_kept(at_alice: Client, alice: User, trouble: str) -> None:
    turn = ended(running(alice), (), TurnState.FAILED, trouble=trouble, trouble_code="1113")
    shown = page(at_alice, turn.conversation)
    assert "our message is kept" in shown
    assert "1113" in shown
    assert f"/messages/{turn.reply.code}/continue/" not in shown
    assert f"/messages/{turn.reply.code}/regenerate/" in shown


def test_earlier_messages_load_by_a_plain_link(at_alice: Client, alice: User) -> None:
    conversation = long_conversation(alice, 40)
    shown = page(at_alice, conversation)
    assert "Question 39" in shown
    assert "Question 1<" not in shown
    link = re.search(r'href="([^"]+\?before=[^"]+)"', shown)
    assert link
    earlier = html(at_alice.get(link[1]))
    assert "Question 24<" in earlier
    assert "Question 39" not in earlier


def test_a_script_gets_only_the_earlier_messages(at_alice: Client, alice: User) -> None:
    conversation = long_conversation(alice, 40)
    before = present.window(conversation, {}).earlier
    shown = page(at_alice, conversation, data={"before": before}, headers=HTMX)
    assert shown.lstrip().startswith("<earlier-messages")
    assert shown.count("<article") == present.WINDOW
    assert "<html" not in shown


@pytest.mark.parametrize("before", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_foreign_place_to_begin_shows_nothing_foreign(at_alice: Client, alice: User, before: str) -> None:
    conversation = answered(alice).conversation
    assert at_alice.get(f"/c/{conversation.code}/", {"before": before}).status_code == HTTPStatus.OK


def test_the_text_of_a_reply_is_given_as_it_was_written(at_alice: Client, alice: User) -> None:
    turn = answered(alice, reply="**bold**\n\n<b>raw</b>")
    response = at_alice.get(f"/c/{turn.conversation.code}/messages/{turn.reply.code}.md")
    assert html(response) == "**bold**\n\n<b>raw</b>"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_page_costs_few_queries(at_alice: Client, alice: User, django_assert_max_num_queries: object) -> None:
    short, long = answered(alice).conversation, long_conversation(alice, 40)
    for conversation in (short, long):
        page(at_alice, conversation)  # the first look renders what the rows have no HTML for, and counts news as read
    for conversation in (short, long):
        with django_assert_max_num_queries(13):  # type: ignore[operator]
            page(at_alice, conversation)
