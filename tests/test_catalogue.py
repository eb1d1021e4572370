import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations import catalogue, families
from conversations.defaults import sync_defaults
from conversations.models import CatalogueModel, Policy

pytestmark = pytest.mark.django_db


def row(name: str) -> CatalogueModel:
    return CatalogueModel.objects.get(name=name)


class TestRows:
    def test_they_say_what_the_files_say(self) -> None:
        assert {each.name: each.entry for each in CatalogueModel.objects.all()} == families.SHIPPED
        assert [each.name for each in CatalogueModel.objects.all()] == list(families.SHIPPED)

    def test_writing_them_again_costs_a_query_and_changes_nothing(self) -> None:
        version = Policy.current().version
        with CaptureQueriesContext(connection) as queries:
            CatalogueModel.ship_all(families.VERSION, families.FACTS)
        assert len(queries) == 1
        assert Policy.current().version == version

    def test_a_newer_version_leaves_what_was_changed_here(self) -> None:
        changed = row("glm-4.6")
        changed.is_offered, changed.context_tokens = False, 5
        changed.override("is_offered")
        changed.save()

        CatalogueModel.ship_all(families.VERSION + 1, families.FACTS)

        assert not row("glm-4.6").is_offered
        assert row("glm-4.6").context_tokens == families.SHIPPED["glm-4.6"].context_tokens
        assert row("glm-4.7").shipped_version == families.VERSION + 1

    def test_a_model_described_here_first_stays_as_described(self) -> None:
        CatalogueModel.objects.filter(name="glm-4.6").delete()
        CatalogueModel(name="glm-4.6", context_tokens=7, is_offered=True, position=3).save()

        CatalogueModel.ship_all(families.VERSION + 1, families.FACTS)

        kept = row("glm-4.6")
        assert (kept.context_tokens, kept.position, kept.thinking) == (7, 3, "")

    def test_a_deleted_row_comes_back_with_a_migration_not_offered_twice(self) -> None:
        CatalogueModel.objects.filter(name="glm-4.6").delete()
        sync_defaults()
        sync_defaults()
        assert CatalogueModel.objects.filter(name="glm-4.6").count() == 1


class TestReader:
    def test_without_a_refresh_it_is_what_is_shipped(self) -> None:
        with CaptureQueriesContext(connection) as queries:
            assert catalogue.entry("glm-4.6") is families.SHIPPED["glm-4.6"]
            assert [each.name for each in catalogue.offered("api.z.ai")][:2] == ["glm-5.3", "glm-5.3-flash"]
        assert not queries

    def test_a_change_is_read_once(self) -> None:
        changed = row("glm-4.6")
        changed.is_offered = False
        changed.save()
        catalogue.refresh()
        assert "glm-4.6" not in [each.name for each in catalogue.offered()]
        with CaptureQueriesContext(connection) as queries:
            catalogue.refresh()
        assert len(queries) == 1

    def test_a_chosen_default_is_told(self) -> None:
        chosen = row("glm-4.7")
        chosen.is_default = True
        chosen.save()
        assert catalogue.refresh().default == "glm-4.7"

    def test_hosts_serve_what_is_theirs(self) -> None:
        assert "glm-4-plus" in [each.name for each in catalogue.offered("bigmodel.cn")]
        assert "glm-4-plus" not in [each.name for each in catalogue.offered("api.z.ai")]

    def test_a_row_that_makes_no_sense_is_left_out_and_told(self, caplog: pytest.LogCaptureFixture) -> None:
        CatalogueModel.objects.filter(name="glm-4.6").update(prices=[{"unit": "kilo"}])
        Policy.raise_version()
        catalogue.refresh()
        assert not catalogue.entry("glm-4.6").is_known
        assert catalogue.entry("glm-4.7").is_known

    def test_a_row_without_abilities_gets_cautious_ones(self) -> None:
        CatalogueModel(name="house-model").save()
        catalogue.refresh()
        entry = catalogue.entry("house-model")
        assert (entry.is_offered, entry.sees, entry.thinks, entry.calls_functions) == (True, False, False, False)
        assert entry in catalogue.offered("bigmodel.cn")

    def test_an_unknown_name_gets_cautious_abilities(self) -> None:
        assert catalogue.entry("llama-3") == families.unknown("llama-3")
