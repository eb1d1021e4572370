"""The small commands, inside the test's transaction."""

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from conversations.glm import Call, Client, ConnectionFailed, GlmError, ProtocolError
from conversations.management.commands import adduser
from conversations.models import User

PASSWORD = "correct horse battery"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def add(monkeypatch: pytest.MonkeyPatch, *arguments: str, said: str = PASSWORD + "\n") -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(said))
    out = io.StringIO()
    call_command("adduser", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
class TestAddUser:
    def test_the_password_comes_from_standard_input(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert add(monkeypatch, "ann") == "ann can sign in now (member).\n"
        assert User.objects.get(username="ann").check_password(PASSWORD)

    @pytest.mark.parametrize("said", ["", "\n", "short\n"])
    def test_without_a_fit_password_nobody_is_added(self, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
        with pytest.raises(CommandError):
            add(monkeypatch, "ann", said=said)
        assert not User.objects.exists()

    def test_a_taken_name_is_one_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        add(monkeypatch, "ann")
        with pytest.raises(CommandError, match="taken"):
            add(monkeypatch, "Ann")

    def test_an_unknown_role_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError, match="--role"):
            add(monkeypatch, "ann", "--role", "king")

    @pytest.mark.parametrize(("again", "count"), [(PASSWORD, 1), ("something else", 0)])
    def test_at_a_terminal_it_is_asked_for_twice_and_never_shown(
        self, monkeypatch: pytest.MonkeyPatch, again: str, count: int
    ) -> None:
        answers = iter([PASSWORD, again])
        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr(adduser.getpass, "getpass", lambda _: next(answers))
        try:
            call_command("adduser", "ann", stdout=io.StringIO())
        except CommandError as error:
            assert str(error) == "The two passwords differ."  # noqa: PT017
        assert User.objects.count() == count


class TestTestKey:
    def test_without_a_key_it_says_what_to_set(self) -> None:
        with pytest.raises(CommandError, match="ZHIPUAI_API_KEY"):
            call_command("testkey")

    def test_a_key_that_works_shows_the_models(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        async def models(self: Client) -> tuple[str, ...]:
            return ("glm-5.3", "glm-4.7")

        monkeypatch.setattr(Client, "models", models)
        settings.ZAI_API_KEY = "id.secret"
        out = io.StringIO()
        call_command("testkey", stdout=out)
        assert out.getvalue() == "The key works at api.z.ai. Models: glm-5.3, glm-4.7\n"

    def test_a_failure_is_one_sentence_without_the_key(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def models(self: Client) -> tuple[str, ...]:
            raise ConnectionFailed("no route")

        monkeypatch.setattr(Client, "models", models)
        settings.ZAI_API_KEY = "id.secret"
        with pytest.raises(CommandError, match=r"api\.z\.ai") as refusal:
            call_command("testkey")
        assert "secret" not in str(refusal.value)


class TestAssistants:
    def listed(self, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any] | GlmError) -> str:
        async def ask(self: Client, call: Call[Any]) -> Any:
            assert (call.method, call.path) == ("POST", "assistant/list")
            if isinstance(answer, GlmError):
                raise answer
            return call.result(json.dumps(answer), 200)

        monkeypatch.setattr(Client, "ask", ask)
        out = io.StringIO()
        call_command("assistants", stdout=out)
        return out.getvalue()

    def test_are_listed_as_the_setting_takes_them(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.ZHIPUAI_API_KEY = "id.secret"
        data = [
            {"assistant_id": "65940acff94777010aa6b796", "name": "ChatGLM", "description": "Says\nmuch"},
            {"assistant_id": "659e54b1b8006379b4b2abd6", "name": "AI, search: all"},
            {"assistant_id": "17", "name": None},
            {"name": "nobody"},
        ]
        told = self.listed(monkeypatch, {"code": 200, "msg": "success", "data": data})
        assert told.splitlines() == [
            "ChatGLM=65940acff94777010aa6b796  Says much",
            "AI search all=659e54b1b8006379b4b2abd6",
            "17=17",
        ]

    def test_there_may_be_none(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.ZHIPUAI_API_KEY = "id.secret"
        assert self.listed(monkeypatch, {"code": 200, "data": []}) == "bigmodel.cn lists none for this key.\n"

    @pytest.mark.parametrize("answer", [ConnectionFailed("no route"), ProtocolError("no list")])
    def test_a_failure_is_one_sentence(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: GlmError
    ) -> None:
        settings.ZHIPUAI_API_KEY = "id.secret"
        with pytest.raises(CommandError, match="refused or could not be reached"):
            self.listed(monkeypatch, answer)

    def test_need_a_key(self) -> None:
        with pytest.raises(CommandError, match="ZHIPUAI_API_KEY"):
            call_command("assistants")


def test_the_sandbox_takes_our_place(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda program, command: ran.append(command))
    monkeypatch.setattr("os.chdir", lambda folder: None)
    call_command("sandbox", "--port", "9000", "--key", "a.b")
    assert ran == [[sys.executable, "-m", "conversations.sandbox", "--port", "9000", "--key", "a.b"]]
