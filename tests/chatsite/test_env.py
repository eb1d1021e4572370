from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import env


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("THING", "THING_FILE"):
        monkeypatch.delenv(name, raising=False)


class TestFlag:
    @pytest.mark.parametrize("value", ["1", "true", "YES", " on "])
    def test_words_for_true(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("THING", value)
        assert env.flag("THING", False) is True

    @pytest.mark.parametrize("value", ["0", "False", "no", "off"])
    def test_words_for_false(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("THING", value)
        assert env.flag("THING", True) is False

    def test_an_empty_value_counts_as_not_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THING", " ")
        assert env.flag("THING", True) is True

    def test_anything_else_is_refused_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THING", "maybe")
        with pytest.raises(ImproperlyConfigured, match=r"^THING must be true or false, not 'maybe'\.$"):
            env.flag("THING", True)


class TestNumbers:
    def test_defaults(self) -> None:
        assert env.integer("THING", 3, least=1, most=5) == 3
        assert env.number("THING", 0.5, least=0, most=1) == 0.5

    @pytest.mark.parametrize("value", ["1", "5"])
    def test_bounds_are_allowed(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("THING", value)
        assert env.integer("THING", 3, least=1, most=5) == int(value)

    @pytest.mark.parametrize("value", ["0", "6", "-1"])
    def test_beyond_the_bounds_is_refused(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("THING", value)
        with pytest.raises(ImproperlyConfigured, match="THING must be between 1 and 5"):
            env.integer("THING", 3, least=1, most=5)

    @pytest.mark.parametrize("value", ["1.5", "many", "1e2"])
    def test_whole_numbers_only(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("THING", value)
        with pytest.raises(ImproperlyConfigured, match="THING must be a whole number"):
            env.integer("THING", 3, least=1, most=500)

    @pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
    def test_infinities_are_refused(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv("THING", value)
        with pytest.raises(ImproperlyConfigured, match="THING must be between"):
            env.number("THING", 3, least=1, most=5)


class TestSecret:
    def test_from_the_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THING", "hush")
        assert env.secret("THING") == "hush"

    def test_from_a_file_without_its_line_end(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        path = tmp_path / "key"
        path.write_text("hush\n")
        monkeypatch.setenv("THING_FILE", str(path))
        assert env.secret("THING") == "hush"

    def test_both_are_refused(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("THING", "hush")
        monkeypatch.setenv("THING_FILE", str(tmp_path))
        with pytest.raises(ImproperlyConfigured, match="THING or THING_FILE, not both"):
            env.secret("THING")

    def test_a_missing_file_is_named(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("THING_FILE", str(tmp_path / "none"))
        with pytest.raises(ImproperlyConfigured, match=r"THING_FILE cannot be read: .*none"):
            env.secret("THING")

    @pytest.mark.parametrize("content", [b"", b"\n", b"two\nlines", b"\xff\xfe"])
    def test_a_file_that_holds_no_secret_is_refused_without_repeating_it(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "key"
        path.write_bytes(content)
        monkeypatch.setenv("THING_FILE", str(path))
        with pytest.raises(ImproperlyConfigured, match="THING_FILE") as refusal:
            env.secret("THING")
        assert "two" not in str(refusal.value)

    def test_control_characters_would_break_a_header(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("THING", "hush\nhush")
        with pytest.raises(ImproperlyConfigured) as refusal:
            env.secret("THING")
        assert "hush" not in str(refusal.value)


class TestAddress:
    def read(self, monkeypatch: pytest.MonkeyPatch, value: str, with_path: bool = False) -> str:
        monkeypatch.setenv("THING", value)
        return env.address("THING", "https://chat.example.org", with_path=with_path)

    @pytest.mark.parametrize(
        ("value", "origin"),
        [
            ("https://Chat.Example.org/", "https://chat.example.org"),
            ("https://chat.example.org:443", "https://chat.example.org"),
            ("http://chat.example.org:8080", "http://chat.example.org:8080"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ],
    )
    def test_it_reads_as_browsers_write_origins(self, monkeypatch: pytest.MonkeyPatch, value: str, origin: str) -> None:
        assert self.read(monkeypatch, value) == origin

    def test_a_path_is_kept_where_one_belongs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.read(monkeypatch, "https://a.b/api/v4/", with_path=True) == "https://a.b/api/v4"

    @pytest.mark.parametrize(
        "value", ["chat.example.org", "ftp://a.b", "https://", "https://a.b/path", "https://u:p@a.b", "https://a.b:x"]
    )
    def test_what_is_none_is_refused_by_name(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"^THING must look like https://chat\.example\.org\.$"):
            self.read(monkeypatch, value)


def test_lists_lose_blanks_and_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", " a, ,b,a ,")
    assert env.words("THING") == ("a", "b")


class TestListsOfNumbers:
    def test_are_separated_by_commas(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NAME", " 1, 2.5,,3 ")
        assert env.numbers("NAME", (9,), least=1, most=3) == (1, 2.5, 3)

    def test_have_a_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NAME", "")
        assert env.numbers("NAME", (2, 3), least=1, most=3) == (2, 3)

    @pytest.mark.parametrize("value", ["1;2", "1,two", "0,1", "1,4", "nan"])
    def test_are_checked_one_by_one(self, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NAME", value)
        with pytest.raises(ImproperlyConfigured, match="NAME must be"):
            env.numbers("NAME", (2,), least=1, most=3)
