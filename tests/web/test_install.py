"""The site as an app of a device, and what the device shows while the site is out of reach."""

import base64
import hashlib
import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.test import Client

from conversations.web import install

from .pages import html, words

LANGUAGES = ("en", "zh-hans")


@pytest.mark.parametrize(("language", "word"), [("en", "New conversation"), ("zh-hans", "新对话")])
def test_the_manifest_speaks_the_language_of_its_address(at_stranger: Client, language: str, word: str) -> None:
    response = at_stranger.get(f"/manifest.{language}.webmanifest", headers={"Accept-Language": "fr"})
    manifest = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert (manifest["lang"], manifest["shortcuts"][0]["name"]) == (language, word)
    assert (manifest["id"], manifest["start_url"], manifest["display"]) == ("/", "/", "standalone")


def test_its_icons_are_there_in_the_sizes_that_it_tells(at_stranger: Client) -> None:
    manifest = json.loads(at_stranger.get("/manifest.en.webmanifest").content)
    for icon in manifest["icons"]:
        content = Path("static", icon["src"].removeprefix("/static/")).read_bytes()
        if icon["type"] == "image/png":
            width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
            assert f"{width}x{height}" == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize("address", ["/manifest.fr.webmanifest", "/worker.fr.js", "/offline/fr/"])
def test_other_languages_are_not_there(at_stranger: Client, address: str) -> None:
    assert at_stranger.get(address).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_name_what_belongs_to_their_language(at_alice: Client, language: str) -> None:
    page = html(at_alice.get("/", headers={"Accept-Language": language}))
    assert f'<link rel="manifest" href="/manifest.{language}.webmanifest">' in page
    assert f'<meta name="offline-worker" content="/worker.{language}.js">' in page


def test_the_offline_page_needs_nothing_but_itself(at_stranger: Client) -> None:
    page = html(at_stranger.get("/offline/en/"))
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == []
    assert "url(" not in page


@pytest.mark.parametrize("kind", ["style", "script"])
def test_its_policy_lets_in_its_own_style_and_script_alone(at_stranger: Client, kind: str) -> None:
    response = at_stranger.get("/offline/en/")
    found = re.findall(rf"(?s)<{kind}>(.*?)</{kind}>", html(response))
    assert len(found) == 1
    digest = base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode()
    assert f"{kind}-src 'sha256-{digest}';" in response["Content-Security-Policy"] + ";"
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize(("language", "said"), [("en", "The site cannot be reached"), ("zh-hans", "连不上")])
def test_it_says_what_to_do_in_the_language_of_its_address(at_stranger: Client, language: str, said: str) -> None:
    response = at_stranger.get(f"/offline/{language}/")
    assert f'<html lang="{language}">' in html(response)
    assert said in words(response)


def test_another_page_makes_another_worker(at_stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = html(at_stranger.get("/worker.en.js"))
    assert before == html(at_stranger.get("/worker.en.js"))
    monkeypatch.setattr(install, "_page", lambda language: "Other words")
    assert html(at_stranger.get("/worker.en.js")) != before


def test_the_worker_is_asked_for_again_each_time(at_stranger: Client) -> None:
    response = at_stranger.get("/worker.en.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert 'const PAGE = "/offline/en/"' in html(response).encode().decode("unicode_escape")


def test_robots_may_read_the_sign_in_page(at_stranger: Client) -> None:
    assert "Disallow: /admin/" in html(at_stranger.get("/robots.txt"))
    assert "noindex" not in html(at_stranger.get("/accounts/login/"))
