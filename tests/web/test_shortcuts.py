"""Keys and commands: one list for the page, the dialog and the sheet."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations.models import User
from conversations.web.shortcuts import COMMANDS

from .pages import HTMX, html, words

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"


def test_the_page_offers_every_command(at_alice: Client) -> None:
    page = html(at_alice.get("/"))
    for each in COMMANDS:
        assert f'id="command-{each.name}"' in page
        assert f'data-words="{str(each.words).lower()}"' in page


@pytest.mark.parametrize("scripted", [True, False])
def test_the_sheet_names_every_command(at_alice: Client, scripted: bool) -> None:
    sheet = at_alice.get("/shortcuts/", headers=HTMX if scripted else {})
    assert ("<html" in html(sheet)) != scripted
    for each in COMMANDS:
        assert f"/{each.name} {each.words}" in words(sheet)


def test_strangers_are_asked_to_sign_in(at_stranger: Client) -> None:
    assert at_stranger.get("/shortcuts/").status_code == HTTPStatus.FOUND


@pytest.mark.parametrize(("agent", "key"), [(MAC, "⌘"), (WINDOWS, "Ctrl"), ("", "Ctrl")])
def test_the_modifier_is_that_of_the_machine(at_alice: Client, alice: User, agent: str, key: str) -> None:
    User.objects.filter(pk=alice.pk).update(send_key="modifier")
    headers = {"User-Agent": agent}
    assert f"{key} Enter Send" in words(at_alice.get("/shortcuts/", headers=headers))
    assert f"{key} + Enter sends, Enter breaks the line" in words(at_alice.get("/", headers=headers))


def test_the_sheet_and_the_page_know_what_sends(at_alice: Client) -> None:
    assert "Enter Send Shift Enter Break the line" in words(at_alice.get("/shortcuts/"))
    page = at_alice.get("/")
    assert "Enter sends, Shift + Enter breaks the line" in words(page)
    assert 'data-send-key="enter"' in html(page)


def test_keys_without_a_modifier_can_be_switched_off(at_alice: Client, alice: User) -> None:
    assert "data-single-keys" not in html(at_alice.get("/"))
    assert at_alice.post("/shortcuts/", {}).status_code == HTTPStatus.SEE_OTHER
    assert 'data-single-keys="off"' in html(at_alice.get("/"))
    at_alice.post("/shortcuts/", {"wants_single_keys": "on"})
    assert "data-single-keys" not in html(at_alice.get("/"))


def test_the_open_page_is_told(at_alice: Client) -> None:
    response: Any = at_alice.post("/shortcuts/", {}, headers=HTMX)
    assert (response.status_code, response["HX-Trigger"]) == (204, '{"chat:keys": {"single": false}}')


def test_the_sheet_speaks_chinese(at_alice: Client) -> None:
    sheet = at_alice.get("/shortcuts/", headers={"Accept-Language": "zh-hans"})
    assert "按键与命令" in words(sheet)
