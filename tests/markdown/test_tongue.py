"""A text's language is told by its script, and for Latin letters by its small words."""

import pytest

from conversations.markdown import TELLING, language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "你好，世界"),
        ("zh", "使用 Django Channels 和 HTMX 实现 WebSocket 推送"),
        ("zh", "ドラマ这个词是日语，意思是电视连续剧，在中国也有人用"),
        ("ja", "こんにちは、世界。元気ですか"),
        ("ja", "東京都は日本の首都です"),
        ("ko", "안녕하세요, 東京"),
        ("ar", "مرحبا بالعالم"),
        ("fa", "سلام، چطوری؟"),
        ("he", "שלום עולם"),
        ("ru", "Привет, мир"),
        ("uk", "Привіт, як справи"),
        ("el", "Καλημέρα κόσμε"),
        ("th", "สวัสดีชาวโลก"),
        ("hi", "नमस्ते दुनिया"),
        ("vi", "Xin chào, bạn có khỏe không?"),
        ("en", "The word 你好 means hello"),
        ("en", "Is it OK?"),
        ("de", "Wo ist der Bahnhof?"),
        ("fr", "Quelle heure est-il ?"),
        ("es", "¿Cómo estás? No lo sé, pero es por la tarde"),
        ("pt", "Como você está? Não sei o que fazer"),
        ("it", "Come stai? Non lo so, ma è bello"),
    ],
)
def test_a_text_is_told_by_its_letters_and_words(language: str, text: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "1234 + 5", "🚣‍♀️ …", "```\nprint(1)\n```", "https://example.org/de/der/die/das"])
def test_where_nothing_is_said_nothing_is_told(text: str) -> None:
    assert language_of(text) == ""


def test_words_without_a_home_are_english() -> None:
    assert language_of("OK, Taipei 101") == "en"
    assert language_of("La Paz") == "en"


@pytest.mark.parametrize(
    "aside",
    ["```python\ndef greet(name): return name\n```", "`git rebase --interactive`", "https://example.org/abcdefg"],
)
def test_code_and_addresses_do_not_count(aside: str) -> None:
    assert language_of(f"运行：{aside}") == "zh"


def test_the_beginning_decides_however_long_the_text_becomes() -> None:
    beginning = "好" * TELLING
    assert language_of(beginning + " and then English" * 1_000) == language_of(beginning) == "zh"
