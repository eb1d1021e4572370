"""Word lists in the admin: pasted, uploaded, long, and with every line that cannot be an entry named."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import standing
from conversations.accounts import add_person
from conversations.admin import word_lists
from conversations.admin.word_lists import decoded, in_words, unfit_lines
from conversations.defaults import ADMINISTRATOR
from conversations.models import AuditEntry, User, WordList
from conversations.words import Mode, why_unfit

from .pages import html, words

Browser = Callable[[User | None], Client]
LISTS = "/admin/conversations/wordlist/"


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", ADMINISTRATOR))


def add(client: Client, entries: str = "", **fields: Any) -> Any:
    form = {
        "name": "house",
        "match": "phrase",
        "level": "1",
        "checks_input": "on",
        "checks_output": "on",
        "is_on": "on",
    }
    return client.post(f"{LISTS}add/", {**form, "entries": entries, "seen": "", "reason": "as agreed", **fields})


def change(client: Client, **fields: Any) -> Any:
    found = WordList.objects.get()
    address = f"{LISTS}{found.pk}/change/"
    form = client.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in ("name", "match", "entries", "level", "seen")}
    ticks = {name: "on" for name in ("checks_input", "checks_output", "is_on") if form[name].value()}
    return client.post(address, {**shown, **ticks, "reason": "as agreed", **fields})


class TestAList:
    def test_is_in_force_once_it_is_saved(self, at_administrator: Client) -> None:
        assert add(at_administrator, "forbidden\n# a remark\n敏感词").status_code == HTTPStatus.FOUND
        lists = standing.refresh().questions
        assert lists is not None
        assert len(lists.check("FORBIDDEN 敏感词")) == 2

    def test_of_a_hundred_thousand_lines_is_pasted(self, at_administrator: Client) -> None:
        entries = "\n".join(f"word number {n}" for n in range(100_000))
        assert add(at_administrator, entries).status_code == HTTPStatus.FOUND
        assert len(WordList.objects.get().lines) == 100_000
        entry = AuditEntry.objects.get()
        assert entry.after["entries"]["count"] == 100_000
        assert len(entry.after["entries"]["came"]) == word_lists.MOST_KEPT

    def test_of_a_hundred_thousand_lines_is_uploaded(self, at_administrator: Client) -> None:
        content = "\n".join(f"第{n}个词" for n in range(100_000)).encode()
        assert add(at_administrator, file=SimpleUploadedFile("list.txt", content)).status_code == HTTPStatus.FOUND
        assert WordList.objects.get().lines[-1] == "第99999个词"

    def test_says_on_record_what_came_and_what_went(self, at_administrator: Client) -> None:
        add(at_administrator, "one\ntwo")
        change(at_administrator, entries="two\r\nthree", level="0")
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.object_code) == ("wordlist.changed", str(WordList.objects.get().code))
        assert (entry.after["entries"]["came"], entry.after["entries"]["went"]) == (["three"], ["one"])
        assert (entry.before["level"], entry.after["level"]) == (1, 0)
        assert "is_on" not in entry.after

    def test_that_is_sent_as_it_was_stays_as_it_was(self, at_administrator: Client) -> None:
        add(at_administrator, "one\ntwo")
        before = WordList.objects.get().version
        change(at_administrator, entries="one\r\ntwo")
        assert WordList.objects.get().version == before
        assert AuditEntry.objects.count() == 1

    def test_is_deleted_for_a_reason(self, at_administrator: Client) -> None:
        add(at_administrator, "one")
        found = WordList.objects.get()
        at_administrator.post(f"{LISTS}{found.pk}/delete/", {"reason": "not needed"})
        assert not WordList.objects.exists()
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.before["entries"]["count"], entry.reason) == ("wordlist.deleted", 1, "not needed")
        assert standing.refresh().questions is None

    def test_is_no_business_of_members(self, at_alice: Client) -> None:
        assert add(at_alice, "forbidden").status_code == HTTPStatus.FOUND
        assert not WordList.objects.exists()


class TestWhatCannotBeAnEntry:
    def test_is_named_by_its_line_and_nothing_is_lost(self, at_administrator: Client) -> None:
        response = add(at_administrator, "good[0-9]+\n# a remark\n\n(bad\n*bad", match="regex")
        assert "Line 4, “(bad”: a ) is missing: (bad." in words(response)
        assert "Line 5, “*bad”: there is nothing to repeat: *." in words(response)
        assert "good[0-9]+\n# a remark\n\n(bad\n*bad" in html(response)
        assert not WordList.objects.exists()

    def test_of_a_file_stands_in_the_box_to_be_mended(self, at_administrator: Client) -> None:
        response = add(at_administrator, match="regex", file=SimpleUploadedFile("list.txt", "好(".encode()))
        assert "Line 1, “好(”: a ) is missing" in words(response)
        assert ">\n好(</textarea>" in html(response)

    def test_is_told_for_ten_lines_at_most(self, at_administrator: Client) -> None:
        response = add(at_administrator, "(\n" * 2000 + "\n".join(f"({n}" for n in range(800)), match="regex")
        assert "There are more lines like these." in words(response)
        assert words(response).count(": a ) is missing") == word_lists.MOST_TOLD

    @pytest.mark.parametrize(
        ("entries", "match", "told"),
        [
            ("", "phrase", "There is no entry in it."),
            ("# only a remark", "phrase", "There is no entry in it."),
            ("x" * 1001, "phrase", "it is longer than 1000 characters"),
            ("\u200b", "exact", "nothing is left of it to look for"),
            ("a*", "regex", "it matches the empty text, and so every text"),
            ("(?=a)b", "regex", "RE2 has no look-around and no back-references"),
            ("\n".join(f"a{n}" for n in range(1001)), "regex", "1001 entries are too many"),
        ],
    )
    def test_is_refused_in_words(self, at_administrator: Client, entries: str, match: str, told: str) -> None:
        assert told in words(add(at_administrator, entries, match=match))

    def test_of_more_than_the_most_is_refused(self, at_administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(word_lists, "MOST_ENTRIES", 2)
        assert "3 entries are too many" in words(add(at_administrator, "a\nb\nc"))

    @pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xff\xff\xff", b"\x89PNG\r\n\x1a\n\x00"])
    def test_of_a_file_that_is_no_text(self, at_administrator: Client, content: bytes) -> None:
        response = add(at_administrator, file=SimpleUploadedFile("list.txt", content))
        assert "This is no text in UTF-8, UTF-16 or GB 18030." in words(response)


@pytest.mark.parametrize("line", ["(a+)+$", "(a|a)*b", "(.*)*x", "(x+x+)+y"])
def test_no_expression_is_slow_so_those_that_are_elsewhere_may_stay(line: str) -> None:
    assert list(unfit_lines(line, "regex")) == []


def test_an_expression_that_grows_beyond_all_bounds_is_refused() -> None:
    [(_, _, why)] = unfit_lines("((a{500}){500}){500}", "regex")
    assert why == "that is repeated too often: {500}"
    assert in_words(why_unfit(Mode.REGEX, r"(\pL{900}\pN{900}){1}" * 30)).startswith("it is too large")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("好".encode(), "好"),
        ("好".encode("utf-8-sig"), "好"),
        ("好".encode("utf-16"), "好"),
        ("好".encode("gb18030"), "好"),
        (b"a\x00b", None),
    ],
)
def test_files_come_in_the_encodings_of_their_programs(content: bytes, text: str | None) -> None:
    assert decoded(content) == text
