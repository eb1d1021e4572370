"""What is answered to which prompt, in which language."""

import pytest

from conversations.sandbox.answers import KINDS, answer
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt, is_chinese


def asked(*texts: str, model: str = "glm-4.7") -> Asked:
    """A conversation of user and assistant in turn, that ends with the last text."""
    roles = ["user", "assistant"] * len(texts)
    messages = tuple(Said(role, text) for role, text in zip(roles, texts, strict=False))
    return Asked(model=model, messages=messages, prompt=Prompt(texts[-1]))


def text(*texts: str) -> str:
    return answer(asked(*texts)).text


FITTING = [
    ("greeting", "Hello!", "你好"),
    ("story", "Tell me a story about the sea", "讲一个关于大海的故事"),
    ("poem", "Write a poem", "写一首诗"),
    ("code", "Write a function that sorts a list", "写一个排序函数"),
    ("table", "Make a table of the planets", "做一张行星的表格"),
    ("list", "Give me a list for the weekend", "列一个周末清单"),
    ("maths", "Solve a quadratic equation", "怎么解一元二次方程"),
    ("proof", "Prove that √2 is irrational, in two ways.", "用两种方法证明 √2 是无理数。"),
    ("translation", "Translate 'thank you' into Chinese", "把“谢谢”翻译成英文"),
    ("summary", "Summarise this: One. Two.", "总结：第一句话。第二句话。"),
    ("calculation", "What is 12 * (3 + 4)?", "12 乘以 7 等于多少？"),
    ("weather", "What is the weather in Kiel?", "上海今天天气怎么样？"),
    ("train", "Find a train from Kiel to Bonn", "从北京到上海的高铁"),
    ("search", "Search the web for lighthouses", "搜索一下灯塔的历史"),
    ("picture", "Draw a boat", "画一条船"),
    ("received", "Blue", "蓝色"),
]


def kind_of(prompt: str) -> str:
    return next(kind.name for kind in KINDS if kind.fits(prompt))


@pytest.mark.parametrize(("name", "english", "chinese"), FITTING)
def test_each_kind_fits_its_prompts_in_both_languages(name: str, english: str, chinese: str) -> None:
    assert (kind_of(english), kind_of(chinese)) == (name, name)


@pytest.mark.parametrize(("name", "english", "chinese"), FITTING)
def test_answer_and_reasoning_speak_the_prompt_s_language(name: str, english: str, chinese: str) -> None:
    assert not is_chinese(answer(asked(english)).reasoning)
    assert is_chinese(answer(asked(chinese)).reasoning)
    if name != "translation":
        assert not is_chinese(text(english))
        assert is_chinese(text(chinese)) or name in ("calculation", "code")


def test_every_kind_has_a_pair_of_prompts_above() -> None:
    assert {kind.name for kind in KINDS} == {name for name, _, _ in FITTING}


@pytest.mark.parametrize(("_name", "english", "chinese"), FITTING)
def test_the_same_request_is_answered_the_same_way(_name: str, english: str, chinese: str) -> None:
    assert answer(asked(english)) == answer(asked(english))
    assert text(chinese).endswith("\n")


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("Write a poem about my weather app", "poem"),
        ("What is the weather like in a story?", "story"),
        ("20-11-2026 was a Friday", "received"),
        ("Call me at 555-1234", "received"),
        ("This is nothing special", "received"),
        ("hinter dem Haus", "received"),
    ],
)
def test_a_prompt_is_not_taken_for_what_it_is_not(prompt: str, name: str) -> None:
    assert kind_of(prompt) == name


@pytest.mark.parametrize(
    ("prompt", "fence"),
    [
        ("Write a Python script", "python"),
        ("Some code, please", "python"),
        ("write a function in Go", "go"),
        ("用Go写一个函数", "go"),
        ("code in C++", "cpp"),
        ("a JavaScript function", "javascript"),
        ("TypeScript code", "typescript"),
        ("用 Java 写代码", "java"),
        ("rust code", "rust"),
        ("write sql", "sql"),
        ("a bash script", "bash"),
    ],
)
def test_code_is_in_the_language_asked_for(prompt: str, fence: str) -> None:
    assert f"```{fence}\n" in text(prompt)


def test_the_python_it_shows_runs(capsys: pytest.CaptureFixture[str]) -> None:
    source = text("Write a Python script").split("```python\n")[1].split("```")[0]
    exec(compile(source, "shown", "exec"), {"__name__": "__main__"})

    assert capsys.readouterr().out.splitlines() == ["3 × the", "2 × and", "1 × cat"]


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("Weather in New York tomorrow?", "New York"),
        ("What's the weather like?", "Berlin"),
        ("明天上海天气怎么样", "上海"),
        ("请问今天天气如何", "北京"),
    ],
)
def test_weather_names_the_place_in_the_call(prompt: str, place: str) -> None:
    assert f'"city": "{place}"' in text(prompt)


@pytest.mark.parametrize(
    ("prompt", "start", "end"),
    [
        ("Trains from Bad Homburg to Kiel, please", "Bad Homburg", "Kiel"),
        ("从北京到上海的高铁", "北京", "上海"),
        ("I need a train", "Hamburg", "Munich"),
    ],
)
def test_train_names_both_ends_in_the_call(prompt: str, start: str, end: str) -> None:
    assert f'"from": "{start}", "to": "{end}"' in text(prompt)


@pytest.mark.parametrize(
    ("prompt", "query"),
    [
        ("Search the web for old lighthouses.", "old lighthouses"),
        ("Can you look up tide times?", "tide times"),
        ("帮我搜索一下天宫空间站", "天宫空间站"),
    ],
)
def test_search_asks_for_the_bare_subject(prompt: str, query: str) -> None:
    assert f'"search_query": "{query}"' in text(prompt)


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("Translate “good morning” into Chinese", "早上好"),
        ("translate to chinese: Thank you", "谢谢"),
        ("把“车站在哪里”翻译成英文", "Where is the station"),
        ("“新年快乐”的英文怎么说？", "Happy new year"),
        ("Translate 'abracadabra' into Chinese", "not in the sandbox"),
    ],
)
def test_translation_knows_its_phrases_and_admits_the_rest(prompt: str, found: str) -> None:
    assert found in text(prompt)


def test_a_summary_keeps_the_telling_sentences_in_their_order() -> None:
    found = text(
        "Summarize: The river rose. Nobody came. The river rose over the bridge. Good night. The bridge held the river."
    )

    assert "chosen from 5 sentences" in found
    points = [line for line in found.splitlines() if line.startswith("- ")]
    assert points == ["- The river rose.", "- The river rose over the bridge.", "- The bridge held the river."]


def test_a_summary_of_nothing_says_what_is_missing() -> None:
    assert "after a colon" in text("Summarize")
    assert "冒号" in text("请总结一下")


def test_anything_else_shows_what_was_received() -> None:
    found = text("One", "Two", "Three `red` boats")

    assert "| Model | `glm-4.7` |" in found
    assert "| Messages | 3 |" in found
    assert "> `Three 'red' boats`" in found
    assert "simulated" in found
    assert "模拟回复" in text("蓝色")


def test_long_prompts_are_shown_by_their_end() -> None:
    assert f"> `…{'x' * 153}the end`" in text("x" * 5000 + "the end")


def test_a_megabyte_is_answered_by_its_beginning() -> None:
    assert text("Tell me a story. " + "\"'“ 1+(" * 150_000) == text("Tell me a story")


@pytest.mark.parametrize("request_to_go_on", ["Continue", "please go on", "继续", "请接着写", "Keep going."])
def test_going_on_gives_the_very_rest(request_to_go_on: str) -> None:
    whole = text("Tell me a story")

    assert text("Tell me a story", whole[:400], request_to_go_on) == whole[400:]


GO_ON = [
    ("Tell me a story", "Go on exactly where you stopped, without repeating. Your last words were:\n\n"),
    ("讲一个故事", "请从你刚才停下的地方接着写，不要重复。你最后写的是：\n\n"),
]


@pytest.mark.parametrize(("prompt", "request_to_go_on"), GO_ON)
def test_going_on_from_words_below_the_request_gives_the_very_rest(prompt: str, request_to_go_on: str) -> None:
    whole = text(prompt)
    written = whole[:300]

    assert text(prompt, written, request_to_go_on + written[-200:]) == whole[300:]


def test_going_on_from_quoted_words_needs_no_reply_in_the_history() -> None:
    whole = text("讲一个故事")
    messages = (Said("user", "[[cut]] 讲一个故事"), Said("user", "x"))
    prompt = f"请从下面的话往后接着写，不要重复：“{whole[150:180].strip()}”"
    found = answer(Asked("glm-4.7", messages, Prompt(prompt))).text

    assert whole.endswith(found)
    assert len(found) > 100


def test_going_on_twice_works_too() -> None:
    whole = text("Write a poem")
    once = text("Write a poem", whole[:60], "continue")

    assert text("Write a poem", whole[:60], "continue", once[:60], "continue") == whole[120:]


def test_going_on_with_foreign_words_ends_them_decently() -> None:
    assert "full stop" in text("Blue", "Words that nobody here wrote, and", "Continue")
    assert "句号" in text("蓝色", "这些话不是这里写的，而且", "继续")


def test_continue_without_anything_before_is_an_ordinary_prompt() -> None:
    assert "simulated" in text("Continue")
    assert kind_of("We continue with the blue one") == "received"
