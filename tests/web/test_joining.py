"""Ways in: an invitation, open sign-up, a link to a new password; and the language of those who are not in yet."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations import accounts
from conversations.accounts import add_person, roles_of
from conversations.models import AuditEntry, Notice, User
from tests.people import person

from .pages import html, words

PASSWORD = "a good password"
FORM = {"username": "carol", "password": PASSWORD}


@pytest.fixture
def root() -> User:
    return add_person("root", PASSWORD, "administrator")


@pytest.fixture
def invitation(root: User) -> str:
    return f"/invitation/{accounts.invite(root, 'member')}/"


class TestAnInvitation:
    def test_says_who_invites_and_as_what(self, at_stranger: Client, invitation: str) -> None:
        page = at_stranger.get(invitation)
        assert "root has invited you to this chat, as member." in words(page)
        assert "no-store" in page["Cache-Control"]

    def test_makes_an_account_and_signs_in(self, at_stranger: Client, invitation: str, root: User) -> None:
        page = at_stranger.post(invitation, FORM, follow=True)
        assert "What would you like to know?" in words(page)
        assert roles_of(User.objects.get(username="carol")) == ["member"]
        assert Notice.objects.get(person=root).data["name"] == "carol"

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"password": "short"}, "too short"),
            ({"password": "carolcarol1", "username": "carolcarol1"}, "too similar"),
            ({"username": "ROOT"}, "taken"),
            ({"username": ""}, "required"),
            ({"username": "two words"}, "valid username"),
        ],
    )
    def test_says_what_will_not_do_and_stays_open(
        self, at_stranger: Client, invitation: str, changes: dict[str, str], said: str
    ) -> None:
        page = at_stranger.post(invitation, {**FORM, **changes})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert said in words(page)
        assert PASSWORD not in html(page)
        assert at_stranger.post(invitation, FORM)["Location"] == "/"

    def test_does_not_work_twice(self, at_stranger: Client, invitation: str) -> None:
        Client().post(invitation, FORM)
        for answer in (at_stranger.get(invitation), at_stranger.post(invitation, {**FORM, "username": "eve"})):
            assert answer.status_code == HTTPStatus.NOT_FOUND
            assert "This link does not work" in words(answer)
        assert not User.objects.filter(username="eve").exists()

    def test_lost_to_somebody_quicker_says_so(
        self, at_stranger: Client, invitation: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(accounts, "accept", lambda *_: None)
        assert "This link does not work" in words(at_stranger.post(invitation, FORM))

    def test_is_not_for_those_who_are_in(self, at_alice: Client, invitation: str) -> None:
        assert "You are signed in already" in words(at_alice.get(invitation))
        assert "You are signed in already" in words(at_alice.post(invitation, FORM))
        assert not User.objects.filter(username="carol").exists()

    def test_takes_no_other_method(self, at_stranger: Client, invitation: str) -> None:
        assert at_stranger.put(invitation).status_code == HTTPStatus.METHOD_NOT_ALLOWED


class TestOpenSignUp:
    @pytest.fixture
    def _open(self, settings: Any) -> None:
        settings.CHATSITE_OPEN_SIGNUP = True

    def test_is_closed_unless_it_is_opened(self, at_stranger: Client) -> None:
        assert at_stranger.get("/accounts/signup/").status_code == HTTPStatus.NOT_FOUND
        assert at_stranger.post("/accounts/signup/", FORM).status_code == HTTPStatus.NOT_FOUND
        assert "signup" not in html(at_stranger.get("/accounts/login/"))

    @pytest.mark.usefixtures("_open")
    def test_makes_a_member_and_is_on_record(self, at_stranger: Client) -> None:
        assert "/accounts/signup/" in html(at_stranger.get("/accounts/login/"))
        assert at_stranger.get("/accounts/signup/").status_code == HTTPStatus.OK
        assert at_stranger.post("/accounts/signup/", {**FORM, "role": "administrator"})["Location"] == "/"
        carol = User.objects.get()
        assert (roles_of(carol), carol.is_staff) == (["member"], False)
        assert AuditEntry.objects.get().action == "person.signed_up"

    @pytest.mark.usefixtures("_open")
    def test_is_not_for_those_who_are_in(self, at_alice: Client) -> None:
        assert at_alice.get("/accounts/signup/")["Location"] == "/"

    @pytest.mark.usefixtures("_open")
    def test_of_a_name_that_was_free_a_moment_ago_is_told(
        self, at_stranger: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add = accounts.add_person

        def add_twice(*form: str) -> User:
            add(*form)
            return add(*form)

        monkeypatch.setattr(accounts, "add_person", add_twice)
        answer = at_stranger.post("/accounts/signup/", FORM)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "already exists" in words(answer)


class TestThrottling:
    def test_counts_all_that_is_sent_from_one_address(self, at_stranger: Client, settings: Any, root: User) -> None:
        settings.CHATSITE_OPEN_SIGNUP = True
        settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "signup": "2/h/ip"}
        invitation = f"/invitation/{accounts.invite(root, 'member')}/"
        reset = f"/reset/{accounts.issue_reset(root, root)}/"
        for _ in range(2):
            assert at_stranger.post("/accounts/signup/", {}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        for path in ("/accounts/signup/", invitation, reset):
            answer = at_stranger.post(path, FORM)
            assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
            assert "too often" in words(answer)
            assert at_stranger.get(path).status_code == HTTPStatus.OK
        assert not User.objects.filter(username="carol").exists()


class TestAResetLink:
    @pytest.fixture
    def link(self, root: User, alice: User) -> str:
        return f"/reset/{accounts.issue_reset(root, alice)}/"

    def test_sets_the_password_and_ends_all_sessions(
        self, at_stranger: Client, at_alice: Client, link: str, alice: User
    ) -> None:
        assert "For the account of alice." in words(at_stranger.get(link))
        page = at_stranger.post(link, {"password": "another fine one"}, follow=True)
        assert page.redirect_chain == [("/accounts/login/", HTTPStatus.SEE_OTHER)]
        assert "Your new password is set." in words(page)
        assert at_alice.get("/")["Location"] == "/accounts/login/?next=/"
        assert (
            at_stranger.post("/accounts/login/", {"login": "alice", "password": "another fine one"})["Location"] == "/"
        )

    def test_says_what_will_not_do(self, at_stranger: Client, link: str, alice: User) -> None:
        answer = at_stranger.post(link, {"password": "short"})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "too short" in words(answer)
        assert User.objects.get(pk=alice.pk).check_password(PASSWORD)

    def test_does_not_work_twice(self, at_stranger: Client, link: str) -> None:
        at_stranger.post(link, {"password": "another fine one"})
        assert at_stranger.get(link).status_code == HTTPStatus.NOT_FOUND
        assert at_stranger.post(link, {"password": "a third fine one"}).status_code == HTTPStatus.NOT_FOUND

    def test_lost_to_somebody_quicker_says_so(
        self, at_stranger: Client, link: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(accounts, "set_password", lambda *_: None)
        assert "does not work any more" in words(at_stranger.post(link, {"password": "another fine one"}))


class TestTheLanguage:
    def test_of_a_stranger_can_be_chosen_and_stays(self, at_stranger: Client) -> None:
        person("somebody")
        page = at_stranger.get("/accounts/login/?next=/preferences/")
        assert (
            '<button class="button button--quiet" name="language" value="zh-hans" lang="zh-hans">中文</button>'
            in html(page)
        )
        form = {"language": "zh-hans", "next": "/accounts/login/?next=/preferences/"}
        page = at_stranger.post("/language/", form, follow=True)
        assert page.redirect_chain[-1][0] == "/accounts/login/?next=/preferences/"
        assert "登录" in words(page)
        assert 'value="en" lang="en">English</button>' in html(page)
        assert '<html lang="zh-hans"' in html(at_stranger.get("/nowhere/"))

    def test_never_leads_elsewhere(self, at_stranger: Client) -> None:
        answer = at_stranger.post("/language/", {"language": "en", "next": "https://evil.example/"})
        assert answer["Location"] == "/"

    def test_chosen_before_signing_in_gives_way_to_the_persons_own(self, at_alice: Client, alice: User) -> None:
        User.objects.filter(pk=alice.pk).update(language="en")
        at_alice.post("/language/", {"language": "zh-hans"})
        assert '<html lang="en"' in html(at_alice.get("/"))
