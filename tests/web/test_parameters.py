import re
import uuid

import pytest
from django.test import Client
from pytest_django import Settings

from conversations.models import Conversation, Draft, Turn, User
from conversations.turns.claim import claim
from tests import people

from .pages import HTMX, html

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(alice: User) -> uuid.UUID:
    return people.answered(alice).conversation.code


def stored(code: uuid.UUID) -> dict[str, object]:
    return Conversation.objects.get(code=code).parameters


def address(code: uuid.UUID, what: str = "parameters") -> str:
    return f"/c/{code}/{what}/"


class TestThePage:
    def test_offers_what_the_model_knows_and_says_what_it_does_by_itself(
        self, at_alice: Client, code: uuid.UUID
    ) -> None:
        page = html(at_alice.get(address(code), {"model": "glm-5.3"}))
        assert 'name="temperature"' in page
        assert 'name="reasoning_effort"' in page
        assert 'name="thinking"' not in page
        assert 'placeholder="65,536, by default"' in page
        assert "Highest, by default" in page

    def test_of_a_model_that_nobody_knows_is_short(self, at_alice: Client, code: uuid.UUID, settings: Settings) -> None:
        settings.ZHIPUAI_BASE_URL = "http://gpu.example.org/v1"
        settings.CHATSITE_MODELS = ("llama-3",)
        page = html(at_alice.get(address(code), {"model": "llama-3"}))
        assert re.findall(r'class="field__input" id="id_(\w+)"', page) == [
            "temperature",
            "top_p",
            "max_tokens",
            "stop",
            "stream",
        ]
        assert 'placeholder="as the model likes"' in page

    def test_of_an_assistant_says_that_there_are_none(
        self, at_alice: Client, code: uuid.UUID, settings: Settings
    ) -> None:
        settings.CHATSITE_ASSISTANTS = {"glm-4-assistant:ChatGLM": "65940acff94777010aa6b796"}
        page = html(at_alice.get(address(code), {"model": "glm-4-assistant:ChatGLM"}))
        assert "takes no parameters" in page
        assert 'class="field__input" id="id_' not in page

    def test_keeps_what_was_changed(self, at_alice: Client, code: uuid.UUID) -> None:
        typed = {"model": "glm-4.6", "temperature": "0.25", "max_tokens": "500", "stop": "END ", "do_sample": "off"}
        answer = at_alice.post(address(code), {**typed, "response_format": "json_object", "thinking": "off"})
        assert (answer.status_code, answer["Location"]) == (303, f"/c/{code}/")
        assert stored(code) == {
            "v": 1,
            "temperature": 0.25,
            "max_tokens": 500,
            "stop": "END ",
            "do_sample": False,
            "response_format": "json_object",
            "thinking": False,
        }
        page = html(at_alice.get(address(code), {"model": "glm-4.6"}))
        assert 'value="0.25"' in page
        assert 'value="off" selected' in page

    def test_lets_the_reply_come_in_one_piece(self, at_alice: Client, code: uuid.UUID) -> None:
        at_alice.post(address(code), {"model": "glm-4.6", "stream": "off"})
        assert stored(code) == {"v": 1, "stream": False}
        turn = people.asked(User.objects.get(username="alice"), conversation=Conversation.objects.get(code=code))
        assert people.claimed(turn).is_whole

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("temperature", "1.01", "From 0 to 1, or empty."),
            ("temperature", "-0.1", "From 0 to 1, or empty."),
            ("temperature", "warm", "From 0 to 1, or empty."),
            ("temperature", "nan", "From 0 to 1, or empty."),
            ("top_p", "0", "From 0.01 to 1, or empty."),
            ("max_tokens", "1025", "From 1 to 1,024, or empty."),
            ("max_tokens", "1.5", "From 1 to 1,024, or empty."),
            ("stop", "x" * 101, "Ensure this value has at most 100 characters (it has 101)."),
        ],
    )
    def test_says_at_the_field_what_does_not_fit_and_loses_nothing(
        self, at_alice: Client, code: uuid.UUID, name: str, value: str, words: str
    ) -> None:
        typed = {"temperature": "0.2", "top_p": "0.3", "max_tokens": "9", "stop": "END", name: value}
        answer = at_alice.post(address(code), {"model": "glm-4v-flash", **typed})
        page = html(answer)
        assert answer.status_code == 422
        assert re.search(rf'id="id_{name}-error">.*{re.escape(words)}', page)
        for each in typed.values():
            assert f'value="{each}"' in page
        assert stored(code) == {}

    def test_what_another_model_knows_is_kept(self, at_alice: Client, code: uuid.UUID) -> None:
        at_alice.post(address(code), {"model": "glm-4.6", "thinking": "off", "temperature": "0.5"})
        at_alice.post(address(code), {"model": "glm-4-plus", "temperature": ""})
        assert stored(code) == {"v": 1, "thinking": False}

    def test_all_go_back_at_once(self, at_alice: Client, code: uuid.UUID) -> None:
        at_alice.post(address(code), {"model": "glm-4.6", "thinking": "off", "temperature": "0.5"})
        assert "All by default" in html(at_alice.get(address(code)))
        at_alice.post(address(code), {"model": "glm-4.6", "reset": "all", "temperature": "nonsense"})
        assert stored(code) == {}
        assert "All by default" not in html(at_alice.get(address(code)))

    @pytest.mark.parametrize("what", ["parameters", "thinking"])
    def test_strangers_find_nothing(self, at_bob: Client, code: uuid.UUID, what: str) -> None:
        assert at_bob.post(address(code, what), {"temperature": "0.5"}).status_code == 404
        assert stored(code) == {}

    def test_of_a_deleted_conversation_is_gone(self, at_alice: Client, code: uuid.UUID) -> None:
        at_alice.post(f"/c/{code}/delete/")
        assert at_alice.get(address(code)).status_code == 404

    def test_in_a_dialog_it_closes_itself_and_counts_beside_the_box(self, at_alice: Client, code: uuid.UUID) -> None:
        answer = at_alice.post(address(code), {"model": "glm-4.6", "temperature": "0.5"}, headers=HTMX)
        assert answer["HX-Trigger"] == "chat:done"
        assert 'aria-label="Parameters, 1 changed"' in html(answer)
        wrong = at_alice.post(address(code), {"model": "glm-4.6", "temperature": "5"}, headers=HTMX)
        assert (wrong.status_code, "HX-Trigger" in wrong) == (422, False)
        assert '<section class="dialog__sheet failure"' in html(wrong)


class TestBeforeTheFirstQuestion:
    def test_they_are_kept_and_hold_for_the_first_reply(self, at_alice: Client, alice: User) -> None:
        code = uuid.uuid4()
        at_alice.post(address(code), {"model": "glm-4.6", "temperature": "0.5"})
        page = html(at_alice.get(f"/c/{code}/"))
        assert "New conversation" in page
        assert "Parameters, 1 changed" in page
        assert 'value="glm-4.6" checked' in page

        at_alice.post(f"/c/{code}/messages/", {"text": "Hello", "model": "glm-4.6"})
        conversation = Conversation.objects.get()
        assert (conversation.code, conversation.title) == (code, "Hello")
        assignment = claim(Turn.objects.get().pk, "runner")
        assert assignment is not None
        assert assignment.request.parameters == {"temperature": 0.5}

    def test_nothing_of_it_stands_in_the_list(self, at_alice: Client) -> None:
        at_alice.post(address(uuid.uuid4()), {"model": "glm-4.6", "temperature": "0.5"})
        assert "There are none yet." in html(at_alice.get("/"))

    def test_what_is_typed_there_comes_back(self, at_alice: Client, alice: User) -> None:
        code = uuid.uuid4()
        typed = {"text": "Half a thought", "client_key": str(uuid.uuid4()), "model": "glm-4.6"}
        answer = at_alice.post(address(code, "thinking"), {**typed, "thinking": "off"})
        assert answer["Location"] == f"/c/{code}/"
        assert Draft.objects.get().text == "Half a thought"
        assert "Half a thought" in html(at_alice.get("/"))

    def test_somebody_elses_page_is_nobodys(self, at_alice: Client, at_bob: Client) -> None:
        code = uuid.uuid4()
        at_alice.post(address(code), {"model": "glm-4.6", "temperature": "0.5"})
        assert at_bob.get(f"/c/{code}/").status_code == 404
        assert at_bob.post(f"/c/{code}/messages/", {"text": "Mine", "model": "glm-4.6"}).status_code == 404
        assert not Turn.objects.exists()


class TestTheSwitch:
    def test_goes_off_and_on_again(self, at_alice: Client, code: uuid.UUID) -> None:
        off = at_alice.post(address(code, "thinking"), {"thinking": "off", "model": "glm-4.6"}, headers=HTMX)
        assert 'aria-pressed="false"' in html(off)
        assert stored(code) == {"v": 1, "thinking": False}
        on = at_alice.post(address(code, "thinking"), {"thinking": "on", "model": "glm-4.6"}, headers=HTMX)
        assert 'aria-pressed="true"' in html(on)
        assert stored(code) == {}

    @pytest.mark.parametrize(("model", "is_there"), [("glm-4.6", True), ("glm-5.3", False), ("glm-4-plus", False)])
    def test_is_there_for_models_that_have_it(
        self, at_alice: Client, code: uuid.UUID, model: str, is_there: bool
    ) -> None:
        Conversation.objects.update(model_name=model)
        found = re.search(r'data-needs="thinking"( hidden)?', html(at_alice.get(f"/c/{code}/")))
        assert found is not None
        assert (found[1] is None) == is_there
