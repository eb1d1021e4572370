"""What people choose for themselves, and that it holds from the next page on."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from conversations import upstream
from conversations.models import User
from conversations.web import zones

from .pages import html, words

CHOSEN = {"theme": "dark", "language": "zh-hans", "time_zone": "Asia/Shanghai", "send_key": "modifier"}
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}


def choose(client: Client, **changes: str) -> HttpResponse:
    form = {
        "theme": "system",
        "language": "",
        "time_zone": "",
        "send_key": "enter",
        "default_model": "",
        "summary_every": "0",
        **changes,
    }
    return client.post("/preferences/", form, follow=True)


def chosen(person: User) -> dict[str, Any]:
    names = ("theme", "language", "time_zone", "send_key", "default_model")
    return User.objects.values(*names).get(pk=person.pk)


def selected(page: HttpResponse, name: str) -> str:
    if radio := re.search(rf'name="{name}" value="([^"]*)" checked', html(page)):
        return radio[1]
    found = re.search(rf'(?s)<select[^>]* name="{name}".*?</select>', html(page))
    assert found is not None
    option = re.search(r"<option([^>]*) selected>([^<]*)", found[0])
    if option is None:
        return ""
    value = re.search(r'value="([^"]*)"', option[1])
    return value[1] if value else option[2]


class TestThePage:
    def test_belongs_to_those_who_are_signed_in(self, at_stranger: Client) -> None:
        assert at_stranger.get("/preferences/")["Location"] == "/accounts/login/?next=/preferences/"
        assert at_stranger.post("/preferences/", CHOSEN).status_code == HTTPStatus.UNAUTHORIZED

    def test_takes_no_other_method(self, at_alice: Client) -> None:
        assert at_alice.put("/preferences/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_shows_what_is_chosen(self, at_alice: Client, alice: User) -> None:
        model = upstream.offered_models()[1]
        User.objects.filter(pk=alice.pk).update(**{**CHOSEN, "language": "en"}, default_model=model)
        page = at_alice.get("/preferences/")
        assert re.search(r'name="theme" value="dark" required checked', html(page))
        assert re.search(r'name="send_key" value="modifier" required checked', html(page))
        assert (selected(page, "language"), selected(page, "time_zone")) == ("en", "Asia/Shanghai")
        assert selected(page, "default_model") == model

    def test_offers_zones_by_place_with_their_distance(self, at_alice: Client) -> None:
        page = html(at_alice.get("/preferences/"))
        assert '<option value="Asia/Shanghai">Shanghai (UTC+08:00)</option>' in page
        assert '<option value="America/Argentina/Buenos_Aires">Argentina/Buenos Aires (UTC-03:00)</option>' in page
        assert "Etc/GMT" not in page


class TestChoosing:
    def test_is_kept_and_said(self, at_alice: Client, alice: User) -> None:
        model = upstream.offered_models()[1]
        page = choose(at_alice, **{**CHOSEN, "language": "en"}, default_model=model)
        assert page.redirect_chain == [("/preferences/", HTTPStatus.SEE_OTHER)]
        assert "Saved." in words(page)
        assert chosen(alice) == {**CHOSEN, "language": "en", "default_model": model}

    def test_twice_is_the_same(self, at_alice: Client, alice: User) -> None:
        choose(at_alice, **CHOSEN)
        choose(at_alice, **CHOSEN)
        assert chosen(alice) == {**CHOSEN, "default_model": ""}

    def test_of_one_person_is_not_that_of_another(self, at_alice: Client, bob: User) -> None:
        choose(at_alice, **CHOSEN)
        assert chosen(bob)["theme"] == "system"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("theme", "neon"),
            ("theme", ""),
            ("language", "tlh"),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "../../etc/passwd"),
            ("time_zone", "Factory"),
            ("send_key", "space"),
            ("default_model", "sandbox-nonsense"),
        ],
    )
    def test_of_what_there_is_not_changes_nothing(self, at_alice: Client, alice: User, name: str, value: str) -> None:
        before = chosen(alice)
        page = choose(at_alice, **{**CHOSEN, name: value})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert chosen(alice) == before

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [("time_zone", "Mars/Olympus", "no such time zone"), ("default_model", "x", "not offered here")],
    )
    def test_that_is_refused_says_why(self, at_alice: Client, name: str, value: str, said: str) -> None:
        assert said in words(choose(at_alice, **{name: value}))

    def test_keeps_a_model_that_is_not_offered_any_more_until_another_is_chosen(
        self, at_alice: Client, alice: User
    ) -> None:
        User.objects.filter(pk=alice.pk).update(default_model="glm-retired")
        page = at_alice.get("/preferences/")
        assert selected(page, "default_model") == "glm-retired"
        assert "glm-retired (not offered any more)" in words(page)
        choose(at_alice, default_model="glm-retired", theme="dark")
        assert chosen(alice)["default_model"] == "glm-retired"


class TestTheLanguage:
    def test_of_a_person_wins_over_the_browsers(self, at_alice: Client) -> None:
        page = choose(at_alice, **CHOSEN)
        assert "偏好" in words(page)
        assert "已保存。" in words(page)
        page = at_alice.get("/", headers={"Accept-Language": "en"})
        assert '<html lang="zh-hans"' in html(page)
        assert page["Content-Language"] == "zh-hans"

    def test_is_the_browsers_while_a_person_has_chosen_none(self, at_alice: Client) -> None:
        assert '<html lang="zh-hans"' in html(at_alice.get("/", headers=CHINESE))
        assert '<html lang="en"' in html(at_alice.get("/"))

    def test_of_strangers_is_the_browsers_also_on_pages_of_errors(self, at_stranger: Client, alice: User) -> None:
        assert "登录" in words(at_stranger.get("/accounts/login/", headers=CHINESE))
        assert '<html lang="zh-hans"' in html(at_stranger.get("/nowhere/", headers=CHINESE))

    def test_of_a_person_holds_on_pages_of_errors(self, at_alice: Client) -> None:
        choose(at_alice, **CHOSEN)
        assert '<html lang="zh-hans"' in html(at_alice.get("/nowhere/", headers={"Accept-Language": "en"}))

    def test_does_not_stay_behind_for_the_next_request(self, at_alice: Client, at_bob: Client) -> None:
        choose(at_alice, **CHOSEN)
        at_alice.get("/")
        assert '<html lang="en"' in html(at_bob.get("/"))

    def test_that_is_not_spoken_here_any_more_is_passed_over(self, at_alice: Client, alice: User) -> None:
        User.objects.filter(pk=alice.pk).update(language="tlh")
        assert '<html lang="en"' in html(at_alice.get("/"))


class TestTheAppearance:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_that_is_chosen_is_on_every_page(self, at_alice: Client, theme: str) -> None:
        choose(at_alice, theme=theme)
        for path in ("/", "/nowhere/", "/accounts/password/change/"):
            page = html(at_alice.get(path))
            assert f'data-theme="{theme}"' in page
            assert f'<meta name="color-scheme" content="{theme}">' in page

    def test_follows_the_system_otherwise(self, at_alice: Client, at_stranger: Client) -> None:
        for page in (at_alice.get("/"), at_stranger.get("/accounts/login/")):
            assert "data-theme" not in html(page)
            assert '<meta name="color-scheme" content="light dark">' in html(page)


class TestTheModel:
    def test_of_new_conversations_is_the_persons_own(self, at_alice: Client) -> None:
        model = upstream.offered_models()[2]
        choose(at_alice, default_model=model)
        assert selected(at_alice.get("/"), "model") == model

    def test_is_the_sites_when_it_is_not_offered_any_more(self, at_alice: Client, alice: User) -> None:
        User.objects.filter(pk=alice.pk).update(default_model="glm-retired")
        assert selected(at_alice.get("/"), "model") == upstream.default_model()


def test_zones_are_grouped_and_each_is_there_once() -> None:
    listed = [name for _, places in zones.choices() for name, _ in places]
    assert {*listed, "UTC"} == zones.names()
    assert len(listed) == len(set(listed))


def test_a_persons_day_is_that_of_their_zone(at_alice: Client, alice: User, browser: Callable[..., Client]) -> None:
    choose(at_alice, time_zone="Pacific/Kiritimati")
    assert 'data-zone="Pacific/Kiritimati"' in html(at_alice.get("/"))
