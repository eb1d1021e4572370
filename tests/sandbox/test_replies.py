"""Tokens, deltas and limits of a reply, whatever its text."""

from hypothesis import given
from hypothesis import strategies as st

from conversations.sandbox import tokens
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt, is_chinese
from conversations.sandbox.reply import Reply
from conversations.sandbox.state import Attempts

TEXTS = st.text(alphabet="aB9 \n\r\t.，字👩\u200d\u2028\ud83d`*", max_size=60)


@given(TEXTS)
def test_tokens_and_deltas_join_to_the_text(text: str) -> None:
    assert "".join(tokens.split(text)) == text
    assert "".join(tokens.pieces(text)) == text
    assert all(1 <= tokens.count(piece) <= 4 for piece in tokens.pieces(text))


@given(TEXTS)
def test_the_same_text_is_cut_in_the_same_places(text: str) -> None:
    assert tokens.pieces(text) == tokens.pieces(text)


@given(TEXTS, TEXTS, st.integers(1, 40))
def test_a_limit_keeps_a_beginning_and_says_whether_it_cut(text: str, reasoning: str, limit: int) -> None:
    whole = Reply(text, reasoning)
    found = whole.limited(limit)

    assert (reasoning + text).startswith(found.reasoning + found.text)
    assert (found == whole) is (whole.token_count <= limit)
    assert (found.finish == "length") is (found != whole)


@given(TEXTS, st.lists(st.sampled_from(["a", "字", "B9", " "]), max_size=4))
def test_nothing_after_a_stop_word_is_left(text: str, words: list[str]) -> None:
    found = Reply(text).limited(None, tuple(words))

    assert text.startswith(found.text)
    assert not any(word in found.text for word in words)
    assert found.finish == "stop"


def test_words_count_more_when_they_are_longer_and_images_count_much() -> None:
    assert tokens.count("river") == 1
    assert tokens.count("riverbank") == 2
    assert tokens.count("河水东流") == 4
    assert tokens.count_prompt((Said("user", "river", (None, None)),)) > 2000


def test_a_few_latin_names_do_not_make_a_prompt_english() -> None:
    assert is_chinese("用 JavaScript 写代码")
    assert not is_chinese("Translate 你好 into English")
    assert not is_chinese("")


def test_attempts_count_equal_conversations_and_forget_the_oldest() -> None:
    attempts = Attempts()

    def ask(text: str, model: str = "glm-4.7") -> int:
        return attempts.count(Asked(model, (Said("user", text),), Prompt(text)))

    assert [ask("a"), ask("a"), ask("b"), ask("a", "glm-4.6"), ask("a")] == [1, 2, 1, 1, 3]
    for number in range(4096):
        ask(str(number))
    assert ask("a") == 1
    assert ask("4095") == 2
