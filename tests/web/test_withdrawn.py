"""Every address of the site is asked for a text that was withdrawn, by its author and by an administrator."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from conversations import moderation, notices
from conversations.models import (
    ContextEnd,
    Conversation,
    Draft,
    Message,
    NextMessage,
    NoticeKind,
    ReviewCase,
    Summary,
    SummaryState,
    Turn,
    TurnState,
    User,
    text_part,
)
from conversations.moderation import Concern
from conversations.turns import revise, start
from tests import people

SECRET = "lighthousekeeper"
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
# What follows an address, for those who know more of it than the page says.
ASKED = {
    "c/<uuid:code>/": ("?quote={0}", "?at={0}", "?before={0}", "?around={0}"),
    "c/<uuid:code>/messages/<uuid:message>.md": ("?written",),
}


def well_known(alice: User) -> Turn:
    """A reply that gave its conversation a title, was quoted, summarised, continued and written anew by hand."""
    begun = text_part(f"A {SECRET} lives *there*.")
    turn = people.ended(people.running(alice, "What is there?"), begun, TurnState.STOPPED)
    conversation = turn.conversation
    revise.revise(alice, conversation.code, turn.reply.code, uuid.uuid4(), f"My {SECRET}.")
    start.show_alternative(alice, conversation.code, turn.reply.code)
    more = start.continue_reply(people.order(alice), conversation.code, turn.reply.code)
    people.claimed(more)
    people.ended(people.fresh(more), text_part(" He has a clock."))
    quote = f"> A {SECRET} lives there.\n\nWhy?"
    facts = {"version": 1, "writer": uuid.uuid4(), "seq": 1}
    Draft.objects.create(person=alice, conversation_id=conversation.code, text=quote, **facts)
    Conversation.objects.update(title=f"The {SECRET}", has_next=True)
    NextMessage.objects.create(
        conversation=conversation, text=quote, html=[quote], renderer_version=1, model_name=people.MODEL
    )
    Message.objects.filter(pk=turn.reply.pk).update(context_end=ContextEnd.SUMMARY)
    told = {"state": SummaryState.DONE, "text": f"It was about a {SECRET}.", "turn_count": 1}
    Summary.objects.create(conversation=conversation, message=turn.reply, **told)
    notices.tell(alice, NoticeKind.JOB_ENDED, conversation=str(conversation.code), state="completed")
    return people.fresh(turn)


def withdraw(turn: Turn) -> Turn:
    reply = people.fresh(turn).reply
    reply.conversation.next_revision()
    moderation.open_case(reply, [Concern("finish", "assistant")])
    return people.fresh(turn)


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from routes(each, route)


def addresses(turn: Turn) -> Iterator[str]:
    """Every route of the site with what belongs to the withdrawn reply in its places."""
    case = ReviewCase.objects.values_list("code", flat=True).first()
    first = {"c": turn.conversation.code, "review": case or uuid.uuid4(), "people": turn.person.code}
    messages = Message.objects.filter(conversation=turn.conversation).values_list("code", flat=True)
    for route in routes(get_resolver()):
        code = first.get(route.split("/")[0], uuid.uuid4())
        known = {"code": code, "turn": turn.code, "language": "en", "kind": "image", "object_id": _record(route)}
        for message in messages if "message>" in route else [turn.reply.code]:
            values = {**known, "message": message}
            address = "/" + PLACE.sub(lambda found, values=values: str(values.get(found[1], uuid.uuid4())), route)
            yield address
            yield from (address + asked.format(turn.reply.code) for asked in ASKED.get(route, ()))


def _record(route: str) -> Any:
    """The last row of the model that a page of the admin is about."""
    parts = route.split("/")
    if len(parts) < 3 or parts[:2] != ["admin", "conversations"]:
        return uuid.uuid4()
    rows = apps.get_model("conversations", parts[2])._default_manager.order_by("pk")
    return rows.values_list("pk", flat=True).last() or 0


@pytest.fixture
def turn(alice: User) -> Turn:
    return withdraw(well_known(alice))


def found_at(client: Client, turn: Turn) -> tuple[list[str], int]:
    """Where the text is, and at how many addresses something was."""
    found, answers = [], 0
    for address in addresses(turn):
        answer = client.get(address)
        answers += answer.status_code == HTTPStatus.OK
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
        if SECRET in body.decode("utf-8", "replace"):
            found.append(address)
    return found, answers


def test_its_author_finds_it_nowhere(alice: User, at_alice: Client) -> None:
    turn = well_known(alice)
    found, before = found_at(at_alice, turn)
    assert len(found) > 10  # so the search is one
    withdraw(turn)
    found, answers = found_at(at_alice, turn)
    assert (found, answers > before / 2) == ([], True)


def test_an_administrator_finds_it_nowhere(turn: Turn, browser: Callable[[User | None], Client]) -> None:
    client = browser(people.administrator())
    found, answers = found_at(client, turn)
    assert (found, answers > 30) == ([], True)
    for door in ("message", "conversation"):
        rows = {"message": turn.reply.pk, "conversation": turn.conversation.pk}
        answer = client.post(f"/admin/conversations/{door}/{rows[door]}/look/", {"reason": "To see what there is"})
        assert answer.status_code == HTTPStatus.OK
        assert SECRET not in answer.content.decode()


def test_no_row_that_people_see_has_it_any_more(turn: Turn) -> None:
    """Only the message itself, what its reader made of it, and the sealed evidence."""
    conversation = people.fresh(turn).conversation
    assert SECRET not in conversation.title
    texts = [*Draft.objects.values_list("text", flat=True), *NextMessage.objects.values_list("text", "html")]
    assert SECRET not in str([*texts, *Summary.objects.values_list("text", flat=True)])
    assert not Message.objects.filter(html__icontains=SECRET).exists()


def test_no_later_prompt_has_it(turn: Turn, alice: User) -> None:
    after = start.send(people.order(alice), turn.conversation.code, "And now?")
    assert SECRET not in str(people.claimed(after).request)
