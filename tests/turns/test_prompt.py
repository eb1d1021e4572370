import itertools

from hypothesis import given
from hypothesis import strategies as st

from conversations.glm import ChatMessage
from conversations.turns.prompt import GO_ON, LAST_WORDS, Said, build, without_oldest


def user(text: str, **facts: bool) -> Said:
    return Said("user", text, **facts)


def reply(text: str, **facts: bool) -> Said:
    return Said("assistant", text, **facts)


def told(*path: Said, go_on: bool = False) -> list[tuple[str, str]]:
    return [(each.role, each.content) for each in build(path, go_on=go_on)]


sayings = st.builds(
    Said,
    role=st.sampled_from(["user", "assistant"]),
    text=st.sampled_from(["", "  \n", "a", "word", "你好"]),
    continues=st.booleans(),
    is_left_out=st.booleans(),
    is_barrier=st.booleans(),
)


class TestThePath:
    def test_goes_out_in_order(self) -> None:
        assert told(user("1"), reply("2"), user("3")) == [("user", "1"), ("assistant", "2"), ("user", "3")]

    def test_has_no_empty_replies_and_no_two_questions_in_a_row(self) -> None:
        assert told(user("1"), reply(" \n"), user("3")) == [("user", "1\n\n3")]

    def test_never_begins_with_a_reply(self) -> None:
        assert told(reply("2"), user("3")) == [("user", "3")]

    def test_joins_a_continuation_to_what_it_continues_without_a_seam(self) -> None:
        path = told(user("1"), reply("Once upon"), reply(" a time", continues=True), user("3"))
        assert path[1] == ("assistant", "Once upon a time")

    @given(st.lists(sayings, max_size=12))
    def test_always_is_one_that_glm_accepts(self, path: list[Said]) -> None:
        messages = build(path)
        roles = [message.role for message in messages]
        assert all(one != other for one, other in itertools.pairwise(roles))
        assert roles[:1] in ([], ["user"])
        assert all(message.content.strip() for message in messages)


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
        assert path == [("user", "1\n\n5")]

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

    @given(st.lists(sayings, max_size=12))
    def test_never_gets_into_a_prompt(self, path: list[Said]) -> None:
        marked = [
            Said(each.role, f"<{i}{'!' * each.is_left_out}>", each.continues, each.is_left_out, each.is_barrier)
            for i, each in enumerate(path)
        ]
        sent = "".join(message.content for message in build(marked))
        assert "!" not in sent
        barriers = [i for i, each in enumerate(marked) if each.is_barrier]
        assert not any(f"<{i}>" in sent for i in range(barriers[-1] + 1 if barriers else 0))


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


class TestShortening:
    def test_keeps_the_later_half_from_a_question_on(self) -> None:
        path = build([user("1"), reply("2"), user("3"), reply("4"), user("5")])
        assert [message.content for message in without_oldest(path)] == ["3", "4", "5"]

    def test_a_single_question_cannot_be_shortened(self) -> None:
        path = build([user("1")])
        assert without_oldest(path) == path

    @given(st.integers(1, 40))
    def test_always_ends_with_the_last_question_and_begins_with_a_question(self, questions: int) -> None:
        path = build([Said("user" if i % 2 == 0 else "assistant", str(i)) for i in range(2 * questions - 1)])
        shorter = without_oldest(path)
        assert shorter[-1] == path[-1]
        assert shorter[0].role == "user"
        assert len(shorter) < len(path) or len(path) == 1
        assert all(isinstance(message, ChatMessage) for message in shorter)
