"""What a model is told of its role."""

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from conversations.characters import Cast, nobody
from conversations.sandbox.validation import META

ELSA = Cast(
    bot_name="Elsa",
    bot_info="{{char}} sails.",
    user_name="Ann",
    user_info="{{user}} is a guest.",
    greeting="Cold, <USER>?",
    dialogue="<START>\n{{user}}: Hi.\n<BOT>: Ahoy.",
)


def test_names_take_their_places_once() -> None:
    found = replace(ELSA, bot_name="{{user}}\\1").filled(uuid.UUID(int=1))
    assert found.bot_name == "{{user}}\\1"
    assert found.bot_info == "{{user}}\\1 sails."
    assert found.user_info == "Ann is a guest."
    assert found.dialogue == "<START>\nAnn: Hi.\n{{user}}\\1: Ahoy."


def test_a_system_message_says_who_is_who() -> None:
    assert ELSA.filled(uuid.UUID(int=1)).system == (
        "You are Elsa. Stay in this role, and speak as Elsa would.\n\nElsa sails.\n\n"
        "You are talking with Ann. Ann is a guest.\n\n"
        "An example of how Elsa talks:\nAnn: Hi.\nElsa: Ahoy.\n\n"
        "You began the conversation with these words:\nCold, Ann?"
    )


def test_in_chinese_it_speaks_chinese() -> None:
    assert Cast(bot_name="船长", bot_info="老水手。", user_name="小林").system == (
        "你是船长。请始终扮演这个角色，用船长的口吻说话。\n\n老水手。\n\n和你说话的是小林。"
    )


def test_meta_has_all_four_and_what_else_there_is_to_say() -> None:
    meta = ELSA.filled(uuid.UUID(int=1)).meta("Be brief.")
    assert (meta["bot_name"], meta["user_name"], meta["user_info"]) == ("Elsa", "Ann", "Ann is a guest.")
    assert meta["bot_info"].startswith("Elsa sails.")
    assert meta["bot_info"].endswith("Cold, Ann?\n\nBe brief.")


@given(st.builds(Cast, *(st.sampled_from(["", " ", "x", "林"]) for _ in range(6))), st.text(max_size=3))
def test_meta_never_has_an_empty_text(cast: Cast, instructions: str) -> None:
    assert set(cast.meta(instructions)) == set(META)
    assert all(text.strip() for text in cast.meta(instructions).values())


def test_nobody_speaks_the_language_of_the_question() -> None:
    assert nobody("", "Hello")["bot_name"] == "Assistant"
    assert nobody("", "你好")["user_name"] == "用户"
    assert nobody("Be brief.", "Hello")["bot_info"] == "Be brief."


def test_what_is_stored_is_read_and_nothing_else() -> None:
    assert Cast.read(ELSA.stored) == ELSA
    assert Cast.read({}) is None
    assert Cast.read({"v": 9, "bot_name": "E", "bot_info": 5, "more": "x"}) == Cast(bot_name="E")
