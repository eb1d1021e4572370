"""The catalogue as administrators change it: with reasons, for good, and never by what a server says of itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from conversations import catalogue, families, upstream
from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR
from conversations.glm import ConnectionFailed
from conversations.models import AuditEntry, CatalogueModel, User

from .pages import html, words

Browser = Callable[[User | None], Client]
LIST = "/admin/conversations/cataloguemodel/"
SERVER = f"{LIST}server/"


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    return browser(add_person("root", "a good password", ADMINISTRATOR))


def row(name: str) -> CatalogueModel:
    return CatalogueModel.objects.get(name=name)


def page_of(name: str) -> str:
    return f"{LIST}{row(name).pk}/change/"


def save(client: Client, address: str, **fields: Any) -> Any:
    """The form as it stands, but for some of its fields."""
    form = client.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    kept = {name: value for name, value in shown.items() if value not in (None, False, "")}
    return client.post(address, {"reason": "a new contract", **kept, **fields})


class TestTheList:
    def test_shows_every_model_in_a_line(self, at_administrator: Client) -> None:
        page = words(at_administrator.get(LIST))
        assert "glm-4.6v-flash Sees pictures · thinks · 128K · free" in page
        assert "Test the key" in page

    def test_is_for_administrators(self, at_alice: Client) -> None:
        assert at_alice.get(LIST).status_code in (302, 403)
        assert at_alice.post(SERVER).status_code in (302, 403)
        assert not AuditEntry.objects.exists()


class TestAChange:
    def test_has_a_reason_is_kept_by_updates_and_reaches_the_picker(self, at_administrator: Client) -> None:
        save(at_administrator, page_of("glm-4.6"), context_tokens="150000", is_offered="")
        CatalogueModel.ship_all(families.VERSION + 1, families.FACTS)
        catalogue.refresh()
        assert catalogue.entry("glm-4.6").context_tokens == 150_000
        assert "glm-4.6" not in upstream.offered_models()
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_code, entry.reason) == (
            "cataloguemodel.changed",
            "glm-4.6",
            "a new contract",
        )
        assert entry.before["context_tokens"] == 200_000

    def test_without_a_reason_is_none(self, at_administrator: Client) -> None:
        save(at_administrator, page_of("glm-4.6"), context_tokens="150000", reason="")
        assert row("glm-4.6").context_tokens == 200_000

    def test_of_the_default_takes_it_from_the_one_before(self, at_administrator: Client) -> None:
        for name in ("glm-4.6", "glm-4.7"):
            save(at_administrator, page_of(name), is_default="on")
        assert [each.name for each in CatalogueModel.objects.filter(is_default=True)] == ["glm-4.7"]
        catalogue.refresh()
        assert upstream.default_model() == "glm-4.7"

    def test_of_the_order_changes_what_stands_first(self, at_administrator: Client) -> None:
        save(at_administrator, page_of("glm-4-plus"), position="1")
        catalogue.refresh()
        assert upstream.offered_models()[0] == "glm-4-plus"

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"prices": '[{"unit": "kilo"}]'}, "This is not a list of prices."),
            ({"prices": '{"input": "1"}'}, "This is not a list of prices."),
            ({"prices": "[cheap"}, "Enter a valid JSON."),
            ({"ways": "stream by-post"}, "Not known: by-post"),
            ({"is_default": "on", "is_offered": ""}, "Only a model that is offered can be the default."),
            ({"successor": "glm-4.6"}, "A model cannot follow itself."),
            ({"context_tokens": "-1"}, "Ensure this value is greater than or equal to 0."),
        ],
    )
    def test_that_makes_no_sense_is_told_at_its_field(
        self, at_administrator: Client, fields: dict[str, str], told: str
    ) -> None:
        assert told in words(save(at_administrator, page_of("glm-4.6"), **fields))
        assert row("glm-4.6").entry == families.SHIPPED["glm-4.6"]

    def test_prices_may_be_changed_as_data(self, at_administrator: Client) -> None:
        save(at_administrator, page_of("glm-4.6"), prices='[{"currency": "CNY", "input": "0", "output": "0"}]')
        catalogue.refresh()
        assert catalogue.entry("glm-4.6").is_free()

    def test_what_came_with_the_program_cannot_be_deleted(self, at_administrator: Client) -> None:
        at_administrator.post(f"{LIST}{row('glm-4.6').pk}/delete/", {"reason": "never liked it"})
        assert row("glm-4.6")


class TestAModelOfOnesOwn:
    def test_needs_only_a_name(self, at_administrator: Client) -> None:
        form = at_administrator.get(f"{LIST}add/", {"name": "house-model"})
        assert 'value="house-model"' in html(form)
        save(at_administrator, f"{LIST}add/", name="house-model", reason="our own weights")
        catalogue.refresh()
        assert "house-model" in upstream.offered_models()
        entry = upstream.entry("house-model")
        assert (entry.sees, entry.thinks, entry.context_tokens) == (False, False, None)
        at_administrator.post(f"{LIST}{row('house-model').pk}/delete/", {"reason": "gone again"})
        assert not CatalogueModel.objects.filter(name="house-model").exists()

    def test_has_a_name_of_its_own(self, at_administrator: Client) -> None:
        answer = save(at_administrator, f"{LIST}add/", name="glm-4.6", reason="once more")
        assert "Model with this Name already exists." in words(answer)


class TestTheKey:
    def test_is_tested_and_the_list_is_only_a_hint(
        self, at_administrator: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ZHIPUAI_API_KEY = "public.secret"
        monkeypatch.setattr(upstream, "ask_models", lambda reached: ("glm-4.6", "glm-4v", "glm-99"))
        assert "with the key public…" in words(at_administrator.get(SERVER))
        before = list(CatalogueModel.objects.values())

        page = at_administrator.post(SERVER)

        assert "It works. The server lists 3 models." in words(page)
        assert f'href="{LIST}add/?name=glm-99"' in html(page)
        assert "Listed and not offered here glm-4v Offered here and not listed glm-5.3 " in words(page)
        assert "secret" not in html(page)
        assert list(CatalogueModel.objects.values()) == before
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_code) == ("key.tested", "bigmodel.cn")
        assert entry.after == {"v": 1, "works": True, "models": 3}

    def test_that_does_not_work_says_why(
        self, at_administrator: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(reached: upstream.Upstream) -> tuple[str, ...]:
            raise ConnectionFailed("nobody there")

        settings.ZHIPUAI_BASE_URL = "http://gpu.example.org/v1"
        monkeypatch.setattr(upstream, "ask_models", refuse)
        page = words(at_administrator.post(SERVER))
        assert "gpu.example.org refused or could not be reached: nobody there" in page
        assert AuditEntry.objects.get().after["works"] is False
