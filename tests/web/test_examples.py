"""The examples of the empty page: each runs, and shows what it says."""

from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from conversations.models import Turn
from conversations.sandbox.answers import KINDS
from conversations.web.examples import EXAMPLES, Example

from .pages import html


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.kind))
def test_the_sandbox_has_an_answer_of_its_own_to_each(example: Example, language: str) -> None:
    with translation.override(language):
        kind = next(kind for kind in KINDS if kind.fits(str(example.text)))
    assert kind.name != "received"


def test_no_two_show_the_same() -> None:
    answered = [next(kind.name for kind in KINDS if kind.fits(str(example.text))) for example in EXAMPLES]
    assert len(set(answered)) == len(answered)


def test_each_is_a_button_that_asks_it(at_alice: Client) -> None:
    page = html(at_alice.get("/"))
    form = re.search(r'(?s)<form class="contents".*?</form>', page)
    assert form is not None
    offered = [unescape(text) for text in re.findall(r'name="text" value="([^"]*)"', form[0])]
    assert offered == [str(example.text) for example in EXAMPLES]
    fields = dict(re.findall(r'name="(client_key|model)" value="([^"]*)"', form[0]))
    action = re.search(r'action="([^"]+)"', form[0])
    assert action is not None
    at_alice.post(action[1], {"text": offered[0], **fields})
    turn = Turn.objects.select_related("question").get()
    assert (turn.client_key, turn.model_name) == (uuid.UUID(fields["client_key"]), fields["model"])
