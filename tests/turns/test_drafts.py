"""What people have typed is kept once for all their pages, and never written over by an older text."""

import datetime as dt
import uuid

import pytest

from conversations import clock
from conversations.models import Conversation, Draft, User
from conversations.turns import drafts, start
from conversations.turns.drafts import Overtaken, Typed
from conversations.turns.errors import Missing
from tests import people

CODE = uuid.UUID("019a0000-0000-7000-8000-000000000001")


def typed(text: str, version: int = 0, writer: uuid.UUID | None = None, seq: int = 1) -> Typed:
    return Typed(text, version, writer or uuid.uuid4(), seq)


def kept(person: User, code: uuid.UUID = CODE) -> str | None:
    found = drafts.find(person, code)
    return found.text if found else None


def test_a_draft_is_kept_before_its_conversation_exists(ada: User) -> None:
    version = drafts.save(ada, CODE, typed("Dear"))
    found = drafts.find(ada, CODE)
    assert found is not None
    assert (found.text, found.version) == ("Dear", version)
    assert not Conversation.objects.exists()


def test_the_empty_page_takes_up_the_newest_draft_that_has_no_conversation(ada: User) -> None:
    other = uuid.uuid4()
    drafts.save(ada, CODE, typed("older"))
    drafts.save(ada, other, typed("newer"))
    begun = people.answered(ada).conversation
    drafts.save(ada, begun.code, typed("newest, but in a conversation"))
    assert (drafts.unbegun(ada) or Draft()).text == "newer"
    drafts.forget(ada, other, 0, (drafts.unbegun(ada) or Draft()).writer)
    assert (drafts.unbegun(ada) or Draft()).text == "older"


def test_everybody_has_drafts_of_their_own(ada: User) -> None:
    drafts.save(ada, CODE, typed("Ada's"))
    bob = people.person()
    assert kept(bob) is None
    assert drafts.unbegun(bob) is None


def test_strangers_and_deleted_conversations_keep_nothing(ada: User) -> None:
    conversation = people.answered(ada).conversation
    with pytest.raises(Missing):
        drafts.save(people.person(), conversation.code, typed("Let me in"))
    Conversation.objects.update(deleted_at=clock.now())
    with pytest.raises(Missing):
        drafts.save(ada, conversation.code, typed("Too late"))
    assert not Draft.objects.exists()


def test_the_page_that_saw_the_last_version_goes_on(ada: User) -> None:
    version = drafts.save(ada, CODE, typed("one"))
    newer = drafts.save(ada, CODE, typed("one two", version))
    assert newer > version
    assert kept(ada) == "one two"


def test_a_page_that_knows_an_older_version_does_not_write_over_the_newer_text(ada: User) -> None:
    seen = drafts.save(ada, CODE, typed("one"))
    drafts.save(ada, CODE, typed("one, gone on elsewhere", seen))
    with pytest.raises(Overtaken) as caught:
        drafts.save(ada, CODE, typed("one, and here", seen))
    assert caught.value.draft.text == "one, gone on elsewhere"
    assert kept(ada) == "one, gone on elsewhere"


def test_the_same_text_from_two_pages_is_no_quarrel(ada: User) -> None:
    version = drafts.save(ada, CODE, typed("same"))
    assert drafts.save(ada, CODE, typed("same")) > version


def test_saves_of_one_form_count_in_the_order_of_typing_whatever_order_they_come_in(ada: User) -> None:
    writer = uuid.uuid4()
    drafts.save(ada, CODE, typed("first", 0, writer, 1))
    drafts.save(ada, CODE, typed("third, on leaving", 0, writer, 3))
    drafts.save(ada, CODE, typed("second, late", 0, writer, 2))
    assert kept(ada) == "third, on leaving"


def test_an_emptied_draft_stays_empty_when_an_older_save_comes_late(ada: User) -> None:
    writer = uuid.uuid4()
    drafts.save(ada, CODE, typed("first", 0, writer, 1))
    drafts.save(ada, CODE, typed("", 0, writer, 3))
    drafts.save(ada, CODE, typed("second, late", 0, writer, 2))
    assert kept(ada) == ""
    assert drafts.unbegun(ada) is None


def test_nothing_is_not_kept(ada: User) -> None:
    assert drafts.save(ada, CODE, typed("")) == 0
    assert not Draft.objects.exists()


def test_emptied_drafts_do_not_gather(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = uuid.uuid4()
    drafts.save(ada, CODE, typed("first", 0, writer, 1))
    drafts.save(ada, CODE, typed("", 0, writer, 2))
    later = clock.now() + dt.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    drafts.save(ada, uuid.uuid4(), typed("another page"))
    assert [draft.text for draft in Draft.objects.all()] == ["another page"]


def test_versions_rise_even_when_the_clock_stands_still(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    version = drafts.save(ada, CODE, typed("one"))
    assert drafts.save(ada, CODE, typed("two", version)) == version + 1


def test_a_save_that_comes_after_its_message_was_sent_brings_nothing_back(ada: User) -> None:
    key = uuid.uuid4()
    start.send(people.order(ada, key), CODE, "Sent")
    assert drafts.save(ada, CODE, typed("Sen", 0, key)) == 0
    assert kept(ada) is None


def test_a_draft_whose_message_went_at_the_same_moment_is_not_shown(ada: User) -> None:
    """On a database with several writers the save may be stored beside the message, unseen by it."""
    key = uuid.uuid4()
    drafts.save(ada, CODE, typed("Sent", 0, key))
    start.send(people.order(ada, key), CODE, "Sent")
    assert Draft.objects.exists()
    assert kept(ada) is None


def test_sending_forgets_the_version_that_the_page_knew(ada: User) -> None:
    version = drafts.save(ada, CODE, typed("Loaded with the page"))
    drafts.forget(ada, CODE, version, uuid.uuid4())
    assert not Draft.objects.exists()


def test_sending_forgets_what_its_own_form_saved_later(ada: User) -> None:
    key = uuid.uuid4()
    drafts.save(ada, CODE, typed("Typed on", 0, key, 7))
    drafts.forget(ada, CODE, 0, key)
    assert not Draft.objects.exists()


def test_sending_leaves_what_was_typed_elsewhere(ada: User) -> None:
    seen = drafts.save(ada, CODE, typed("Both pages show this"))
    drafts.save(ada, CODE, typed("Both pages show this, and much more", seen))
    drafts.forget(ada, CODE, seen, uuid.uuid4())
    assert kept(ada) == "Both pages show this, and much more"


def test_a_form_without_a_key_forgets_by_version(ada: User) -> None:
    version = drafts.save(ada, CODE, typed("No key"))
    drafts.forget(ada, CODE, version, None)
    assert not Draft.objects.exists()


def test_a_draft_goes_with_its_conversation(ada: User) -> None:
    drafts.save(ada, CODE, typed("Typed before the conversation began"))
    start.send(people.order(ada), CODE, "An example instead")
    Conversation.objects.get(code=CODE).delete()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("known", "expected"),
    [(True, "Waited\n\nin the box"), (False, "Waited\n\nelsewhere\n\nin the box")],
)
def test_text_that_comes_back_into_the_box_goes_before_all_that_is_there(ada: User, known: bool, expected: str) -> None:
    version = drafts.save(ada, CODE, typed("elsewhere"))
    put = drafts.put_first(ada, CODE, "Waited", typed("in the box", version if known else 0))
    assert put.text == expected
    assert kept(ada) == expected


def test_text_comes_back_into_an_empty_box(ada: User) -> None:
    assert drafts.put_first(ada, CODE, "Waited", typed("")).text == "Waited"
    assert kept(ada) == "Waited"
