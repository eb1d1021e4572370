"""Cards of three versions, and files that only look like one."""

from __future__ import annotations

import base64
import json
import struct
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import characters
from conversations.characters import CardError, NoCard, TooDeep, TooLong, Unreadable
from conversations.characters.png import SIGNATURE
from tests.characters.files import CAPTAIN, as_json, as_png, card, chunk, with_card
from tests.imaging.files import photograph


def read(file: BytesIO) -> characters.Card:
    return characters.read(file)[0]


class TestACard:
    @pytest.mark.parametrize("version", [1, 2, 3])
    def test_of_each_version_says_who_the_character_is(self, version: int) -> None:
        found = read(as_json(card(version)))
        assert found.version == version
        assert (found.name, found.greeting) == ("Captain Elsa", CAPTAIN["first_mes"])
        assert found.bot_info == (
            "{{char}} has sailed the North Sea for thirty years.\n\nPersonality: patient, dry\n\n"
            "Scenario: A quiet night on the bridge.\n\nNever break character."
        )
        assert found.dialogue == CAPTAIN["mes_example"]
        assert found.tags == (("sea", "calm") if version > 1 else ())

    def test_keeps_what_has_no_place_here(self) -> None:
        kept = read(as_json(card(2, extra=[1, {"a": None}]))).kept
        assert set(kept) == {"creator", "alternate_greetings", "extensions", "character_book", "extra"}
        assert kept["character_book"] == CAPTAIN["character_book"]

    def test_keeps_a_known_field_that_is_no_text(self) -> None:
        found = read(as_json(card(2, personality={"kind": "odd"})))
        assert found.kept["personality"] == {"kind": "odd"}
        assert "odd" not in found.bot_info

    def test_of_version_3_goes_by_its_nickname(self) -> None:
        assert read(as_json(card(3, nickname="Elsa"))).name == "Elsa"

    def test_in_chinese_has_chinese_heads(self) -> None:
        found = read(as_json({"name": "船长", "description": "一位老水手。", "personality": "沉稳"}))
        assert found.bot_info == "一位老水手。\n\n性格：沉稳"

    def test_in_a_picture_is_read_and_the_better_one_of_two(self) -> None:
        file = as_png(
            ("chara", base64.b64encode(json.dumps(card(2, name="Old")).encode())),
            ("ccv3", base64.b64encode(json.dumps(card(3, name="New")).encode())),
        )
        found, is_picture = characters.read(file)
        assert (found.name, found.version, is_picture) == ("New", 3, True)

    def test_keyword_may_be_in_capitals(self) -> None:
        assert read(with_card(card(2), "Chara")).name == "Captain Elsa"

    def test_with_a_mark_before_its_json_is_read(self) -> None:
        assert read(BytesIO(b"\xef\xbb\xbf" + json.dumps(card()).encode())).name == "Captain Elsa"

    def test_loses_what_no_database_can_keep(self) -> None:
        found = read(as_json(card(2, name="El\x00sa\ud800", extra={"a\x00": ["\x00b"]})))
        assert found.name == "Elsa"
        assert found.kept["extra"] == {"a": ["b"]}


HOSTILE: dict[str, tuple[bytes, type[CardError]]] = {
    "nothing": (b"", NoCard),
    "a script": (b"<script>alert(1)</script>", NoCard),
    "a drawing with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', NoCard),
    "a photograph": (photograph(), NoCard),
    "a picture without a card": (as_png().getvalue(), NoCard),
    "a list": (b"[1, 2]", NoCard),
    "another object": (b'{"name": "x"}', NoCard),
    "a name that is none": (json.dumps(card(name=["x"])).encode(), NoCard),
    "no more JSON than its beginning": (b'{"name": ', Unreadable),
    "no UTF-8": (b'{"name": "\xff"}', Unreadable),
    "a number that is none": (b'{"name": "a", "description": "b", "x": NaN}', Unreadable),
    "a number without an end": (b'{"name": "a", "description": "b", "x": 1e999}', Unreadable),
    "ten thousand objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, TooDeep),
    "forty-one lists": (b'{"name": "a", "description": "b", "x": ' + b"[" * 41 + b"]" * 41 + b"}", TooDeep),
    "a long one": (json.dumps(card(description="x" * characters.MOST_BYTES)).encode(), TooLong),
    "a long one in a picture": (with_card(card(description="x" * characters.MOST_BYTES)).getvalue(), TooLong),
    "a picture cut off": (with_card(card()).getvalue()[:60], Unreadable),
    "base64 that is none": (as_png(("chara", b"!")).getvalue(), Unreadable),
    "a piece longer than the file": (SIGNATURE + chunk(b"tEXt", b"chara\0e30=", 2**31 - 1), Unreadable),
    "pieces without an end": (SIGNATURE + chunk(b"teSt", b"") * 10_001, Unreadable),
    "half a head": (SIGNATURE + b"\0\0", Unreadable),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_card_is_refused(name: str) -> None:
    data, error = HOSTILE[name]
    with pytest.raises(error):
        characters.read(BytesIO(data))


def test_of_a_huge_picture_nothing_but_its_heads_is_read() -> None:
    class Counting(BytesIO):
        count = 0

        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    data = b"\0" * 5_000_000
    file = Counting(SIGNATURE + struct.pack(">I", len(data)) + b"IDAT" + data + b"\0\0\0\0" + chunk(b"IEND", b""))
    with pytest.raises(NoCard):
        characters.read(file)
    assert file.count < 100


@given(st.binary(max_size=200))
def test_any_bytes_are_a_card_or_refused(data: bytes) -> None:
    for file in (BytesIO(data), BytesIO(SIGNATURE + data), as_png(("chara", data))):
        with pytest.raises(CardError):
            characters.read(file)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_in_any_field_is_text_or_kept(value: Any) -> None:
    found = read(as_json(card(2, scenario=value, whatever=value)))
    assert json.loads(json.dumps(found.kept)) == found.kept
    assert isinstance(found.bot_info, str)
