import time
import uuid

import pytest

from conversations.codes import new_code


def test_no_two_codes_are_the_same() -> None:
    assert len({new_code() for _ in range(2000)}) == 2000


def test_codes_are_of_version_7() -> None:
    assert {(code.version, code.variant) for code in (new_code() for _ in range(200))} == {(7, uuid.RFC_4122)}


def test_codes_sort_by_the_millisecond_they_were_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [1, 1_700_000_000_000, 1_700_000_000_001, 2_000_000_000_000]
    codes = []
    for moment in moments:
        monkeypatch.setattr(time, "time_ns", lambda moment=moment: moment * 1_000_000)
        codes.append(new_code())
    assert codes == sorted(codes)
    assert [code.int >> 80 for code in codes] == moments
