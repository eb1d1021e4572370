import logging

import pytest
from django.http import HttpRequest, HttpResponse
from pytest_django import Settings
from structlog.contextvars import get_contextvars

from chatsite.logs import NameRequest
from chatsite.request_id import DIGITS, RequestIdMiddleware, new_request_id


def test_numbers_are_short_and_rise_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = []
    for second in (1_795_000_000, 1_795_000_001, 1_795_000_060):
        monkeypatch.setattr("time.time_ns", lambda second=second: second * 1_000_000_000)
        numbers.append(new_request_id())
    assert numbers == sorted(numbers)
    for number in numbers:
        assert len(number) == 11
        assert number[5] == "-"
        assert set(number.replace("-", "")) <= set(DIGITS)


def test_numbers_of_one_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1)
    assert len({new_request_id() for _ in range(20)}) > 10


def test_the_answer_and_the_log_name_the_number() -> None:
    seen = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(get_contextvars(), id=request.id)  # type: ignore[attr-defined]
        return HttpResponse()

    response = RequestIdMiddleware(view)(HttpRequest())
    assert response["X-Request-ID"] == seen["request"] == seen["id"]
    assert "request" not in get_contextvars()


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, "0f9c2f7e5d3b4f6a8e1c", True),
        (1, "01JD7-QK2MX", True),
        (0, "01JD7-QK2MX", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "two words and more", False),
        (1, "line\nbreak-12345", False),
    ],
)
def test_a_number_is_taken_over_from_a_declared_proxy_only(
    settings: Settings, proxies: int, given: str, is_taken: bool
) -> None:
    settings.CHATSITE_TRUSTED_PROXIES = proxies
    request = HttpRequest()
    request.META["HTTP_X_REQUEST_ID"] = given
    response = RequestIdMiddleware(lambda request: HttpResponse())(request)
    assert (response["X-Request-ID"] == given) == is_taken


def test_lines_of_django_name_it_too() -> None:
    request = HttpRequest()
    request.id = "01JD7-QK2MX"  # type: ignore[attr-defined]
    record = logging.makeLogRecord({"msg": "Not Found", "request": request})
    assert NameRequest().filter(record)
    assert record.of_request == " request='01JD7-QK2MX'"


def test_other_lines_stay_as_they_are() -> None:
    record = logging.makeLogRecord({"msg": "started"})
    assert NameRequest().filter(record)
    assert record.of_request == ""
