"""What can go wrong with GLM.

GlmError
├── TransportError        no answer, or it stopped coming
│   ├── ConnectionFailed  no connection was made: GLM has surely not seen the request
│   ├── ConnectionLost    the connection broke between the request and the reply's beginning
│   └── TimedOut          connected, then silence for longer than allowed
├── AnswerError           GLM said no: an HTTP status of 400 or more, or an error object in a 200
│   └── ContentRefused    its moderation refused the prompt, the reply or the history
└── ProtocolError         an answer that is not GLM's: a firewall's page, a redirect, something else than JSON
    └── TooLarge          more than the limits allow

A reply that breaks off without an error is no exception: its `Finish` says so.

`kind` says what to tell a person, `rule` how often to try again and what else may help, `raw` is for the
administrator only. GLM's own message is never part of the exception's text: it is localised, changes, and
may quote the prompt.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

from .codes import DISTURBED, UNREACHABLE, Kind, Remedy, Rule, rule_for
from .lenient import filter_levels_of, mapping_of, name_of, parse_object, text_of
from .results import FilterLevel

RAW_LIMIT = 64 * 1024
OF_THE_DAY = "1304"

_BEIJING = timezone(timedelta(hours=8))
_RESET = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}")
_OVERFLOW = re.compile(
    r"(?is)token.{0,80}exceed|exceed.{0,80}token|maximum context length"
    r"|(?:token|上下文|长度).{0,40}超|超.{0,40}(?:token|上下文|长度)"
)
# Gateways answer these in plain text or HTML, and mean what the status says.
_PLAIN_STATUSES = frozenset({401, 413, 429})


class GlmError(Exception):
    """Base of everything that this package raises on behalf of GLM."""

    def __init__(
        self,
        what: str,
        *,
        rule: Rule = DISTURBED,
        code: str | None = None,
        http_status: int | None = None,
        request_id: str = "",
        content_filter: tuple[FilterLevel, ...] = (),
        resets_at: datetime | None = None,
        raw: str = "",
    ) -> None:
        super().__init__(what)
        self.rule = rule
        self.code = code
        self.http_status = http_status
        self.log_id = ""
        self.request_id = request_id
        self.content_filter = content_filter
        self.resets_at = resets_at
        self.raw = raw[:RAW_LIMIT]

    @property
    def kind(self) -> Kind:
        return self.rule.kind

    @property
    def remedy(self) -> Remedy:
        return self.rule.remedy

    @property
    def is_surely_not_taken(self) -> bool:
        """GLM has certainly not begun the work, so a paid job may be submitted again."""
        return self.rule.is_not_taken

    def locate(self, *, http_status: int | None, log_id: str, request_id: str, secret: str | None) -> None:
        """Add where it happened, as far as unknown, and take the key out of what the server echoed."""
        self.http_status = self.http_status or http_status
        self.log_id = self.log_id or log_id
        self.request_id = self.request_id or request_id
        self.raw = scrubbed(self.raw, secret)

    def __str__(self) -> str:
        facts = {
            "code": self.code,
            "HTTP": self.http_status,
            "log id": self.log_id,
            "request id": self.request_id,
        }
        told = ", ".join(f"{name} {value}" for name, value in facts.items() if value)
        return f"{self.args[0]} ({told})" if told else str(self.args[0])


class TransportError(GlmError):
    """No answer, or it stopped coming."""


class ConnectionFailed(TransportError):
    """No connection was made: GLM has surely not seen the request."""


class ConnectionLost(TransportError):
    """The connection broke between the request and the reply's beginning; later it is `Finish.BROKEN`."""


class TimedOut(TransportError):
    """Connected, then silence for longer than allowed."""


class AnswerError(GlmError):
    """GLM said no."""


class ContentRefused(AnswerError):
    """GLM's moderation refused; `content_filter` says which side, when GLM told."""


class ProtocolError(GlmError):
    """The answer is not GLM's. `raw` holds its beginning."""


class TooLarge(ProtocolError):
    """A line, a frame or the whole answer is larger than allowed."""

    def __init__(self, part: str, limit: int) -> None:
        super().__init__(f"{part} larger than {limit} bytes", rule=Rule(Kind.DISTURBED))


def error_in(value: Mapping[str, Any]) -> bool:
    """Whether a JSON object reports an error. Some of GLM's 200 bodies do, in three envelopes."""
    if value.get("error"):
        return True
    return "choices" not in value and (value.get("success") is False or value.get("object") == "error")


def from_value(value: Mapping[str, Any], raw: str, status: int | None = None) -> AnswerError:
    """The error that a JSON object reports: `error.code`, else `code`, else the HTTP status decides."""
    inner = value.get("error")
    body = inner if isinstance(inner, dict) else value
    code = name_of(body.get("code")) or name_of(body.get("type")) or None
    message = text_of(body.get("message")) or text_of(body.get("msg")) or text_of(inner)
    rule = rule_for(code, status, overflow=bool(_OVERFLOW.search(message)))
    kind = ContentRefused if rule.kind is Kind.REFUSED else AnswerError
    return kind(
        f"GLM answered with an error: {rule.kind.value}",
        rule=rule,
        code=code,
        http_status=status,
        request_id=name_of(value.get("request_id")) or name_of(body.get("request_id")),
        content_filter=filter_levels_of(value) or filter_levels_of(mapping_of(inner)),
        resets_at=_reset(code, message) if rule.kind is Kind.PAUSED_UNTIL else None,
        raw=raw,
    )


def from_body(body: str, status: int) -> GlmError:
    """The error of a whole answer that is no stream: JSON, else a page of something in between."""
    value = parse_object(body)
    if value is not None and (error_in(value) or (status >= 400 and status != 404)):
        return from_value(value, body, status)
    if status in _PLAIN_STATUSES or (status >= 400 and not body.strip()):
        return AnswerError(f"HTTP {status}", rule=rule_for(None, status), http_status=status, raw=body)
    rule = UNREACHABLE if status >= 500 else Rule(Kind.UNREACHABLE)
    return ProtocolError("the answer is not GLM's", rule=rule, http_status=status, raw=body)


def scrubbed(text: str, secret: str | None) -> str:
    """`text` without the key or the part of it after the dot."""
    if not secret:
        return text
    for part in (secret, secret.rpartition(".")[2]):
        text = text.replace(part, "[key]") if len(part) >= 6 else text
    return text


def _reset(code: str | None, message: str) -> datetime | None:
    """When a quota is new. That of a day is new at midnight in China, and says so nowhere."""
    return _reset_in(message) or (_next_midnight() if code == OF_THE_DAY else None)


def _next_midnight() -> datetime:
    tomorrow = datetime.now(_BEIJING).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), _BEIJING).astimezone(UTC)


def _reset_in(message: str) -> datetime | None:
    """The time of a quota's reset stands only inside the localised message, in China's time."""
    found = _RESET.search(message)
    if not found:
        return None
    try:
        moment = datetime.fromisoformat(found.group())
    except ValueError:
        return None
    return moment.replace(tzinfo=_BEIJING).astimezone(UTC)
