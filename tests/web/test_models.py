import re

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from conversations import catalogue, families
from conversations.model_words import facts, size
from conversations.models import CatalogueModel, Conversation, Turn, User
from tests import people

from .pages import html

pytestmark = pytest.mark.django_db


def offered(page: str) -> list[str]:
    return re.findall(r'type="radio" name="model" value="([^"]*)"', page)


def chosen(page: str) -> list[str]:
    return re.findall(r'name="model" value="([^"]*)" checked', page)


class TestThePicker:
    def test_groups_what_is_offered_with_a_line_each(self, at_alice: Client) -> None:
        page = html(at_alice.get("/"))
        assert offered(page)[:3] == ["glm-5.3", "glm-5.3-flash", "glm-5.3-flashx"]
        assert "glm-4v-flash" in offered(page)
        assert not {"glm-4v", "glm-4", "charglm-3", "cogview-4"} & set(offered(page))
        assert chosen(page) == ["glm-5.3"]
        legends = re.findall(r"<legend[^>]*>([^<]*)", page)
        assert legends == [*dict.fromkeys(legends)]
        assert {"GLM-5", "GLM-4.6", "GLM-Z1", "Scenarios of the sandbox"} <= set(legends)
        assert "Sees pictures · thinks · 128K · free" in page
        assert "Thinks · 128K · ends soon, then glm-4.7" in page

    def test_names_from_outside_are_only_words(self, at_alice: Client, settings: Settings) -> None:
        settings.CHATSITE_MODELS = ('"><script data-foreign>', "<b>")
        page = html(at_alice.get("/"))
        assert "<script data-foreign" not in page
        assert "value=&quot;" not in page
        assert len(offered(page)) == 2

    def test_on_another_server_shows_what_that_server_has(self, at_alice: Client, settings: Settings) -> None:
        settings.ZHIPUAI_BASE_URL = "http://gpu.example.org/v1"
        settings.CHATSITE_MODELS = ("zai-org/GLM-4.6", "llama-3", "glm-4v")
        page = html(at_alice.get("/"))
        assert offered(page) == ["zai-org/GLM-4.6", "llama-3", "glm-4v"]
        assert "Thinks · 200K" in page
        assert "Abilities unknown: text only" in page
        assert "Sees pictures · 4K" in page

    def test_has_assistants_last_and_marks_them_as_legacy(self, at_alice: Client, settings: Settings) -> None:
        settings.CHATSITE_ASSISTANTS = {"glm-4-assistant:ChatGLM": "65940acff94777010aa6b796"}
        page = html(at_alice.get("/"))
        assert offered(page)[-1] == "glm-4-assistant:ChatGLM"
        assert "Legacy interface · 128K" in page
        assert [*re.findall(r"<legend[^>]*>([^<]*)", page)][-1] == "Assistants"

    def test_follows_what_an_administrator_hides(self, at_alice: Client) -> None:
        hidden = CatalogueModel.objects.get(name="glm-5.3")
        hidden.is_offered = False
        hidden.save()
        catalogue.refresh()
        page = html(at_alice.get("/"))
        assert "glm-5.3" not in offered(page)
        assert chosen(page) == ["glm-5.3-flash"]


class TestRetiredModels:
    def test_their_conversations_go_on_with_the_successor(self, at_alice: Client, alice: User) -> None:
        code = people.answered(alice).conversation.code
        Conversation.objects.update(model_name="glm-4v")
        assert chosen(html(at_alice.get(f"/c/{code}/"))) == ["glm-4v-plus-0111"]

        at_alice.post(f"/c/{code}/messages/", {"text": "Go on", "model": "glm-4v"})
        assert Turn.objects.latest("pk").model_name == "glm-4v-plus-0111"
        assert "glm-4v is not offered any more; glm-4v-plus-0111 answers instead." in html(at_alice.get(f"/c/{code}/"))

    def test_without_a_successor_the_usual_model_answers(self, at_alice: Client, alice: User) -> None:
        code = people.answered(alice).conversation.code
        Conversation.objects.update(model_name="gone-for-ever")
        assert chosen(html(at_alice.get(f"/c/{code}/"))) == ["glm-5.3"]


class TestTheLine:
    @pytest.mark.parametrize(
        ("name", "line", "chinese"),
        [
            ("glm-5.3-flash", "Sees pictures · always thinks · 1M", "能看图 · 总会思考 · 1M"),
            ("glm-4-plus", "128K", "128K"),
            (
                "glm-4.5-x",
                "Thinks · 128K · ends soon, then glm-5-turbo",
                "会思考 · 128K · 即将下线，接替的是 glm-5-turbo",
            ),
            ("glm-3-turbo", "128K · retired, then glm-4-flash-250414", "128K · 已下线，接替的是 glm-4-flash-250414"),
        ],
    )
    def test_says_what_one_chooses_by(self, name: str, line: str, chinese: str) -> None:
        assert facts(families.SHIPPED[name]) == line
        with translation.override("zh-hans"):
            assert facts(families.SHIPPED[name]) == chinese

    @pytest.mark.parametrize(("tokens", "words"), [(None, ""), (500, "1K"), (8_000, "8K"), (1_000_000, "1M")])
    def test_sizes_are_round(self, tokens: int | None, words: str) -> None:
        assert size(tokens) == words
