"""Every fault that GLM and the networks before it know: right words, right records, and the talk goes on."""

import re
import sqlite3
import uuid
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from conversations.glm.codes import Closes, rule_for
from conversations.sandbox.scenarios import SCENARIOS
from tests.served.glm import Glm
from tests.served.site import Site, Visitor, hexed
from tests.waiting import eventually

pytestmark = pytest.mark.served

PROMPT = "Tell me a story"
BEGUN = "The clock in the lighthouse"
WHOLE = "They keep it."
OPTIONS = {"slow-first-byte": "wait:0.3"}

RECORDS = """
SELECT turn.state, turn.finish, turn.trouble, turn.trouble_code, question.visibility, reply.visibility,
       (SELECT count(*) FROM conversations_upstreamcall WHERE turn_id = turn.id),
       (SELECT business_code FROM conversations_upstreamcall WHERE turn_id = turn.id ORDER BY id DESC LIMIT 1),
       (SELECT count(*) FROM conversations_upstreamcall WHERE turn_id = turn.id AND ended_at IS NULL),
       (SELECT group_concat(CASE message_code WHEN question.code THEN 'question' ELSE 'reply' END)
          FROM conversations_reviewcase WHERE message_code IN (question.code, reply.code) AND state = 'open'),
       turn.resets_at IS NOT NULL
  FROM conversations_turn turn
  JOIN conversations_conversation conversation ON conversation.id = turn.conversation_id
  JOIN conversations_message question ON question.id = turn.question_id
  JOIN conversations_message reply ON reply.id = turn.reply_id
 WHERE conversation.code = ? ORDER BY turn.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What must come of a scenario: on the page in both languages, and in the records."""

    name: str
    says: str = ""
    says_in_chinese: str = ""
    keeps: str = ""
    lacks: str = ""
    state: str = "failed"
    finish: str = ""
    trouble: str = ""
    code: str = ""
    business_code: str = ""
    question: str = "shown"
    reply: str = "shown"
    calls: int = 1
    case: str | None = None
    resets: bool = False
    continues: bool = False

    @property
    def records(self) -> tuple[Any, ...]:
        shown = (self.state, self.finish, self.trouble, self.code, self.question, self.reply)
        return (*shown, self.calls, self.business_code, 0, self.case, int(self.resets))


def whole(name: str, keeps: str = WHOLE, *, calls: int = 1) -> Fault:
    """A scenario that a person does not notice."""
    return Fault(name, keeps=keeps, lacks='class="notice', state="completed", finish="stop", calls=calls)


def refused(name: str, code: str, trouble: str, says: str, chinese: str, *, calls: int = 1, **more: Any) -> Fault:
    """GLM says no before the first word."""
    return Fault(name, says, chinese, trouble=trouble, code=code, business_code=code, calls=calls, **more)


def broken(name: str, trouble: str, says: str, chinese: str, **more: Any) -> Fault:
    """A reply that breaks off: what was written stays, and can be continued."""
    return Fault(name, says, chinese, keeps=BEGUN, lacks=WHOLE, trouble=trouble, continues=True, **more)


BROKE_OFF = ("network", "The reply broke off at GLM", "回复在 GLM 那边断了")
FAILED = ("disturbed", "GLM had a failure of its own", "GLM 那边出了故障")
BUSY = ("busy", "Too many requests at once", "同时的请求太多")
OVERLOADED = ("overloaded", "This model has too much to do", "这个模型太忙")
SILENT = ("GLM did not answer in time", "GLM 没有按时回答")
CUT_SHORT = ("Cut off at the longest reply this model may write", "写到了这个模型的最长篇幅，在这里断了")
NOT_ACCEPTED = ("This question was not accepted", "这个问题未被接受")
WITHHELD = ("This reply is withheld until a person has looked", "这条回复已收起，等人来看")
OBJECTS = ("GLM objects to an earlier message", "GLM 不接受前面的某条消息")
FILTERED: dict[str, Any] = {"state": "filtered", "finish": "sensitive"}
BLOCKED: dict[str, Any] = {"question": "blocked", "case": "question"}

FAULTS = (
    *map(whole, ("plain", "reasoning", "no-done", "slow-first-byte", "glued", "usage-separate", "double-finish")),
    *map(whole, ("crlf", "comments", "split-utf8", "think-inline")),
    whole("echo", PROMPT),
    whole("title", "Story"),
    whole("u2028", "and still every frame is whole."),
    whole("odd-characters", "👩\u200d🚀"),
    whole("markdown", "It stands at the bottom"),
    whole("hostile", "Hostile text ends here."),
    whole("huge-5000", "000023 The river"),
    whole("long-300", "0300"),
    whole("flood-300", "0300"),
    whole("rate-500-50", "0050"),
    whole("gated", "0020"),
    whole("overloaded-once", calls=2),
    whole("error-then-ok", calls=2),
    broken("network-error", *BROKE_OFF, finish="network_error"),
    broken("cut", *BROKE_OFF, finish="broken"),
    broken("error-midstream", *FAILED, code="1234", business_code="1234"),
    broken("event-error", *FAILED, code="1234", business_code="1234"),
    broken("stall", "timeout", *SILENT),
    broken("length", "", *CUT_SHORT, state="completed", finish="length"),
    Fault("length-empty", *CUT_SHORT, keeps="Nothing was left", state="completed", finish="length"),
    Fault("timeout", *SILENT, trouble="timeout"),
    Fault("sensitive-user", *NOT_ACCEPTED, keeps="Change and ask again", **FILTERED, **BLOCKED),
    Fault("sensitive-output", *WITHHELD, lacks=BEGUN, reply="held", case="reply", **FILTERED),
    Fault("sensitive-history", *OBJECTS, trouble="history", case="reply", **FILTERED),
    refused("blocked", "1301", "", *NOT_ACCEPTED, **BLOCKED, **{**FILTERED, "finish": ""}),
    refused("unauthorized", "1000", "key", "The key of this site was not accepted", "本站的密钥没有被接受"),
    refused("busy", "1302", *BUSY, calls=5),
    refused("error-first", "1302", *BUSY, calls=5),
    refused("overloaded", "1305", *OVERLOADED, calls=4),
    refused("no-money", "1113", "money", "Out of credit, nothing was sent", "余额不足，没有发出"),
    refused(
        "plan-cap", "1310", "paused_until", "The allowance of the GLM account is used up", "额度用完了", resets=True
    ),
    refused("model-gone", "1211", "model_gone", "This model does not exist any more", "这个模型已经没有了"),
    refused("too-long", "1261", "too_long", "The conversation is too long for this model", "对话太长"),
    refused("error-500", "500", *FAILED, calls=3),
    refused("error-503", "503", *OVERLOADED, calls=3),
    Fault("html-502", "GLM could not be reached", "连不上 GLM", trouble="unreachable", code="502", calls=3),
)


# Scenarios that have tests of their own: every code, and what becomes of conversations that are too long.
ELSEWHERE = {"code", "overflow", "small-context", "summary"}
# So have whole families: functions, searches, tasks that are done later, pictures and videos.
FAMILIES_ELSEWHERE = ("call", "search-", "later-", "media-")


@pytest.fixture(scope="session")  # a worker comes back to this module with tests that it takes over from others
def asked(ann: Visitor, glm: Glm) -> dict[str, str]:
    """The conversation of each scenario: all at once, since some take seconds, and then one after the other those
    after which nobody asks GLM for a while."""
    codes = {fault.name: ask(ann, glm, fault.name) for fault in FAULTS if not closes_account(fault)}
    for code in codes.values():
        ann.site.turn_states(code)
    for fault in filter(closes_account, FAULTS):
        codes[fault.name] = ask(ann, glm, fault.name)
        ann.site.turn_states(codes[fault.name])
        let_through(ann)
    return codes


def closes_account(fault: Fault) -> bool:
    return rule_for(fault.code or None, None).closes is Closes.ACCOUNT


def let_through(ann: Visitor) -> None:
    """As if an administrator had mended it: until the process has seen that, questions are still refused."""
    with closing(sqlite3.connect(ann.site.data / "chatsite.sqlite3", timeout=20)) as database, database:
        database.execute("DELETE FROM conversations_fault")
    eventually(lambda: ann.site.turn_states(ann.send("Hello", "sandbox-plain")) == ["completed"], 30)


def ask(ann: Visitor, glm: Glm, name: str) -> str:
    gate = glm.gate()
    gate.open()
    word = gate.word if name == "gated" else OPTIONS.get(name, "")
    return ann.send(f"{PROMPT} {word}", f"sandbox-{name}")


def transcript(page: str) -> str:
    found = re.search(r"(?s)<stick-to-bottom.*?</stick-to-bottom>", page)
    assert found is not None
    return found.group()


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"(?s)<[^>]*>", " ", transcript(page))).split())


def test_no_scenario_is_left_out() -> None:
    here = [scenario.name for scenario in SCENARIOS if not scenario.name.startswith(FAMILIES_ELSEWHERE)]
    numbered = {name: re.compile(rf"{name}(-\d+)*") for name in here}
    covered = {name for name, form in numbered.items() if any(form.fullmatch(fault.name) for fault in FAULTS)}
    assert covered == set(numbered) - ELSEWHERE


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
class TestFault:
    def test_is_on_record(self, fault: Fault, asked: dict[str, str], shared_site: Site) -> None:
        code = asked[fault.name]
        shared_site.turn_states(code)
        assert shared_site.rows(RECORDS, hexed(code)) == [fault.records]

    def test_is_told_in_words_and_the_next_message_works(
        self, fault: Fault, asked: dict[str, str], ann: Visitor, shared_site: Site
    ) -> None:
        code = asked[fault.name]
        shared_site.turn_states(code)
        page = ann.page(code)
        assert fault.says in words(page)
        assert fault.keeps in words(page)
        assert not fault.lacks or fault.lacks not in transcript(page)
        assert ("/continue/" in transcript(page)) == fault.continues
        assert fault.says_in_chinese in words(ann.page(code, "zh-CN,zh;q=0.9,en;q=0.5"))
        self._next_message_works(ann, code)

    @staticmethod
    def _next_message_works(ann: Visitor, code: str) -> None:
        word = f"After-{uuid.uuid4().hex}"
        ann.send(word, "sandbox-echo", code)
        assert ann.site.turn_states(code)[-1] == "completed"
        assert words(ann.page(code)).count(word) == 2
