import itertools

from hypothesis import given
from hypothesis import strategies as st

from conversations.glm import ChatMessage, Image, ToolCall
from conversations.turns.prompt import (
    GO_ON,
    LAST_WORDS,
    NO_ANSWER,
    SUMMARY,
    Said,
    build,
    start_of_context,
)


def user(text: str, **facts: bool) -> Said:
    return Said("user", text, **facts)


def reply(text: str, **facts: object) -> Said:
    return Said("assistant", text, **facts)


def result(of: str, text: str = "18 °C") -> Said:
    return Said("tool", text, answers=of)


def call(name: str) -> ToolCall:
    return ToolCall(0, name, "weather", "{}")


def told(*path: Said, go_on: bool = False) -> list[tuple[str, str]]:
    return [(each.role, each.content) for each in build(path, go_on=go_on)]


# All that can be said, made once: an example is then one draw a message instead of nine.
WORDS = [
    Said(role, text, continues, left_out, barrier, ends, summary, reasoning)
    for role, text, continues, left_out, barrier, ends, summary, reasoning in itertools.product(
        ("user", "assistant"),
        ("", "  \n", "a", "word", "你好"),
        *[(False, True)] * 4,
        ("", "In short."),
        ("", "Hm."),
    )
]
CALLS = [
    (),
    *((call(one),) for one in "xyz"),
    *((call(one), call(other)) for one, other in itertools.product("xyz", "xyz")),
]
sayings = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(
        [Said("assistant", text, calls=calls) for text, calls in itertools.product(("", "Let me see."), CALLS)]
    ),
    st.sampled_from([result(each) for each in "xyz"]),
)
paths = st.lists(sayings, max_size=14)


class TestThePath:
    def test_goes_out_in_order(self) -> None:
        assert told(user("1"), reply("2"), user("3")) == [("user", "1"), ("assistant", "2"), ("user", "3")]

    def test_has_no_two_questions_in_a_row(self) -> None:
        assert told(user("1"), user("2"), reply("3"), user("4")) == [
            ("user", "1\n\n2"),
            ("assistant", "3"),
            ("user", "4"),
        ]

    def test_says_where_a_question_got_no_answer(self) -> None:
        path = told(user("1"), reply(" \n"), user("你好"), reply(""), user("5"))
        assert path == [
            ("user", "1"),
            ("assistant", NO_ANSWER["en"]),
            ("user", "你好"),
            ("assistant", NO_ANSWER["zh"]),
            ("user", "5"),
        ]

    def test_never_begins_with_a_reply(self) -> None:
        assert told(reply("2"), user("3")) == [("user", "3")]

    def test_joins_a_continuation_to_what_it_continues_without_a_seam(self) -> None:
        path = told(user("1"), reply("Once upon"), reply(" a time", continues=True), user("3"))
        assert path[1] == ("assistant", "Once upon a time")

    @given(paths, st.booleans(), st.sampled_from(["", "Be brief."]))
    def test_always_is_one_that_glm_accepts(self, path: list[Said], go_on: bool, system: str) -> None:
        messages = build(path, system=system, go_on=go_on)
        talk = [message for message in messages if message.role != "system"]
        roles = [message.role for message in talk]
        assert [message.role for message in messages].count("system") <= 1
        assert messages[: len(messages) - len(talk)] == tuple(m for m in messages if m.role == "system")
        assert roles[:1] in ([], ["user"])
        assert not any(one == other != "tool" for one, other in itertools.pairwise(roles))
        assert all(message.content.strip() or message.tool_calls for message in talk)

    @given(paths)
    def test_has_every_result_right_behind_its_call_and_every_call_with_its_result(self, path: list[Said]) -> None:
        open_calls: set[str] = set()
        for message in build(path):
            assert (message.role == "tool") == bool(open_calls)
            if message.role == "tool":
                open_calls.remove(message.tool_call_id)
            open_calls |= {each.id for each in message.tool_calls}
        assert not open_calls

    @given(paths, paths)
    def test_begins_like_that_of_the_turn_before(self, path: list[Said], more: list[Said]) -> None:
        plain = [each._replace(is_barrier=False, ends_context=False) for each in [*path, user("Q"), reply("A")]]
        before = build([*plain, user("next")])
        later = [each._replace(is_barrier=False, ends_context=False, continues=False) for each in more]
        after = build([*plain, user("next"), reply("answer"), *later, user("last")])
        assert after[: len(before)] == before

    def test_is_put_behind_the_instructions(self) -> None:
        messages = build([user("1")], system="Be brief.")
        assert messages == (ChatMessage("system", "Be brief."), ChatMessage("user", "1"))


class TestWhatIsLeftOut:
    def test_a_withheld_reply_takes_its_question_along(self) -> None:
        path = told(user("1"), reply("2"), user("bad"), reply("flagged", is_left_out=True), user("5"))
        assert path == [("user", "1"), ("assistant", "2"), ("user", "5")]

    def test_a_blocked_question_is_not_sent_again(self) -> None:
        path = told(user("1"), reply("2"), user("blocked", is_left_out=True), reply(""), user("5"))
        assert path == [("user", "1"), ("assistant", "2"), ("user", "5")]

    def test_a_withheld_reply_to_a_blocked_question_takes_no_other_question_along(self) -> None:
        path = told(
            user("1"),
            reply(""),
            user("blocked", is_left_out=True),
            reply("flagged", is_left_out=True),
            user("5"),
        )
        assert path == [("user", "1"), ("assistant", NO_ANSWER["en"]), ("user", "5")]

    def test_a_withheld_continuation_takes_the_whole_reply_along(self) -> None:
        path = told(user("1"), reply("good"), reply("bad", continues=True, is_left_out=True), user("5"))
        assert path == [("user", "5")]

    def test_nothing_up_to_a_refused_history_is_sent_again(self) -> None:
        assert told(user("1"), reply("2"), user("3"), reply("", is_barrier=True), user("5")) == [("user", "5")]

    def test_the_last_of_two_refusals_counts(self) -> None:
        path = told(user("1"), reply("", is_barrier=True), user("3"), reply("", is_barrier=True), user("5"))
        assert path == [("user", "5")]

    def test_a_refused_continuation_is_a_barrier_like_any_other(self) -> None:
        path = told(user("1"), reply("cut"), reply("", continues=True, is_barrier=True), user("5"))
        assert path == [("user", "5")]

    def test_what_continues_a_refused_reply_is_behind_the_barrier_too(self) -> None:
        path = told(user("1"), reply("", is_barrier=True), reply("more", continues=True), user("5"))
        assert path == [("user", "5")]

    @given(paths)
    def test_never_gets_into_a_prompt(self, path: list[Said]) -> None:
        marked = [each._replace(text=f"<{i}{'!' * each.is_left_out}>", summary="") for i, each in enumerate(path)]
        sent = "".join(message.content for message in build(marked))
        assert "!" not in sent
        barriers = [i for i, each in enumerate(marked) if each.is_barrier]
        assert not any(f"<{i}>" in sent for i in range(barriers[-1] + 1 if barriers else 0))


class TestAContextThatWasEnded:
    def test_holds_nothing_of_what_was_before(self) -> None:
        path = told(user("1"), reply("2", ends_context=True), user("3"))
        assert path == [("user", "3")]

    def test_keeps_the_instructions(self) -> None:
        path = [user("1"), reply("2", ends_context=True), user("3")]
        assert build(path, system="Be brief.")[0] == ChatMessage("system", "Be brief.")

    def test_begins_with_the_summary_of_what_was_before(self) -> None:
        path = [user("1"), reply("2", ends_context=True, summary="They greeted."), user("3")]
        system = SUMMARY["en"].format(text="They greeted.")
        assert build(path) == (ChatMessage("system", system), ChatMessage("user", "3"))

    def test_puts_the_summary_behind_the_instructions(self) -> None:
        path = [user("1"), reply("2", ends_context=True, summary="你好。"), user("3")]
        assert build(path, system="Be brief.")[0].content == "Be brief.\n\n" + SUMMARY["zh"].format(text="你好。")

    def test_takes_the_last_of_several_ends(self) -> None:
        path = [
            user("1"),
            reply("2", ends_context=True, summary="old"),
            user("3"),
            reply("4", ends_context=True),
            user("5"),
        ]
        assert build(path) == (ChatMessage("user", "5"),)

    def test_is_not_ended_for_the_reply_that_is_continued(self) -> None:
        path = told(user("1"), reply("cut", ends_context=True), go_on=True)
        assert path[:2] == [("user", "1"), ("assistant", "cut")]

    def test_has_no_summary_of_what_glm_refused_later(self) -> None:
        path = [
            user("1"),
            reply("2", ends_context=True, summary="old"),
            user("3"),
            reply("", is_barrier=True),
            user("5"),
        ]
        assert build(path) == (ChatMessage("user", "5"),)

    @given(paths)
    def test_never_holds_what_was_before_its_beginning(self, path: list[Said]) -> None:
        path = [*path, user("last")]
        start = start_of_context([each.ends_context for each in path], [each.role == "user" for each in path])
        marked = [each._replace(text=f"<{i}>", summary="") for i, each in enumerate(path)]
        sent = "".join(message.content for message in build(marked))
        assert not any(f"<{i}>" in sent for i in range(start))
        assert f"<{len(path) - 1}>" in sent


class TestReasoning:
    PATH = (user("1"), reply("2", reasoning="Hm."), user("3"), reply("4", reasoning="Ah."), user("5"))

    def test_stays_here(self) -> None:
        assert all(message.reasoning_content is None for message in build(self.PATH))

    def test_goes_back_whole_and_in_order_where_it_is_to_be_preserved(self) -> None:
        sent = [message.reasoning_content for message in build(self.PATH, keeps_reasoning=True)]
        assert sent == [None, "Hm.", None, "Ah.", None]

    def test_goes_back_between_a_call_and_its_result(self) -> None:
        asking = reply("", calls=(call("x"),), reasoning="I need the weather.")
        sent = build([user("1"), reply("2", reasoning="Hm."), user("3"), asking, result("x")])
        assert [message.reasoning_content for message in sent] == [None, None, None, "I need the weather.", None]

    def test_of_an_earlier_call_does_not(self) -> None:
        asking = reply("", calls=(call("x"),), reasoning="I need the weather.")
        sent = build([user("1"), asking, result("x"), reply("Warm."), user("2")])
        assert all(message.reasoning_content is None for message in sent)


class TestCalls:
    def test_go_out_with_their_results(self) -> None:
        messages = build([user("1"), reply("", calls=(call("x"), call("y"))), result("y"), result("x"), reply("Warm.")])
        assert [each.role for each in messages] == ["user", "assistant", "tool", "tool", "assistant"]
        assert messages[1].to_wire()["tool_calls"][0]["function"] == {"name": "weather", "arguments": "{}"}
        assert messages[2].to_wire() == {"role": "tool", "content": "18 °C", "tool_call_id": "y"}

    def test_without_a_result_are_not_told(self) -> None:
        path = told(user("1"), reply("Let me see.", calls=(call("x"),)), user("2"))
        assert path == [("user", "1"), ("assistant", "Let me see."), ("user", "2")]

    def test_a_result_without_its_call_is_not_told(self) -> None:
        assert told(user("1"), reply("2"), result("x"), user("3"))[2] == ("user", "3")


class TestGoingOn:
    def test_asks_in_english_with_the_last_words(self) -> None:
        last = told(user("1"), reply("x" * 300 + "the end"), go_on=True)[-1]
        assert last == ("user", GO_ON["en"].format(words=("x" * 300 + "the end")[-LAST_WORDS:]))

    def test_asks_in_chinese_when_the_last_words_are(self) -> None:
        assert told(user("1"), reply("abc你好"), go_on=True)[-1] == (
            "user",
            GO_ON["zh"].format(words="abc你好"),
        )

    def test_takes_braces_in_the_last_words_as_they_are(self) -> None:
        assert told(user("1"), reply("f'{words}' {0}"), go_on=True)[-1][1].endswith("f'{words}' {0}")

    def test_a_reply_with_nothing_before_it_gives_no_request(self) -> None:
        assert told(go_on=True) == []


class TestPictures:
    RED, BLUE = Image("red", "a red field"), Image("blue")

    def ask(self, text: str, *images: Image) -> Said:
        return Said("user", text, images=images)

    def test_go_along_with_their_question(self) -> None:
        built = build([self.ask("What is this?", self.RED)], image_count=5)
        assert built == (ChatMessage("user", "What is this?", images=(self.RED,)),)

    def test_need_no_words(self) -> None:
        assert build([self.ask("", self.RED)], image_count=5) == (ChatMessage("user", "", images=(self.RED,)),)

    def test_are_replaced_by_words_for_a_model_that_cannot_see(self) -> None:
        (message,) = build([self.ask("What is this?", self.RED, self.BLUE)])
        assert message.images == ()
        assert message.content == "(2 picture(s) here, not sent along: a red field.)\n\nWhat is this?"

    def test_are_replaced_in_the_language_of_the_question(self) -> None:
        (message,) = build([self.ask("这是什么？", self.BLUE)])
        assert message.content == "（这里有 1 张图片没有一并发送。）\n\n这是什么？"

    def test_the_latest_are_sent_when_not_all_can_be(self) -> None:
        path = [self.ask("One", self.RED), Said("assistant", "Red."), self.ask("Two", self.BLUE)]
        built = build(path, image_count=1)
        assert [message.images for message in built] == [(), (), (self.BLUE,)]
        assert "not sent along" in built[0].content

    def test_of_one_message_all_or_none(self) -> None:
        (message,) = build([self.ask("Both", self.RED, self.BLUE)], image_count=1)
        assert message.images == ()

    def test_of_what_was_left_out_nothing_is_sent(self) -> None:
        left_out = Said("user", "", is_left_out=True, images=(self.RED,))
        assert build([left_out, self.ask("And?")], image_count=5) == (ChatMessage("user", "And?"),)

    def test_of_two_questions_in_a_row_go_together(self) -> None:
        (message,) = build([self.ask("One", self.RED), self.ask("Two", self.BLUE)], image_count=5)
        assert message.images == (self.RED, self.BLUE)
