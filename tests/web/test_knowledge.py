"""The organisation's knowledge bases, as administrators look after them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from conversations import clock, knowledge, upstream
from conversations.accounts import add_person
from conversations.models import (
    AuditEntry,
    BaseState,
    Conversation,
    DocumentState,
    KnowledgeBase,
    KnowledgeDocument,
    Lifecycle,
    User,
)
from tests import people
from tests.sandbox.serving import serving

from .pages import html, words

Browser = Callable[[User | None], Client]
NEW = {"name": "Manuals", "about": "How things work", "embedding": "11"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield f"{found}/api/paas/v4"


@pytest.fixture(autouse=True)
def _glm_is_the_sandbox(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "_sandbox_base", address)


@pytest.fixture
def at_root(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", "administrator"))


@pytest.fixture
def made(at_root: Client) -> KnowledgeBase:
    at_root.post("/knowledge/new/", NEW)
    return KnowledgeBase.objects.get()


def page_of(base: KnowledgeBase, path: str = "") -> str:
    return f"/knowledge/{base.code}/{path}"


def file(name: str, data: bytes = b"text") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "text/plain")


def actions(base: KnowledgeBase) -> list[str]:
    return list(AuditEntry.objects.filter(object_code=str(base.code)).order_by("pk").values_list("action", flat=True))


def states(base: KnowledgeBase) -> list[tuple[str, str, str]]:
    return list(base.documents.order_by("pk").values_list("name", "state", "trouble"))


@pytest.mark.parametrize("path", ["", "new/", f"{uuid.UUID(int=7)}/"])  # workers must name their tests alike
def test_members_have_no_business_there(at_alice: Client, path: str) -> None:
    assert at_alice.get(f"/knowledge/{path}").status_code == 403
    assert at_alice.post("/knowledge/new/", NEW).status_code == 403
    assert not KnowledgeBase.objects.exists()


class TestMaking:
    def test_makes_it_at_glm_and_writes_that_down(self, at_root: Client, made: KnowledgeBase) -> None:
        assert (made.state, made.upstream, made.embedding) == (BaseState.READY, "sandbox", 11)
        assert made.glm_id
        assert actions(made) == ["knowledge.made"]
        assert "Manuals How things work ready Everybody 0" in words(at_root.get("/knowledge/"))

    def test_that_glm_refuses_says_why_and_keeps_what_was_typed(self, at_root: Client) -> None:
        answer = at_root.post("/knowledge/new/", {**NEW, "name": "[[code-10001]]"})
        assert answer.status_code == 502
        assert "no room left for knowledge" in html(answer)
        assert "How things work" in html(answer)
        failed = KnowledgeBase.objects.get()
        assert (failed.state, failed.trouble) == (BaseState.FAILED, "no_room")

    def test_of_one_that_is_there_takes_its_id(self, at_root: Client) -> None:
        typed = {"entered": "yes", "name": "Old", "glm_id": "1890", "template": "In {{knowledge}} find {{question}}"}
        at_root.post("/knowledge/new/", typed)
        base = KnowledgeBase.objects.get()
        assert (base.glm_id, base.is_by_hand, base.state) == ("1890", True, BaseState.READY)
        assert base.template == "In {{ knowledge }} find {{ question }}"
        assert actions(base) == ["knowledge.entered"]

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"name": ""}, "This field is required."),
            ({"name": "n" * 101}, "At most 100 characters."),
            ({"template": "Use {{ knowledge }}"}, "{{ question }} is missing."),
            ({"group_name": "nobody"}, "Select a valid choice"),
        ],
    )
    def test_says_what_does_not_fit(self, at_root: Client, fields: dict[str, str], said: str) -> None:
        answer = at_root.post("/knowledge/new/", {**NEW, **fields})
        assert answer.status_code == 422
        assert said in words(answer)
        assert not KnowledgeBase.objects.exists()


class TestDocuments:
    def test_are_sent_and_asked_about(self, at_root: Client, made: KnowledgeBase) -> None:
        at_root.post(page_of(made, "documents/"), {"documents": [file("quick.md"), file("quick-fail.md")]})
        assert {state for _, state, _ in states(made)} == {DocumentState.INDEXING}
        at_root.post(page_of(made, "refresh/"))
        assert states(made) == [("quick.md", "done", ""), ("quick-fail.md", "failed", "10001")]
        assert "no room left at GLM" in words(at_root.get(page_of(made)))

    def test_that_are_not_taken_are_told_one_by_one(
        self, at_root: Client, made: KnowledgeBase, settings: Settings
    ) -> None:
        settings.CHATSITE_DOCUMENT_BYTES = 1_000_000
        files = [file("refuse.exe"), file("empty.md", b""), file("large.md", b"a" * 1_000_001), file("slow.md")]
        answer = at_root.post(page_of(made, "documents/"), {"documents": files})
        assert answer.status_code == 422
        said = words(answer)
        assert "refuse.exe: GLM does not take this." in said
        assert "empty.md is empty" in said
        assert "large.md is larger than 1 MB" in said
        assert states(made) == [("refuse.exe", "failed", "refused"), ("slow.md", "indexing", "")]

    def test_without_any_says_so(self, at_root: Client, made: KnowledgeBase) -> None:
        assert "No document was chosen" in html(at_root.post(page_of(made, "documents/")))

    def test_are_deleted_at_glm_first(self, at_root: Client, made: KnowledgeBase) -> None:
        at_root.post(page_of(made, "documents/"), {"documents": [file("quick.md")]})
        row = made.documents.get()
        at_root.post(page_of(made, f"documents/{row.code}/delete/"))
        assert [state for _, state, _ in states(made)] == [DocumentState.GONE]
        assert "is deleted" in words(at_root.get(page_of(made)))
        assert "quick.md" not in words(at_root.get(page_of(made))).split("On record")[0]

    def test_that_glm_does_not_delete_stay(self, at_root: Client, made: KnowledgeBase) -> None:
        at_root.post(page_of(made, "documents/"), {"documents": [file("quick.md")]})
        made.documents.update(glm_id="nobodys")
        answer = at_root.post(page_of(made, f"documents/{made.documents.get().code}/delete/"))
        assert answer.status_code == 502
        assert [state for _, state, _ in states(made)] == [DocumentState.INDEXING]


class TestChanging:
    def test_needs_a_reason_and_is_written_down(self, at_root: Client, made: KnowledgeBase) -> None:
        typed = {"name": "Rules", "group_name": "reviewer"}
        assert at_root.post(page_of(made), typed).status_code == 422
        at_root.post(page_of(made), {**typed, "reason": "renamed"})
        base = KnowledgeBase.objects.get()
        assert (base.name, base.group_name) == ("Rules", "reviewer")
        entry = AuditEntry.objects.get(action="knowledge.changed")
        assert (entry.before["name"], entry.after["name"], entry.reason) == ("Manuals", "Rules", "renamed")


class TestWhatADeadProcessLeft:
    def test_is_ended_once_it_is_surely_over(self, at_root: Client, made: KnowledgeBase) -> None:
        now = clock.now()
        facts = {"upstream": "sandbox", "made_by": made.made_by, "changed_at": now}
        for name, age in (("Long ago", knowledge.LOST_AFTER), ("Just now", dt.timedelta(minutes=5))):
            half = KnowledgeBase.objects.create(name=name, made_at=now - age, **facts)
            half.documents.create(name=name, size=1, sent_at=now - age)
        assert knowledge.settle_lost() == 2
        assert knowledge.settle_lost() == 0
        rows = KnowledgeBase.objects.order_by("pk").values_list("name", "state", "trouble")
        assert list(rows) == [("Manuals", "ready", ""), ("Long ago", "failed", "lost"), ("Just now", "making", "")]
        assert list(KnowledgeDocument.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "sending"]
        lost = KnowledgeBase.objects.get(name="Long ago")
        assert "at GLM it may have been done or not" in html(at_root.get(page_of(lost)))
        assert "the server was stopped meanwhile" in html(at_root.get(page_of(lost)))

    def test_is_nobodys_to_choose(self, made: KnowledgeBase, alice: User) -> None:
        KnowledgeBase.objects.update(state=BaseState.DELETING)
        knowledge.settle_lost(clock.now())
        assert knowledge.usable(alice) == []

    def test_is_left_alone_where_somebody_deletes_it_again_meanwhile(
        self, at_root: Client, made: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun = clock.now()
        base = KnowledgeBase.objects.get()
        KnowledgeBase.objects.update(state=BaseState.DELETING, changed_at=begun)
        base.documents.create(name="quick.md", size=1, state=DocumentState.DELETING, sent_at=begun, looked_at=begun)
        real = Lifecycle.move

        def deleted_again_first(row: Lifecycle, *args: Any, **changes: Any) -> bool:
            """Settled by another process, and begun anew by a person, since they were looked at."""
            later = clock.now() + dt.timedelta(seconds=1)
            KnowledgeBase.objects.update(changed_at=later)
            KnowledgeDocument.objects.update(looked_at=later)
            return real(row, *args, **changes)

        monkeypatch.setattr(Lifecycle, "move", deleted_again_first)
        assert knowledge.settle_lost(begun) == 0
        assert KnowledgeBase.objects.get().state == BaseState.DELETING
        assert states(base) == [("quick.md", DocumentState.DELETING, "")]


class TestDeleting:
    def delete(self, client: Client, base: KnowledgeBase, **fields: str) -> Any:
        return client.post(page_of(base, "delete/"), {"name": base.name, "reason": "outdated", **fields})

    def test_needs_its_name_and_a_reason(self, at_root: Client, made: KnowledgeBase) -> None:
        assert self.delete(at_root, made, name="Manual").status_code == 422
        assert self.delete(at_root, made, reason="").status_code == 422
        assert KnowledgeBase.objects.get().state == BaseState.READY

    def test_deletes_it_there_and_here(self, at_root: Client, made: KnowledgeBase) -> None:
        at_root.post(page_of(made, "documents/"), {"documents": [file("quick.md")]})
        assert self.delete(at_root, made)["Location"] == "/knowledge/"
        base = KnowledgeBase.objects.get()
        assert (base.state, base.documents.count()) == (BaseState.GONE, 0)
        assert actions(base)[-1] == "knowledge.deleted"
        assert at_root.get(page_of(made)).status_code == 404

    def test_that_glm_refuses_leaves_it(self, at_root: Client, made: KnowledgeBase) -> None:
        KnowledgeBase.objects.update(glm_id="nobodys")
        assert self.delete(at_root, made).status_code == 502
        assert KnowledgeBase.objects.get().state == BaseState.READY
        assert "knowledge.deleted" not in actions(made)

    def test_of_one_that_was_entered_leaves_glm_alone(self, at_root: Client) -> None:
        at_root.post("/knowledge/new/", {"entered": "yes", "name": "Old", "glm_id": "nobodys"})
        base = KnowledgeBase.objects.get()
        self.delete(at_root, base)
        assert KnowledgeBase.objects.get().state == BaseState.GONE

    def test_that_was_cut_off_can_be_done_again(self, at_root: Client, made: KnowledgeBase) -> None:
        at_root.post(page_of(made, "documents/"), {"documents": [file("quick.md")]})
        made.documents.update(state=DocumentState.DELETING, glm_id="nobodys")
        KnowledgeBase.objects.update(state=BaseState.DELETING, glm_id="nobodys")
        assert knowledge.settle_lost(clock.now()) == 2
        assert states(made) == [("quick.md", "failed", "lost")]
        at_root.post(page_of(made, f"documents/{made.documents.get().code}/delete/"))
        assert [state for _, state, _ in states(made)] == [DocumentState.GONE]
        assert self.delete(at_root, made)["Location"] == "/knowledge/"
        assert (KnowledgeBase.objects.get().state, actions(made)[-1]) == (BaseState.GONE, "knowledge.deleted")

    @pytest.mark.parametrize("state", [BaseState.MAKING, BaseState.DELETING])
    def test_what_is_being_made_or_deleted_has_to_wait(
        self, state: BaseState, at_root: Client, made: KnowledgeBase
    ) -> None:
        KnowledgeBase.objects.update(state=state)
        answer = self.delete(at_root, made)
        assert answer.status_code == 409
        assert "being made, sent or deleted right now" in words(answer)
        assert KnowledgeBase.objects.get().state == state

    @pytest.mark.parametrize("state", [DocumentState.SENDING, DocumentState.DELETING])
    def test_a_document_that_is_being_sent_or_deleted_has_to_wait(
        self, state: DocumentState, at_root: Client, made: KnowledgeBase
    ) -> None:
        row = made.documents.create(name="quick.md", size=1, state=state, glm_id="1", sent_at=clock.now())
        assert at_root.post(page_of(made, f"documents/{row.code}/delete/")).status_code == 409
        assert states(made) == [("quick.md", state, "")]

    def test_one_that_somebody_else_deletes_at_the_same_moment_is_theirs(self, made: KnowledgeBase) -> None:
        seen = KnowledgeBase.objects.get()
        KnowledgeBase.objects.update(state=BaseState.DELETING)
        with pytest.raises(knowledge.Failed, match=knowledge.UNDER_WAY):
            knowledge.delete(people.person("root2"), seen, "outdated")

    def test_says_how_many_conversations_use_it(self, at_root: Client, made: KnowledgeBase, alice: User) -> None:
        turn = people.answered(alice)
        tools = {"v": 1, "knowledge": {"base": str(made.code)}}
        Conversation.objects.filter(pk=turn.conversation_id).update(tools=tools)
        assert "1 conversation uses it." in words(at_root.get(page_of(made)))
