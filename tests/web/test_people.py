"""The administrators' pages about people."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from conversations import accounts
from conversations.accounts import add_person, roles_of
from conversations.models import AuditEntry, Invitation, ResetLink, User

from .pages import html, words

Browser = Callable[[User | None], Client]
PASSWORD = "a good password"
REASON = {"reason": "asked for it"}
COMMANDS = ("roles", "close", "reopen", "reset", "delete")


@pytest.fixture
def root() -> User:
    return add_person("root", PASSWORD, "administrator")


@pytest.fixture
def at_root(root: User, browser: Browser) -> Client:
    return browser(root)


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def link_in(page: HttpResponse) -> str:
    found = re.search(r"http://testserver(/[^<\"]+/)</code>", html(page))
    assert found is not None, words(page)
    return found[1]


class TestWhoMayComeHere:
    @pytest.mark.parametrize("path", ["/people/", "/people/invite/", "/people/{code}/"])
    def test_members_are_told_that_they_may_not(self, at_alice: Client, bob: User, path: str) -> None:
        assert at_alice.get(path.format(code=bob.code)).status_code == HTTPStatus.FORBIDDEN

    @pytest.mark.parametrize("path", ["/people/", "/people/invite/", "/people/{code}/"])
    def test_strangers_are_asked_who_they_are(self, at_stranger: Client, bob: User, path: str) -> None:
        path = path.format(code=bob.code)
        assert at_stranger.get(path)["Location"] == f"/accounts/login/?next={path}"

    @pytest.mark.parametrize("command", COMMANDS)
    def test_commands_of_others_do_nothing(
        self, at_alice: Client, at_stranger: Client, bob: User, command: str
    ) -> None:
        address = f"/people/{bob.code}/{command}/"
        assert at_alice.post(address, REASON).status_code == HTTPStatus.FORBIDDEN
        assert at_stranger.post(address, REASON).status_code == HTTPStatus.UNAUTHORIZED
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize("command", COMMANDS)
    def test_commands_are_posts(self, at_root: Client, bob: User, command: str) -> None:
        assert at_root.get(f"/people/{bob.code}/{command}/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    @pytest.mark.parametrize("command", COMMANDS)
    def test_commands_for_nobody_find_nobody(self, at_root: Client, command: str) -> None:
        assert at_root.post(f"/people/{uuid.uuid4()}/{command}/", REASON).status_code == HTTPStatus.NOT_FOUND

    def test_the_menu_leads_here_only_those_who_may(self, at_root: Client, at_alice: Client) -> None:
        assert 'href="/people/"' in html(at_root.get("/"))
        assert 'href="/people/"' not in html(at_alice.get("/"))


class TestTheList:
    def test_shows_everybody_with_roles_and_state(self, at_root: Client, alice: User, bob: User) -> None:
        accounts.change_roles(User.objects.get(username="root"), alice, ["reviewer"], "joins")
        User.objects.filter(pk=bob.pk).update(is_active=False)
        shown = words(at_root.get("/people/"))
        assert "alice member, reviewer active" in shown
        assert "bob closed" in shown.replace("bob  ", "bob ")
        assert "root member, administrator active" in shown

    @pytest.mark.parametrize("sought", ["ALI", "alice@"])
    def test_finds_people_by_name_and_address(self, at_root: Client, alice: User, bob: User, sought: str) -> None:
        User.objects.filter(pk=alice.pk).update(email="alice@example.org")
        page = html(at_root.get("/people/", {"q": sought}))
        assert f"/people/{alice.code}/" in page
        assert f"/people/{bob.code}/" not in page

    def test_says_so_when_there_is_nobody(self, at_root: Client) -> None:
        assert "Nobody of that name is here." in words(at_root.get("/people/?q=zoe"))

    def test_has_as_many_pages_as_it_takes(self, at_root: Client) -> None:
        User.objects.bulk_create(User(username=f"p{n:02}") for n in range(50))
        assert "root" not in words(at_root.get("/people/")).partition("Last signed in")[2].partition("Open inv")[0]
        assert "root" in words(at_root.get("/people/?page=2")).partition("Last signed in")[2]


class TestInviting:
    def test_shows_a_link_that_makes_an_account(self, at_root: Client, at_stranger: Client) -> None:
        page = at_root.post("/people/invite/", {"role": "reviewer", "email": "carol@example.org"})
        assert "no-store" in page["Cache-Control"]
        link = link_in(page)
        answer = at_stranger.post(link, {"username": "carol", "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, "/")
        carol = User.objects.get(username="carol")
        assert (roles_of(carol), carol.email) == (["member", "reviewer"], "carol@example.org")

    def test_shows_the_link_only_once(self, at_root: Client) -> None:
        link = link_in(at_root.post("/people/invite/", {"role": "member"}))
        listed = at_root.get("/people/")
        assert link not in html(listed)
        assert "by root, open until" in words(listed)

    @pytest.mark.parametrize(
        "form",
        [{}, {"role": "emperor"}, {"role": "member", "email": "not an address"}, {"role": "member", "email": "@"}],
    )
    def test_of_nonsense_makes_nothing(self, at_root: Client, form: dict[str, str]) -> None:
        assert at_root.post("/people/invite/", form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert not Invitation.objects.exists()

    def test_can_be_taken_back(self, at_root: Client, at_stranger: Client) -> None:
        link = link_in(at_root.post("/people/invite/", {"role": "member"}))
        address = f"/people/invitations/{Invitation.objects.get().code}/withdraw/"
        assert "The invitation is taken back." in words(at_root.post(address, follow=True))
        assert "There are none." in words(at_root.get("/people/"))
        assert at_stranger.get(link).status_code == HTTPStatus.NOT_FOUND
        assert "It was not open any more." in words(at_root.post(address, follow=True))

    def test_is_taken_back_by_administrators_only(self, at_root: Client, at_alice: Client) -> None:
        at_root.post("/people/invite/", {"role": "member"})
        address = f"/people/invitations/{Invitation.objects.get().code}/withdraw/"
        assert at_alice.post(address).status_code == HTTPStatus.FORBIDDEN
        assert at_root.post(f"/people/invitations/{uuid.uuid4()}/withdraw/").status_code == HTTPStatus.NOT_FOUND
        assert Invitation.objects.usable().exists()


class TestRoles:
    def change(self, client: Client, person: User, *roles: str, **more: str) -> HttpResponse:
        form: dict[str, Any] = {"roles": roles, **REASON, **more}
        return client.post(f"/people/{person.code}/roles/", form, follow=True)

    def test_are_given_and_recorded(self, at_root: Client, alice: User) -> None:
        page = self.change(at_root, alice, "reviewer")
        assert roles_of(fresh(alice)) == ["member", "reviewer"]
        shown = words(page)
        assert "Done." in shown
        assert "Roles changed: member, reviewer root · asked for it" in shown

    def test_are_told_to_their_person(self, at_root: Client, at_alice: Client, alice: User) -> None:
        self.change(at_root, alice, "reviewer")
        assert "You are now: member, reviewer." in words(at_alice.get("/"))

    def test_twice_changes_nothing_more(self, at_root: Client, alice: User) -> None:
        self.change(at_root, alice, "reviewer")
        assert "It was like that already." in words(self.change(at_root, alice, "reviewer"))
        assert AuditEntry.objects.count() == 1

    @pytest.mark.parametrize("reason", ["", "   ", "\n\t", "\u202e"])
    def test_without_a_reason_stay(self, at_root: Client, alice: User, reason: str) -> None:
        page = self.change(at_root, alice, "reviewer", reason=reason)
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "Say why; it is kept on record." in words(page)
        assert roles_of(fresh(alice)) == []

    def test_that_do_not_exist_are_refused(self, at_root: Client, alice: User) -> None:
        assert self.change(at_root, alice, "emperor").status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_of_ones_own_stay(self, at_root: Client, root: User) -> None:
        assert "This is you." in words(at_root.get(f"/people/{root.code}/"))
        assert self.change(at_root, root).status_code == HTTPStatus.CONFLICT
        assert "administrator" in roles_of(fresh(root))


class TestClosing:
    def test_signs_out_and_keeps_out(self, at_root: Client, at_alice: Client, alice: User) -> None:
        page = at_root.post(f"/people/{alice.code}/close/", REASON, follow=True)
        assert "Account closed root · asked for it" in words(page)
        assert at_alice.get("/")["Location"] == "/accounts/login/?next=/"
        answer = at_alice.post("/accounts/login/", {"login": "alice", "password": PASSWORD}, follow=True)
        assert "This account is closed" in words(answer)

    def test_can_be_undone(self, at_root: Client, alice: User, browser: Browser) -> None:
        at_root.post(f"/people/{alice.code}/close/", REASON)
        page = at_root.post(f"/people/{alice.code}/reopen/", REASON, follow=True)
        assert "Account opened again" in words(page)
        assert browser(fresh(alice)).get("/").status_code == HTTPStatus.OK

    @pytest.mark.parametrize("command", ["close", "reopen"])
    def test_needs_a_reason(self, at_root: Client, alice: User, command: str) -> None:
        answer = at_root.post(f"/people/{alice.code}/{command}/", {"reason": " "})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert fresh(alice).is_active

    def test_of_the_last_administrator_is_refused_in_words(
        self, at_root: Client, root: User, alice: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Alice's right was taken a moment after she was let in."""
        monkeypatch.setattr(User, "has_perm", lambda *_: True)
        answer = browser(alice).post(f"/people/{root.code}/close/", REASON)
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "Nobody else administers this site" in words(answer)
        assert fresh(root).is_active


class TestDeleting:
    def test_takes_the_person_away_for_good(self, at_root: Client, at_alice: Client, alice: User) -> None:
        page = at_root.post(f"/people/{alice.code}/delete/", {**REASON, "name": " Alice "}, follow=True)
        assert page.request["PATH_INFO"] == "/people/"
        assert "Done." in words(page)
        assert "alice" not in words(page)
        assert fresh(alice).erased_at is not None
        assert at_alice.get("/")["Location"] == "/accounts/login/?next=/"

    @pytest.mark.parametrize(
        ("form", "told"),
        [
            ({"name": "alice", "reason": " "}, "Say why; it is kept on record."),
            ({"name": "bob", **REASON}, "the name that was typed is another one"),
            (REASON, "the name that was typed is another one"),
        ],
    )
    def test_needs_the_name_and_a_reason(self, at_root: Client, alice: User, form: dict[str, str], told: str) -> None:
        answer = at_root.post(f"/people/{alice.code}/delete/", form)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told in words(answer)
        assert fresh(alice).username == "alice"


class TestAResetLink:
    def test_is_shown_once_and_sets_a_password(self, at_root: Client, at_stranger: Client, alice: User) -> None:
        page = at_root.post(f"/people/{alice.code}/reset/")
        assert "no-store" in page["Cache-Control"]
        link = link_in(page)
        assert link not in html(at_root.get(f"/people/{alice.code}/"))
        at_stranger.post(link, {"password": "another fine one"})
        assert fresh(alice).check_password("another fine one")

    def test_is_not_made_for_a_closed_account(self, at_root: Client, alice: User) -> None:
        User.objects.filter(pk=alice.pk).update(is_active=False)
        answer = at_root.post(f"/people/{alice.code}/reset/")
        assert answer.status_code == HTTPStatus.CONFLICT
        assert not ResetLink.objects.exists()


def test_an_erased_person_has_no_page(at_root: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(erased_at=alice.date_joined)
    assert at_root.get(f"/people/{alice.code}/").status_code == HTTPStatus.NOT_FOUND
    assert "alice" not in words(at_root.get("/people/"))
