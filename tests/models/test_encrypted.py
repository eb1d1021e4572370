"""Secrets in records: locked in the database, opened where they are used, shown nowhere."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection
from django.forms import modelform_factory
from django.forms.models import model_to_dict
from pytest_django import Settings

from conversations import checks, crypto
from conversations.models import HttpTool
from conversations.models.encrypted import Secret, relock

pytestmark = pytest.mark.django_db
VALUE = {"headers": [["Authorization", "Bearer very-secret"]]}


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.CHATSITE_DATA_DIR = tmp_path
    return tmp_path


def tool(name: str = "mine", secrets: Secret | None = None) -> HttpTool:
    row = HttpTool.objects.create(name=name, label="Mine", description="x", url="https://api.example/", secrets=secrets)
    return HttpTool.objects.get(pk=row.pk)


def test_a_secret_comes_back_as_it_was(data: Path) -> None:
    kept = tool(secrets=Secret.of(VALUE)).secrets
    assert kept is not None
    assert kept.open() == VALUE
    assert stat.S_IMODE((data / "encryption.keys").stat().st_mode) == 0o600
    assert tool("other").secrets is None


def test_it_lies_locked_and_shows_itself_nowhere() -> None:
    row = tool(secrets=Secret.of(VALUE))
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM conversations_httptool WHERE name = 'mine'")
        stored = cursor.fetchone()[0]
    form = modelform_factory(HttpTool, fields="__all__")(instance=row)
    for shown in (stored, repr(row.secrets), str(row.secrets), str(model_to_dict(row)), str(form)):
        assert "very-secret" not in shown
    assert "secrets" not in form.fields


def test_a_copy_of_the_record_holds_it_locked() -> None:
    text = serializers.serialize("json", [tool(secrets=Secret.of(VALUE)), tool("bare")])
    assert "very-secret" not in text
    copied = [each.object for each in serializers.deserialize("json", text)]
    assert copied[0].secrets.open() == VALUE
    assert not copied[1].secrets


def test_nothing_else_is_stored_and_nothing_is_looked_up_by_it() -> None:
    with pytest.raises(TypeError, match="Secret"):
        tool(secrets="plain")  # type: ignore[arg-type]
    with pytest.raises(FieldError):
        HttpTool.objects.filter(secrets__contains="very").exists()


def test_without_its_key_it_stays_closed(data: Path) -> None:
    kept = Secret.of(VALUE)
    crypto.replace_keys(data / "encryption.keys", (crypto.fresh_master_key(),))
    with pytest.raises(crypto.CannotUnlock):
        kept.open()


def test_keys_come_from_the_environment_when_they_are_set(data: Path, settings: Settings) -> None:
    settings.CHATSITE_ENCRYPTION_KEYS = (crypto.fresh_master_key(),)
    assert Secret.of(VALUE).open() == VALUE
    assert not (data / "encryption.keys").exists()
    settings.CHATSITE_ENCRYPTION_KEYS = ("short",)
    assert [each.id for each in checks.encryption_keys_fit()] == ["chatsite.E004"]


class TestRotateKeys:
    def test_puts_every_secret_under_a_fresh_key(self, data: Path) -> None:
        before = tool(secrets=Secret.of(VALUE)).secrets
        tool("bare")
        call_command("rotate_keys", "--forget-old", verbosity=0)
        after = HttpTool.objects.get(name="mine").secrets
        assert after is not None
        assert after != before
        assert after.open() == VALUE
        assert len((data / "encryption.keys").read_text().split()) == 1

    def test_forgets_nothing_while_a_secret_stays_closed(self, data: Path) -> None:
        tool(secrets=Secret.of(VALUE))
        crypto.replace_keys(data / "encryption.keys", (crypto.fresh_master_key(),))
        with pytest.raises(CommandError, match="Some secrets open with none of the keys; nothing was forgotten"):
            call_command("rotate_keys", "--forget-old", verbosity=0)
        assert len((data / "encryption.keys").read_text().split()) == 2

    def test_counts_what_there_is(self) -> None:
        assert relock(crypto.encryption_keys()) == 0
        tool(secrets=Secret.of(VALUE))
        assert relock(crypto.encryption_keys()) == 1
