"""Presets and instructions: whose they are, what they ask, what a conversation takes of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from conversations import standing
from conversations.defaults import ADMINISTRATOR, sync_defaults
from conversations.models import AuditEntry, Conversation, Preset, Turn, TurnState, User, WordList
from conversations.turns import presets
from tests import people
from tests.web.pages import html, send, words

LETTERS = {
    "name": "Letters",
    "about": "Polite ones",
    "system_prompt": "You write letters for {{name}} about {{topic}}.",
    "variables": "topic: What is it about?",
    "starters": "Write a letter of thanks.\nMake it shorter.",
}


@pytest.fixture
def at_root(db: None, browser: Callable[[User | None], Client]) -> Client:
    root = people.person("root", is_staff=True)
    root.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return browser(User.objects.get(pk=root.pk))


@pytest.fixture
def letters(at_alice: Client) -> Preset:
    assert at_alice.post("/presets/new/", LETTERS).status_code == 303
    return Preset.objects.get(name="Letters")


def forbidden(word: str) -> None:
    WordList.objects.create(name="no", entries=word, is_on=True)
    standing.refresh()


@pytest.fixture(autouse=True)
def _no_lists(db: None) -> Any:
    yield
    standing._standing = None


class TestShipped:
    @pytest.mark.parametrize(
        ("language", "names"), [("en", ("Coding", "Writing", "Analysis")), ("zh-hans", ("编程", "写作", "分析"))]
    )
    def test_stand_in_the_language_of_the_page(self, at_alice: Client, language: str, names: tuple[str, ...]) -> None:
        User.objects.update(language=language)
        page = words(at_alice.get("/presets/"))
        assert all(name in page for name in names)
        assert ("编程" in page) == (language != "en")

    def test_that_were_changed_here_stay_so(self, at_root: Client) -> None:
        preset = Preset.objects.get(key="coding", language="en")
        at_root.post(f"/presets/{preset.code}/", {**LETTERS, "reason": "house style"})
        Preset.objects.update(shipped_version=0)
        sync_defaults()
        preset.refresh_from_db()
        assert (preset.name, preset.key) == ("Letters", "coding")


class TestOwn:
    def test_stays_deleted_when_somebody_saves_what_they_had_open(self, letters: Preset, alice: User) -> None:
        open_elsewhere = Preset.objects.get(pk=letters.pk)
        presets.delete(alice, letters)
        facts = {name: getattr(letters, name) for name in presets.FIELDS}
        presets.save(alice, open_elsewhere, {**facts, "name": "Replies"})
        letters.refresh_from_db()
        assert (letters.name, letters.deleted_at is None) == ("Replies", False)

    def test_is_made_and_found(self, at_alice: Client, letters: Preset, alice: User) -> None:
        assert (letters.owner, [each.question for each in letters.asked]) == (alice, ["What is it about?"])
        assert "Letters" in words(at_alice.get("/presets/?q=polite"))
        assert "Nothing found" in words(at_alice.get("/presets/?q=zebra"))

    def test_is_nobody_elses(self, at_bob: Client, letters: Preset) -> None:
        assert "Letters" not in words(at_bob.get("/presets/"))
        code = uuid.uuid4()
        assert at_bob.get(f"/presets/{letters.code}/").status_code == 404
        assert at_bob.post(f"/presets/{letters.code}/", LETTERS).status_code == 404
        assert at_bob.post(f"/presets/{letters.code}/delete/").status_code == 404
        assert at_bob.post(f"/c/{code}/preset/", {"preset": letters.code, "value-topic": "x"}).status_code == 404

    def test_is_deleted_and_brought_back(self, at_alice: Client, letters: Preset) -> None:
        page = at_alice.post(f"/presets/{letters.code}/delete/", follow=True)
        assert "“Letters” is deleted." in words(page)
        at_alice.post(f"/presets/{letters.code}/restore/")
        assert "Letters" in words(at_alice.get("/presets/"))

    @pytest.mark.parametrize(
        ("field", "value", "told"),
        [
            ("name", " ", "required"),
            ("name", "x" * 200, "200 characters"),
            ("system_prompt", "Hello {{nobody}}", "{{nobody}} is not known"),
            ("system_prompt", "x" * 20_001, "20,001 characters"),
            ("variables", "two words: x", "“two words: x” cannot be read"),
            ("starters", "Ask about {{nobody}}", "{{nobody}} is not known"),
            ("starters", "\n".join("123456789"), "At most 8"),
            ("model_name", "nonesuch", "not offered"),
        ],
    )
    def test_that_is_wrong_is_told_at_its_field_with_all_kept(
        self, at_alice: Client, field: str, value: str, told: str
    ) -> None:
        answer = at_alice.post("/presets/new/", {**LETTERS, field: value})
        assert answer.status_code == 422
        assert told in words(answer)
        assert f'aria-describedby="{field}-help {field}-error"' in html(answer) or field == "model_name"
        assert "Polite ones" in html(answer)
        assert not Preset.objects.filter(name="Letters").exists()

    def test_with_words_of_a_list_is_refused(self, at_alice: Client) -> None:
        forbidden("letters")
        answer = at_alice.post("/presets/new/", LETTERS)
        assert (answer.status_code, "not accepted here" in words(answer)) == (422, True)

    @pytest.mark.parametrize("field", ["name", "about", "variables", "starters"])
    def test_with_words_of_a_list_in_any_of_its_texts_is_told_there(self, at_alice: Client, field: str) -> None:
        forbidden("mustard")
        answer = at_alice.post("/presets/new/", {**LETTERS, field: "topic: mustard"})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in html(answer)
        assert not Preset.objects.filter(name="Letters").exists()

    def test_has_the_parameters_of_its_model(self, at_alice: Client, letters: Preset) -> None:
        page = html(at_alice.get(f"/presets/{letters.code}/"))
        assert 'name="temperature"' in page
        more = {"model_name": "glm-4.6", "shown_model": "glm-4.6", "temperature": "0.2", "thinking": "off"}
        assert at_alice.post(f"/presets/{letters.code}/", {**LETTERS, **more}).status_code == 303
        letters.refresh_from_db()
        assert letters.parameters == {"v": 1, "temperature": 0.2, "thinking": False}
        assert 'value="0.2"' in html(at_alice.get(f"/presets/{letters.code}/"))

    def test_keeps_what_another_model_knows_and_what_was_not_on_the_page(
        self, at_alice: Client, letters: Preset
    ) -> None:
        Preset.objects.filter(pk=letters.pk).update(parameters={"v": 1, "thinking": False, "temperature": 0.2})
        at_alice.post(f"/presets/{letters.code}/", {**LETTERS, "about": "Other ones"})
        letters.refresh_from_db()
        assert letters.parameters == {"v": 1, "thinking": False, "temperature": 0.2}
        at_alice.post(f"/presets/{letters.code}/", {**LETTERS, "shown_model": "glm-4-plus", "temperature": ""})
        letters.refresh_from_db()
        assert letters.parameters == {"v": 1, "thinking": False}

    def test_with_a_parameter_out_of_bounds_is_refused_with_all_kept(self, at_alice: Client) -> None:
        answer = at_alice.post("/presets/new/", {**LETTERS, "shown_model": "glm-4.6", "temperature": "7"})
        assert answer.status_code == 422
        assert "From 0 to 1, or empty." in words(answer)
        assert "Look at the parameters again." in words(answer)
        assert "Polite ones" in html(answer)

    def test_shows_the_parameters_of_another_model_with_what_was_typed(self, at_alice: Client) -> None:
        page = html(at_alice.get("/presets/parameters/?model_name=glm-4.6&temperature=0.3"))
        assert 'name="thinking"' in page
        assert 'value="0.3"' in page
        assert 'name="thinking"' not in html(at_alice.get("/presets/parameters/?model_name=glm-4-plus"))

    def test_ten_thousand_make_no_page_longer(
        self, at_alice: Client, alice: User, django_assert_max_num_queries: Any
    ) -> None:
        some = [
            Preset(owner=alice, name=f"Preset {n}", system_prompt="x", changed_at=alice.date_joined)
            for n in range(10_000)
        ]
        Preset.objects.bulk_create(some, batch_size=2000)
        at_alice.get("/presets/")
        for address in ("/presets/", "/presets/?page=150", "/presets/?q=Preset+777", "/"):
            with django_assert_max_num_queries(14):
                page = at_alice.get(address)
            assert html(page).count('class="preset"') <= 50
            assert len(page.content) < 150_000


class TestTheOrganisations:
    def test_is_changed_by_administrators_with_a_reason_on_record(self, at_root: Client) -> None:
        without = at_root.post("/presets/new/?shared", {**LETTERS, "shared": "yes"})
        assert (without.status_code, "Please say why" in words(without)) == (422, True)
        at_root.post("/presets/new/", {**LETTERS, "shared": "yes", "reason": "for the office"})
        preset = Preset.objects.get(name="Letters")
        at_root.post(f"/presets/{preset.code}/", {**LETTERS, "about": "Better ones", "reason": "shorter"})
        at_root.post(f"/presets/{preset.code}/delete/", {"reason": "unused"})
        told = list(AuditEntry.objects.order_by("pk").values_list("action", "reason"))
        assert (preset.owner, told) == (
            None,
            [("preset.made", "for the office"), ("preset.changed", "shorter"), ("preset.deleted", "unused")],
        )
        changed = AuditEntry.objects.get(action="preset.changed")
        assert (changed.before["about"], changed.after["about"]) == ("Polite ones", "Better ones")

    def test_is_not_changed_by_members(self, at_alice: Client) -> None:
        preset = Preset.objects.get(key="coding", language="en")
        assert at_alice.get(f"/presets/{preset.code}/").status_code == 404
        at_alice.post("/presets/new/", {**LETTERS, "shared": "yes", "reason": "mine"})
        assert Preset.objects.get(name="Letters").owner is not None


class TestAConversation:
    def begun(self, client: Client, preset: Preset, **values: str) -> Conversation:
        code = uuid.uuid4()
        answer = client.post(f"/c/{code}/preset/", {"preset": preset.code, **values})
        assert (answer.status_code, answer["Location"]) == (303, f"/c/{code}/")
        return Conversation.objects.get(code=code)

    def test_is_asked_for_what_its_preset_asks(self, at_alice: Client, letters: Preset) -> None:
        code = uuid.uuid4()
        first = at_alice.post(f"/c/{code}/preset/", {"preset": letters.code})
        assert (first.status_code, "What is it about?" in words(first)) == (200, True)
        empty = at_alice.post(f"/c/{code}/preset/", {"preset": letters.code, "value-topic": " "})
        assert (empty.status_code, "needed for the instructions" in words(empty)) == (422, True)
        assert not Conversation.objects.filter(code=code).exists()

    def test_begins_with_its_instructions_and_first_questions(self, at_alice: Client, letters: Preset) -> None:
        conversation = self.begun(at_alice, letters, **{"value-topic": "the {{name}} garden"})
        assert conversation.system_prompt == "You write letters for alice about the {{name}} garden."
        page = at_alice.get(f"/c/{conversation.code}/")
        assert "Write a letter of thanks." in words(page)
        send(at_alice, conversation.code, "Write a letter of thanks.")
        sent = people.claimed(Turn.objects.get(conversation=conversation)).request.messages
        assert [each.role for each in sent] == ["system", "user"]
        assert sent[0].content == conversation.system_prompt

    def test_has_the_answers_in_its_first_questions_too(self, at_alice: Client, letters: Preset) -> None:
        at_alice.post(f"/presets/{letters.code}/", {**LETTERS, "starters": "Greet {{name}}.\nWhat is {{topic}}?"})
        conversation = self.begun(at_alice, letters, **{"value-topic": "a {{name}} moss"})
        page = words(at_alice.get(f"/c/{conversation.code}/"))
        assert "Greet alice." in page
        assert "What is a {{name}} moss?" in page

    def test_takes_the_model_and_parameters_of_its_preset(self, at_alice: Client, letters: Preset) -> None:
        Preset.objects.update(model_name="glm-4.6", parameters={"v": 1, "temperature": 0.2})
        conversation = self.begun(at_alice, letters, **{"value-topic": "x"})
        assert (conversation.model_name, conversation.parameters["temperature"]) == ("glm-4.6", 0.2)

    def test_keeps_them_when_the_preset_goes(self, at_alice: Client, letters: Preset) -> None:
        conversation = self.begun(at_alice, letters, **{"value-topic": "x"})
        at_alice.post(f"/presets/{letters.code}/delete/")
        assert Conversation.objects.get(pk=conversation.pk).system_prompt == conversation.system_prompt
        assert at_alice.get(f"/c/{conversation.code}/").status_code == 200

    def test_has_instructions_of_its_own(self, at_alice: Client, alice: User) -> None:
        conversation = people.answered(alice).conversation
        at_alice.post(f"/c/{conversation.code}/instructions/", {"system_prompt": "Be brief."})
        assert "Be brief." in html(at_alice.get(f"/c/{conversation.code}/instructions/"))
        assert 'class="masthead__preset"' in html(at_alice.get(f"/c/{conversation.code}/"))
        turn = people.asked(alice, "And?", conversation)
        assert people.claimed(turn).request.messages[0].content == "Be brief."

    def test_of_a_stranger_is_missing(self, at_bob: Client, alice: User) -> None:
        code = people.answered(alice).conversation.code
        assert at_bob.get(f"/c/{code}/instructions/").status_code == 404
        assert at_bob.post(f"/c/{code}/instructions/", {"system_prompt": "Be rude."}).status_code == 404
        for address in ("context/clear/", "summary/", "summary/every/", f"context/{code}/back/", "preset/"):
            assert at_bob.post(f"/c/{code}/{address}", {"every": "3"}).status_code == 404

    def test_is_not_asked_with_instructions_that_a_new_list_does_not_accept(
        self, at_alice: Client, alice: User
    ) -> None:
        conversation = people.answered(alice).conversation
        presets.instruct(alice, conversation.code, "Speak of zebras.", "glm-5.3")
        forbidden("zebras")
        turn = people.asked(alice, "And?", conversation, begin=lambda turn: None)
        assert presets.find(alice, uuid.uuid4()) is None
        assert people.claim(turn.pk, people.RUNNER) is None
        turn = people.fresh(turn)
        assert (turn.state, turn.trouble) == (TurnState.FAILED, "instructions")
        answer = at_alice.post(f"/c/{conversation.code}/instructions/", {"system_prompt": "More zebras."})
        assert (answer.status_code, "More zebras." in html(answer)) == (422, True)


class TestTheContext:
    def test_is_cleared_and_brought_back_from_the_page(self, at_alice: Client, alice: User) -> None:
        turn = people.answered(alice)
        address = f"/c/{turn.conversation.code}/"
        cleared = at_alice.post(f"{address}context/clear/", follow=True)
        assert "The context starts here" in words(cleared)
        assert "Context used" not in words(cleared)
        back = at_alice.post(f"{address}context/{turn.reply.code}/back/", follow=True)
        assert "The context starts here" not in words(back)

    def test_is_summarised_on_request(self, at_alice: Client, alice: User) -> None:
        turn = people.answered(alice)
        page = at_alice.post(f"/c/{turn.conversation.code}/summary/", follow=True)
        assert "A summary up to turn 1 is next" in words(page)
        twice = at_alice.post(f"/c/{turn.conversation.code}/summary/")
        assert (twice.status_code, "being done already" in words(twice)) == (409, True)
        stopped = at_alice.post(f"/c/{turn.conversation.code}/summary/{turn.conversation.summaries.get().code}/stop/")
        assert stopped.status_code == 303

    @pytest.mark.parametrize(("said", "kept"), [("4", 4), ("0", 0), ("", None)])
    def test_is_summarised_every_so_many_turns(
        self, at_alice: Client, alice: User, said: str, kept: int | None
    ) -> None:
        conversation = people.answered(alice).conversation
        before = Conversation.objects.get(pk=conversation.pk).revision
        at_alice.post(f"/c/{conversation.code}/summary/every/", {"every": said})
        after = Conversation.objects.get(pk=conversation.pk)
        assert (after.summary_every, after.revision) == (kept, before + 1)  # other pages show it, too
        assert at_alice.post(f"/c/{conversation.code}/summary/every/", {"every": "2"}).status_code == 422
