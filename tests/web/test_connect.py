"""What simulated means, and how a key is set."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from conversations.accounts import add_person

from .pages import html, words

LINES = ("ZHIPUAI_API_KEY=id.secret", "ZAI_API_KEY=id.secret", "ZHIPUAI_BASE_URL=http://127.0.0.1:8080/v1")


@pytest.fixture
def at_root(browser: Any) -> Client:
    client: Client = browser(add_person("root", "a good password", "administrator"))
    return client


def test_everybody_may_read_what_simulated_means(at_alice: Client) -> None:
    assert "What this means" in words(at_alice.get("/"))
    page = at_alice.get("/connect/")
    assert "A small program on this machine answers instead of a model." in words(page)
    assert "_API_KEY" not in html(page)


def test_strangers_read_nothing(at_stranger: Client) -> None:
    assert at_stranger.get("/connect/")["Location"] == "/accounts/login/?next=/connect/"


def test_administrators_get_the_lines_for_the_environment(at_root: Client) -> None:
    assert "Add a key" in words(at_root.get("/"))
    page = html(at_root.get("/connect/"))
    assert [line for line in LINES if line not in page] == []
    assert "Steps" not in page


def test_the_lines_name_settings_that_exist(at_root: Client) -> None:
    known = Path("docs/configuration.md").read_text(encoding="utf-8")
    named = re.findall(r"\b([A-Z]+_[A-Z_]+)=", html(at_root.get("/connect/")))
    assert [name for name in named if f"| `{name}` |" not in known] == []
    assert len(named) == 4


def test_a_real_server_is_named(at_alice: Client, settings: Any) -> None:
    settings.ZHIPUAI_API_KEY = "0123456789abcdef.0123456789abcdef"
    shown = words(at_alice.get("/connect/"))
    assert "Replies come from bigmodel.cn. They are real." in shown
    assert "simulated" not in shown.lower()
