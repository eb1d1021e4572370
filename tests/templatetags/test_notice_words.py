"""The sentences of notices."""

import pytest
from django.utils import timezone, translation

from conversations import clock
from conversations.models import Conversation, JobState, Notice, NoticeKind, TurnState
from conversations.templatetags.notice_words import KINDS, words

pytestmark = pytest.mark.django_db

FACTS = {
    NoticeKind.ROLE_CHANGED: {"before": ["member"], "after": ["reviewer", "member"]},
    NoticeKind.INVITATION_ACCEPTED: {"name": "Bo"},
    NoticeKind.PASSWORD_RESET: {},
    NoticeKind.NOT_SENT: {"conversation": "0"},
    NoticeKind.RELEASED: {"role": "assistant"},
    NoticeKind.UPHELD: {"role": "user"},
    NoticeKind.SLOWED: {"until": "2026-11-20T17:30:00+00:00", "seconds": 60},
    NoticeKind.MESSAGE_DELETED: {"reason": "A reason."},
    NoticeKind.CONVERSATION_DELETED: {"reason": "A reason."},
    NoticeKind.JOB_ENDED: {"state": "completed", "kind": "completion"},
    NoticeKind.FAULT: {"kind": "money", "code": "1113", "upstream": "bigmodel.cn", "is_over": False},
}


def test_every_kind_has_words() -> None:
    assert set(KINDS) == set(NoticeKind.values) == set(FACTS)


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_words_are_in_the_language_of_the_reader(kind: NoticeKind) -> None:
    notice = Notice(kind=kind, data={"v": 1, **FACTS[kind]})
    english = words(notice)
    with translation.override("zh-hans"):
        chinese = words(notice)
    assert english.endswith((".", "them."))
    assert chinese.endswith(("。", "A reason."))


@pytest.mark.parametrize(
    ("kind", "what"), [("completion", "answer"), ("image", "picture"), ("video", "video"), ("later", "answer")]
)
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TurnState.COMPLETED, "The {} in “Plans” is here."),
        (JobState.UNKNOWN, "Nobody knows what became of the {} in “Plans”."),
        (TurnState.FAILED, "The {} in “Plans” did not come."),
    ],
)
def test_the_end_of_a_job_says_what_came_of_what(kind: str, what: str, state: str, said: str) -> None:
    notice = Notice(kind=NoticeKind.JOB_ENDED, data={"kind": kind, "state": state})
    notice.about = Conversation(title="Plans")
    assert words(notice).startswith(said.format(what))


@pytest.mark.parametrize("kind", ["key", "money", "account", "not_allowed"])
def test_a_fault_says_what_to_do_and_its_end_that_it_is_over(kind: str) -> None:
    data = {"kind": kind, "code": "1113", "model": "glm-5.3", "upstream": "bigmodel.cn", "is_over": False}
    began = words(Notice(kind=NoticeKind.FAULT, data=data))
    assert began.count("(glm-5.3, 1113). ") == 1
    assert words(Notice(kind=NoticeKind.FAULT, data={**data, "is_over": True})).startswith("GLM answers again")


@pytest.mark.parametrize(("role", "said"), [("user", "your question"), ("assistant", "a withheld reply")])
@pytest.mark.parametrize("kind", [NoticeKind.RELEASED, NoticeKind.UPHELD])
def test_a_verdict_says_what_it_is_about(kind: NoticeKind, role: str, said: str) -> None:
    assert said in words(Notice(kind=kind, data={"role": role}))


def test_times_are_in_the_zone_of_the_reader() -> None:
    notice = Notice(kind=NoticeKind.SLOWED, data=FACTS[NoticeKind.SLOWED])
    with timezone.override(clock.zone("Asia/Shanghai")):
        assert "01:30." in words(notice)


def test_roles_are_named_the_least_first() -> None:
    notice = Notice(kind=NoticeKind.ROLE_CHANGED, data=FACTS[NoticeKind.ROLE_CHANGED])
    assert words(notice).endswith("You are now: member, reviewer.")
    with translation.override("zh-hans"):
        assert words(notice).endswith("成员、审核员。")
