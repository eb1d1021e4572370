"""The text in the box, kept over HTTP."""

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations.models import Draft, User
from tests.people import answered

from .pages import HTMX, html, send, typed_text

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000001")


def keep(client: Client, text: str, code: uuid.UUID = NEW, version: int = 0, **more: Any) -> Any:
    fields = {"text": text, "client_key": str(more.pop("key", uuid.uuid4())), "draft": version, "seq": 1, **more}
    return client.post(f"/c/{code}/draft/", fields, headers=HTMX)


def kept(client: Client, code: uuid.UUID = NEW) -> str:
    return str(client.get(f"/c/{code}/draft/", headers=HTMX).json()["text"])


def draft_field(page: str) -> str:
    return page.partition('name="draft" value="')[2].partition('"')[0]


def test_what_is_kept_is_told(at_alice: Client) -> None:
    version = keep(at_alice, "Dear").json()["version"]
    assert at_alice.get(f"/c/{NEW}/draft/").json() == {"version": version, "text": "Dear"}


def test_nothing_kept_is_told_as_nothing(at_alice: Client) -> None:
    assert at_alice.get(f"/c/{NEW}/draft/").json() == {"version": 0, "text": ""}


def test_nobody_stores_a_draft_on_the_way(at_alice: Client) -> None:
    keep(at_alice, "Dear")
    assert at_alice.get(f"/c/{NEW}/draft/")["Cache-Control"] == "no-store"


def test_a_draft_is_kept_as_it_is_typed(at_alice: Client) -> None:
    keep(at_alice, "\n  one \r\ntwo\x00  \n")
    assert kept(at_alice) == "\n  one \ntwo  \n"


def test_the_page_of_a_conversation_shows_it_in_every_browser(at_alice: Client, alice: User, browser: Any) -> None:
    code = answered(alice).conversation.code
    version = keep(at_alice, "Half a thought", code).json()["version"]
    page = browser(alice).get(f"/c/{code}/")
    assert typed_text(page) == "Half a thought"
    assert draft_field(html(page)) == str(version)


def test_the_empty_page_shows_it_again_under_its_old_code(at_alice: Client, alice: User, browser: Any) -> None:
    keep(at_alice, "Not asked yet")
    page = browser(alice).get("/")
    assert typed_text(page) == "Not asked yet"
    assert f"/c/{NEW}/messages/" in html(page)


def test_a_page_without_draft_says_that_there_is_nothing_to_drop(at_alice: Client) -> None:
    assert draft_field(html(at_alice.get("/"))) == ""


def test_a_sent_draft_is_gone(at_alice: Client) -> None:
    version = keep(at_alice, "Sent").json()["version"]
    send(at_alice, NEW, "Sent", fields={"draft": str(version)})
    assert not Draft.objects.exists()
    assert typed_text(at_alice.get(f"/c/{NEW}/")) == ""


def test_a_save_that_comes_late_brings_nothing_back(at_alice: Client) -> None:
    key = uuid.uuid4()
    send(at_alice, NEW, "Sent", key)
    assert keep(at_alice, "Sen", key=key).json() == {"version": 0}
    assert typed_text(at_alice.get(f"/c/{NEW}/")) == ""


def test_a_message_that_waits_leaves_no_draft_either(at_alice: Client, alice: User) -> None:
    code = answered(alice).conversation.code
    send(at_alice, code, "First")
    version = keep(at_alice, "Next", code).json()["version"]
    send(at_alice, code, "Next", fields={"draft": str(version)})
    assert not Draft.objects.exists()


def test_a_page_says_when_its_box_holds_more_than_is_kept(at_alice: Client, settings: Any) -> None:
    settings.CHATSITE_MAX_PROMPT = 5
    version = keep(at_alice, "Kept").json()["version"]
    assert "data-differs" not in html(at_alice.get("/"))
    assert "data-differs" in html(send(at_alice, NEW, "Kept, and more", fields={"draft": str(version)}))


def test_a_refused_message_keeps_its_draft(at_alice: Client, settings: Any) -> None:
    settings.CHATSITE_MAX_PROMPT = 5
    version = keep(at_alice, "Too long").json()["version"]
    send(at_alice, NEW, "Too long", fields={"draft": str(version)})
    assert kept(at_alice) == "Too long"


def test_sending_asks_nothing_more_of_the_database_for_it(
    at_alice: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    """One statement where something was kept, none where not."""
    with django_assert_max_num_queries(100) as without:
        send(at_alice, uuid.uuid4(), "Sent")
    with django_assert_num_queries(len(without.captured_queries) + 1):
        send(at_alice, uuid.uuid4(), "Sent", fields={"draft": "0"})


def test_the_page_that_was_overtaken_gets_the_other_text(at_alice: Client) -> None:
    seen = keep(at_alice, "one").json()["version"]
    newer = keep(at_alice, "one, gone on", version=seen).json()["version"]
    response = keep(at_alice, "one, and here", version=seen)
    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json() == {"version": newer, "text": "one, gone on"}


def test_strangers_get_and_keep_nothing(at_alice: Client, at_bob: Client, alice: User) -> None:
    code = answered(alice).conversation.code
    keep(at_alice, "Private", code)
    assert kept(at_bob, code) == ""
    assert keep(at_bob, "Let me in", code).status_code == HTTPStatus.NOT_FOUND
    assert kept(at_alice, code) == "Private"


def test_who_is_signed_out_keeps_nothing(at_stranger: Client) -> None:
    assert keep(at_stranger, "Lost?").status_code == HTTPStatus.UNAUTHORIZED
    assert at_stranger.get(f"/c/{NEW}/draft/").status_code == HTTPStatus.FOUND
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [{"client_key": "none"}, {"client_key": ""}, {"draft": "-1"}, {"draft": "x"}, {"seq": "0"}, {"seq": 2**40}],
)
def test_a_broken_form_keeps_nothing(at_alice: Client, broken: dict[str, Any]) -> None:
    assert keep(at_alice, "Broken", **broken).status_code == HTTPStatus.BAD_REQUEST
    assert not Draft.objects.exists()


def test_a_text_may_be_longer_than_a_message_for_a_while(at_alice: Client, settings: Any) -> None:
    settings.CHATSITE_MAX_PROMPT = 10
    assert keep(at_alice, "x" * 20).status_code == HTTPStatus.OK
    assert keep(at_alice, "x" * 21, uuid.uuid4()).status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_other_methods_are_refused(at_alice: Client) -> None:
    assert at_alice.delete(f"/c/{NEW}/draft/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_draft_needs_the_token_of_its_page(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, "conversations.web.account.AccountBackend")
    assert keep(client, "Forged").status_code == HTTPStatus.FORBIDDEN
    assert not Draft.objects.exists()
