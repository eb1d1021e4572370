"""The largest, the emptiest and the oddest that people and GLM send: refused in words, or through and back unharmed."""

import re
import uuid
from html import unescape
from html.parser import HTMLParser
from http import HTTPStatus

import httpx
import pytest

from tests.served.follower import SECONDS, Tab, reloaded
from tests.served.site import Site, Visitor, hexed
from tests.waiting import eventually

pytestmark = pytest.mark.served

ECHO = "sandbox-echo"
END = "here it ends"
LINE = "".join(f"{number:06d} " for number in range(15_000))[: 100_000 - len(END)] + END
LAST_OF_HUGE = 9_217
BOX = re.compile(r'(?s)<textarea[^>]*name="text"[^>]*>\n?(.*?)</textarea>')
HARMLESS_TAGS = {
    *("article", "div", "p", "h2", "a", "span", "section", "footer", "form", "input", "button", "svg", "use"),
    *(
        "local-time",
        "time",
        "copy-button",
        "stick-to-bottom",
        "quote-button",
        "elapsed-time",
        "entry-days",
        "pre",
        "code",
        "em",
        "strong",
        "del",
        "hr",
        "br",
    ),
    *("ul", "ol", "li", "blockquote", "sup", "table", "thead", "tbody", "tr", "th", "td", "page-title", "h1", "i"),
    *(
        "figure",
        "figcaption",
        "math",
        "mrow",
        "mi",
        "mo",
        "mn",
        "mtext",
        "mstyle",
        "semantics",
        "annotation",
        "details",
        "summary",
        "bdi",
        "label",
        "select",
        "option",
    ),
}


def stored(site: Site, code: str) -> int:
    return len(site.rows("SELECT 1 FROM conversations_conversation WHERE code = ?", hexed(code)))


def typed(answer: httpx.Response) -> str:
    """What the box for a message holds."""
    found = BOX.search(answer.text)
    assert found is not None, answer.text[:1000]
    return unescape(found[1])


def sent_by_form(visitor: Visitor, text: str, code: str) -> httpx.Response:
    """As a page without script sends it: the answer is a page."""
    return visitor.post(f"/c/{code}/messages/", text=text, model=ECHO, client_key=str(uuid.uuid4()))


def echoed(visitor: Visitor, text: str) -> str:
    """The text sent through to GLM and back: what the copy of the reply holds."""
    code = visitor.send(text, ECHO)
    assert visitor.site.turn_states(code) == ["completed"]
    copies = re.findall(rf'href="(/c/{code}/messages/[^"]+\.md)"', visitor.page(code))
    return visitor.http.get(copies[-1]).text


def answered(visitor: Visitor) -> Tab:
    """The page of a conversation with one question and its reply."""
    code = visitor.send("Hello", ECHO)
    visitor.site.turn_states(code)
    return Tab(visitor, code)


class TestRefused:
    @pytest.mark.parametrize("letter", ["x", "字"], ids=["latin", "chinese"])
    def test_a_prompt_of_a_megabyte_is_refused_and_kept(self, ann: Visitor, letter: str) -> None:
        text = letter * (1_000_000 // len(letter.encode()))
        code = str(uuid.uuid4())
        answer = sent_by_form(ann, text, code)
        assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert f"The message has {len(text):,} characters; 200,000 characters are possible." in answer.text
        assert typed(answer) == text
        assert stored(ann.site, code) == 0

    def test_a_script_that_sends_a_megabyte_gets_the_words_alone(self, ann: Visitor) -> None:
        answer = ann.ask("x" * 1_000_000, ECHO, str(uuid.uuid4()))
        assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        assert "The message has 1,000,000 characters" in answer.text
        assert len(answer.content) < 2_000

    @pytest.mark.parametrize("text", ["", "   \n\t  ", "\u3000\u00a0", "\x00\x01\x7f\x85"])
    def test_nothing_is_no_message(self, ann: Visitor, text: str) -> None:
        code = str(uuid.uuid4())
        answer = sent_by_form(ann, text, code)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "The message is empty. Nothing was sent." in answer.text
        assert stored(ann.site, code) == 0


class TestThereAndBack:
    @pytest.mark.parametrize(
        ("text", "comes_back"),
        [
            ("a\x00b\x07c\x1bd\x7fe\x85f", "abcde\nf"),
            ("one\r\ntwo\rthree", "one\ntwo\nthree"),
            ("שלום עולם, مرحبا بالعالم \u202eabc\u202c", "שלום עולם, مرحبا بالعالم \u202eabc\u202c"),
            ("👩‍🚀 🏳️‍🌈 🇨🇳 é 𠮷 \u2028 end", "👩‍🚀 🏳️‍🌈 🇨🇳 é 𠮷 \u2028 end"),
        ],
        ids=["control characters", "line breaks", "right to left", "emoji"],
    )
    def test_odd_characters(self, ann: Visitor, text: str, comes_back: str) -> None:
        assert echoed(ann, text) == comes_back

    def test_a_line_of_100_000_characters(self, ann: Visitor) -> None:
        tab = answered(ann)
        with tab.online() as follower:
            ann.send(LINE, ECHO, tab.code)
            eventually(lambda: follower.text.count(END) >= 2, SECONDS)
            ann.site.turn_states(tab.code)
        assert tab.shown.text().count(LINE) == 2
        assert reloaded(ann, tab.code).text().count(LINE) == 2

    def test_a_reply_of_two_megabytes(self, ann: Visitor) -> None:
        tab = answered(ann)
        with tab.online() as follower:
            ann.send("On and on", "sandbox-huge", tab.code)
            assert ann.site.turn_states(tab.code)[-1] == "completed"
            follower.until("500,000 out")
        fresh = reloaded(ann, tab.code).text()
        numbers = [int(number) for number in re.findall(r"\b(\d{6}) The", fresh)]
        assert numbers == list(range(1, LAST_OF_HUGE + 1))
        assert tab.shown.text() == fresh


class Tags(HTMLParser):
    """Collects what could act: elements, addresses and handlers."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.odd: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HARMLESS_TAGS:
            self.odd.append(tag)
        self.odd += [f"{tag} {name}={value}" for name, value in attrs if _acts(tag, name, value or "")]


def _acts(tag: str, name: str, value: str) -> bool:
    if name.startswith("on") or name in ("style", "srcdoc", "src"):
        return True
    if name.startswith("hx-"):
        return "hostile" in value or "sign-out" in value
    return name in ("href", "action") and not re.match(r"/|#|https?://", value) and tag != "use"


def transcript(page: str) -> str:
    found = re.search(r"(?s)<stick-to-bottom.*</stick-to-bottom>", page)
    assert found is not None
    return found.group()


class TestHostile:
    def test_a_reply_comes_out_as_text_on_the_socket_and_on_the_page(self, ann: Visitor) -> None:
        tab = answered(ann)
        with tab.online() as follower:
            ann.send("Be bad", "sandbox-hostile", tab.code)
            follower.until("Hostile text ends here.")
            ann.site.turn_states(tab.code)
        assert Tags("".join(follower.frames)).odd == []
        assert Tags(transcript(ann.page(tab.code))).odd == []

    def test_a_question_and_its_title_come_out_as_text(self, ann: Visitor) -> None:
        trick = '"><script>hostile()</script><img src=x onerror=hostile()>[x](javascript:hostile())<style>*{}</style>'
        code = ann.send(trick, ECHO)
        ann.site.turn_states(code)
        ann.post(f"/c/{code}/rename/", title=f"</title>{trick}")
        page = ann.page(code)
        assert Tags(transcript(page)).odd == []
        assert "<script>hostile" not in page
        assert "<img" not in page
        assert page.count("</title>") == 1
