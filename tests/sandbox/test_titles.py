"""Requests for the title of a conversation, which every model answers with one."""

import pytest

from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt
from conversations.sandbox.scenarios import choose
from tests.sandbox.serving import Person

ENGLISH = "Give the following conversation a title.\n\nQuestion: {}\n\nAnswer: Of course."
CHINESE = "给下面这段对话起一个标题。\n\n问：{}\n\n答：好的。"


def titled(person: Person, prompt: str, model: str = "glm-4.7") -> str:
    message = person.ask(model, prompt, thinking={"type": "disabled"}).json["choices"][0]["message"]
    return str(message["content"])


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Write a short story about a lighthouse keeper.", "Short story about a lighthouse keeper"),
        ("What is the weather like in Beijing today?", "What is the weather like in Beijing today"),
        (
            "Which trains are there from Beijing to Shanghai tomorrow?",
            "Which trains are there from Beijing to Shanghai",
        ),
        ("Explain why the sky is so very blue, in the evening.", "Why the sky is so very blue"),
        ("What it is for", "What it is for"),
        ("Hello", "Hello"),
        ("Write", "Write"),
        ("What is [[plain]] 1 + 1?", "What is 1 + 1"),
    ],
)
def test_an_english_title_has_the_words_of_the_question(person: Person, question: str, title: str) -> None:
    assert titled(person, ENGLISH.format(question)) == title


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("请写一首关于秋天的诗。", "关于秋天的诗"),
        ("介绍一下泉州三日游的路线，还有每天要花多少时间和钱", "泉州三日游的路线"),
        ("请", "请"),
        ("讲个故事", "故事"),
        ("写个人简历", "个人简历"),
        ("说说为什么天空在白天是蓝色的而到了傍晚又变红", "为什么天空在白天是蓝色的而到了傍"),
    ],
)
def test_a_chinese_title_has_at_most_sixteen_characters(person: Person, question: str, title: str) -> None:
    assert titled(person, CHINESE.format(question)) == title


@pytest.mark.parametrize("model", ["sandbox-gated", "sandbox-stall", "sandbox-blocked", "glm-4-plus"])
def test_the_scenario_of_the_conversation_is_not_that_of_its_title(person: Person, model: str) -> None:
    assert titled(person, ENGLISH.format("[[cut]] wait:9 gate:shut A storm at sea"), model) == "A storm at sea"


def test_a_phrase_makes_only_the_title_another_scenario(person: Person) -> None:
    question = "A storm [[title-blocked]]"
    assert person.ask(prompt=question).status == 200
    assert person.ask(prompt=ENGLISH.format(question)).error == "1301"


def test_an_unknown_phrase_changes_nothing(person: Person) -> None:
    assert titled(person, ENGLISH.format("A storm [[title-of-nobility]]")) == "A storm"


@pytest.mark.parametrize(
    "text", ["What title should I give my book?", "Let us have a conversation", "对话", "标题是什么"]
)
def test_other_prompts_are_answered_as_ever(text: str) -> None:
    assert choose(Asked("glm-4.7", (Said("user", text),), Prompt(text)))[0] is None
