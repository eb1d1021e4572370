"""Bodies of errors → what to tell, what to do, and nothing that must not be told."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from conversations.glm import AnswerError, ContentRefused, FilterLevel, GlmError, Kind, ProtocolError, Remedy, errors
from conversations.glm.codes import CODES, DISTURBED, Pace, rule_for
from conversations.glm.errors import RAW_LIMIT, from_body, scrubbed

KEY = "a1b2c3d4e5f6.s3cr3ts3cr3t"


def body(code: object, message: str = "…", **more: object) -> str:
    return json.dumps({"error": {"code": code, "message": message}, **more}, ensure_ascii=False)


class TestCodes:
    @pytest.mark.parametrize(
        ("status", "code", "kind", "retries", "remedy"),
        [
            (500, "500", Kind.DISTURBED, 2, Remedy.NONE),
            (401, "1000", Kind.KEY, 0, Remedy.NONE),
            (401, "1003", Kind.KEY, 0, Remedy.NONE),
            (429, "1112", Kind.ACCOUNT, 0, Remedy.NONE),
            (429, "1113", Kind.MONEY, 0, Remedy.NONE),
            (400, "1210", Kind.REQUEST, 0, Remedy.NONE),
            (400, "1211", Kind.MODEL_GONE, 0, Remedy.FALLBACK),
            (400, "1214", Kind.REQUEST, 0, Remedy.NONE),
            (403, "1220", Kind.NOT_ALLOWED, 0, Remedy.NONE),
            (400, "1231", Kind.REQUEST, 1, Remedy.NEW_ID),
            (500, "1234", Kind.DISTURBED, 2, Remedy.NONE),
            (400, "1261", Kind.TOO_LONG, 0, Remedy.TRIM),
            (400, "1301", Kind.REFUSED, 0, Remedy.NONE),
            (429, "1302", Kind.BUSY, 4, Remedy.NONE),
            (429, "1304", Kind.PAUSED_UNTIL, 0, Remedy.AT_RESET),
            (429, "1305", Kind.OVERLOADED, 3, Remedy.FALLBACK),
            (429, "1309", Kind.ACCOUNT, 0, Remedy.NONE),
            (429, "1310", Kind.PAUSED_UNTIL, 0, Remedy.AT_RESET),
            (429, "1311", Kind.NOT_ALLOWED, 0, Remedy.FALLBACK),
            (429, "1312", Kind.OVERLOADED, 0, Remedy.FALLBACK),
        ],
    )
    def test_the_business_code_decides(self, status: int, code: str, kind: Kind, retries: int, remedy: Remedy) -> None:
        error = from_body(body(code), status)
        assert (error.code, error.http_status) == (code, status)
        assert (error.kind, error.rule.retry_count, error.remedy) == (kind, retries, remedy)

    @pytest.mark.parametrize("code", ["1113", "1309", "1310", "1313"])
    def test_an_empty_account_is_never_asked_again(self, code: str) -> None:
        assert from_body(body(code), 429).rule.retry_count == 0

    @pytest.mark.parametrize(
        ("status", "kind", "retries"),
        [
            (400, Kind.REQUEST, 0),
            (401, Kind.KEY, 0),
            (402, Kind.MONEY, 0),
            (403, Kind.NOT_ALLOWED, 0),
            (404, Kind.MODEL_GONE, 0),
            (408, Kind.TIMEOUT, 1),
            (413, Kind.TOO_LONG, 0),
            (422, Kind.REQUEST, 0),
            (429, Kind.BUSY, 4),
            (500, Kind.DISTURBED, 2),
            (503, Kind.OVERLOADED, 2),
            (504, Kind.UNREACHABLE, 2),
        ],
    )
    def test_without_a_code_the_status_decides(self, status: int, kind: Kind, retries: int) -> None:
        error = from_body('{"error":{"message":"…"}}', status)
        assert (error.kind, error.rule.retry_count) == (kind, retries)
        assert from_body(body(str(status)), status).kind is kind

    def test_a_code_nobody_documented_is_not_repeated_on_a_429(self) -> None:
        error = from_body(body("1399"), 429)
        assert (error.kind, error.rule.retry_count) == (Kind.BUSY, 0)

    def test_a_code_nobody_documented_is_repeated_on_a_500(self) -> None:
        assert from_body(body("1999"), 500).rule.retry_count == 2

    @pytest.mark.parametrize("message", ["Requested token count exceeds the limit", "上下文长度超出限制"])
    def test_an_overflow_hides_behind_parameters_wrong(self, message: str) -> None:
        error = from_body(body("1210", message), 400)
        assert (error.kind, error.remedy) == (Kind.TOO_LONG, Remedy.TRIM)

    def test_other_wrong_parameters_are_ours(self) -> None:
        assert from_body(body("1210", "temperature 参数超出范围"), 400).kind is Kind.REQUEST

    def test_only_turned_away_requests_are_surely_not_taken(self) -> None:
        taken = {code: rule_for(code, None).is_not_taken for code in ("1302", "1303", "1305", "1234", "500", "1312")}
        assert [code for code, is_not_taken in taken.items() if is_not_taken] == ["1302", "1303", "1305"]

    def test_every_rule_that_repeats_has_few_attempts(self) -> None:
        assert all(rule.retry_count <= 4 for rule in CODES.values())
        assert {code for code, rule in CODES.items() if rule.pace is Pace.AT_ONCE} == {"1231"}


class TestShapes:
    def test_the_code_may_be_a_number(self) -> None:
        assert from_body(body(1302), 429).code == "1302"

    def test_the_code_may_stand_outside(self) -> None:
        error = from_body('{"code":401,"msg":"token expired","success":false}', 200)
        assert (error.code, error.kind) == ("401", Kind.KEY)

    def test_the_error_may_be_a_string(self) -> None:
        assert from_body('{"error":"model not loaded"}', 503).kind is Kind.OVERLOADED

    def test_other_servers_say_object_error(self) -> None:
        text = '{"object":"error","message":"maximum context length is 8","type":"BadRequestError","code":400}'
        assert from_body(text, 400).kind is Kind.TOO_LONG

    def test_the_request_id_may_stand_beside_the_error(self) -> None:
        assert from_body(body("1234", request_id="r1"), 500).request_id == "r1"

    @pytest.mark.parametrize("name", ["contentFilter", "content_filter"])
    def test_refused_content_says_which_side(self, name: str) -> None:
        more: dict[str, Any] = {name: [{"level": 1, "role": "user"}]}
        error = from_body(body("1301", **more), 400)
        assert isinstance(error, ContentRefused)
        assert error.content_filter == (FilterLevel("user", 1),)

    def test_refused_content_may_say_nothing(self) -> None:
        error = from_body(body("1300"), 400)
        assert isinstance(error, ContentRefused)
        assert error.content_filter == ()

    @pytest.mark.parametrize(("status", "retries"), [(403, 0), (405, 0), (502, 2), (504, 2), (302, 0), (200, 0)])
    def test_a_page_of_something_in_between_is_unreachable(self, status: int, retries: int) -> None:
        error = from_body("<html>504</html>", status)
        assert isinstance(error, ProtocolError)
        assert (error.kind, error.rule.retry_count, error.raw) == (Kind.UNREACHABLE, retries, "<html>504</html>")

    @pytest.mark.parametrize(("status", "kind"), [(401, Kind.KEY), (413, Kind.TOO_LONG), (429, Kind.BUSY)])
    def test_some_pages_mean_what_their_status_says(self, status: int, kind: Kind) -> None:
        assert from_body("<html>nginx</html>", status).kind is kind

    def test_an_unknown_path_is_no_missing_model(self) -> None:
        assert from_body('{"detail":"Not Found"}', 404).kind is Kind.UNREACHABLE

    def test_an_empty_body_leaves_the_status(self) -> None:
        assert from_body(" ", 503).kind is Kind.OVERLOADED


class TestResets:
    def test_the_time_is_china_s(self) -> None:
        error = from_body(body("1308", "使用上限，将在 2026-11-20 18:30:00 重置"), 429)
        assert error.resets_at == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)

    @pytest.mark.parametrize("message", ["later", "2026-13-45 99:00:00"])
    def test_without_a_time_it_is_unknown(self, message: str) -> None:
        assert from_body(body("1310", message), 429).resets_at is None

    def test_other_errors_have_none(self) -> None:
        assert from_body(body("1234", "2026-11-20 18:30:00"), 500).resets_at is None


class TestSecrets:
    def test_the_key_is_taken_out_of_what_the_server_echoed(self) -> None:
        error = from_body(body("1000", f"bad key {KEY}, secret s3cr3ts3cr3t"), 401)
        error.locate(http_status=401, log_id="L", request_id="R", secret=KEY)
        assert "s3cr3t" not in error.raw
        assert error.raw.count("[key]") == 2

    def test_without_a_key_nothing_is_taken_out(self) -> None:
        assert scrubbed("text", None) == "text"

    def test_a_short_part_is_left_so_that_the_text_stays_readable(self) -> None:
        assert scrubbed("a b c", "sandbox.b") == "a b c"

    def test_upstream_words_are_not_part_of_the_exception(self) -> None:
        error = from_body(body("1301", "the prompt said XYZZY"), 400)
        assert "XYZZY" not in f"{error} {error!r}"
        assert "XYZZY" in error.raw

    def test_the_raw_body_is_bounded(self) -> None:
        assert len(from_body("x" * 200_000, 502).raw) == RAW_LIMIT


def test_the_text_names_the_facts() -> None:
    error = from_body(body("1302"), 429)
    error.locate(http_status=429, log_id="L1", request_id="R1", secret=None)
    assert str(error) == "GLM answered with an error: busy (code 1302, HTTP 429, log id L1, request id R1)"


def test_locating_keeps_what_is_known() -> None:
    error = from_body(body("1234", request_id="theirs"), 500)
    error.locate(http_status=200, log_id="L", request_id="ours", secret=None)
    assert (error.http_status, error.request_id) == (500, "theirs")


def test_an_error_without_facts_is_its_sentence() -> None:
    assert str(GlmError("no connection")) == "no connection"
    assert GlmError("x").rule is DISTURBED


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    told = [line.strip("│├└─ ").split()[0] for line in (errors.__doc__ or "").splitlines() if "─" in line]
    found = [each.__name__ for each in vars(errors).values() if isinstance(each, type) and issubclass(each, GlmError)]
    assert sorted(told) == sorted(name for name in found if name != "GlmError")
    assert isinstance(from_body(body("1"), 400), AnswerError)
