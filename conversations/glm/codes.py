"""GLM's business codes and HTTP statuses as data: what to tell a person, how often to try, what else helps.

https://docs.bigmodel.cn/cn/api/api-code and https://docs.z.ai/api-reference/api-code; the business code
decides, not the HTTP status: 429 also stands for an empty balance and an expired plan.
"""

from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """What to tell a person. The words themselves are written elsewhere, in their language."""

    KEY = "key"
    """The key is wrong or missing; only an administrator can help."""
    MONEY = "money"
    """The balance or the resource package is empty."""
    ACCOUNT = "account"
    """The account or its plan is locked, expired or restricted."""
    BUSY = "busy"
    """Too many of our own requests at once; a place in the queue helps."""
    OVERLOADED = "overloaded"
    """The model has too much to do for everybody; another may not."""
    PAUSED_UNTIL = "paused_until"
    """A quota is used up until `resets_at`, when GLM told it."""
    TOO_LONG = "too_long"
    """The conversation does not fit into the model's window."""
    MODEL_GONE = "model_gone"
    """The model does not exist or was retired."""
    NOT_ALLOWED = "not_allowed"
    """The account may not use this model or interface."""
    REFUSED = "refused"
    """GLM's moderation refused."""
    UNREACHABLE = "unreachable"
    """Nobody answered, or something in between did."""
    TIMEOUT = "timeout"
    """No answer in time."""
    DISTURBED = "disturbed"
    """GLM's own failure."""
    REQUEST = "request"
    """GLM did not understand what we sent: our mistake."""


class Pace(Enum):
    """How long to wait before another attempt."""

    AT_ONCE = "at_once"
    BACK_OFF = "back_off"
    """Half a second, doubling."""
    QUEUE = "queue"
    """One second, doubling: requests in flight must end first."""


class Remedy(Enum):
    """What may help beside sending the same again."""

    NONE = "none"
    TRIM = "trim"
    """Shorten the history and send once more."""
    NEW_ID = "new_id"
    """Send once more under a new `request_id`."""
    FALLBACK = "fallback"
    """Offer another model."""
    AT_RESET = "at_reset"
    """Come back when the quota is new."""


class Closes(Enum):
    """What must not be asked for the same reason again until something has changed."""

    NOTHING = "nothing"
    MODEL = "model"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Rule:
    """The reaction to one code. `retry_count`: how often the same may be sent again before the first delta."""

    kind: Kind
    retry_count: int = 0
    pace: Pace = Pace.BACK_OFF
    remedy: Remedy = Remedy.NONE
    is_not_taken: bool = False
    """GLM turned it away at the door: it has certainly not begun the work."""
    closes: Closes = Closes.NOTHING
    is_alarming: bool = False
    """Only an administrator can help."""
    narrows: bool = False
    """More requests were at work than the account may have: fewer must be from now on."""


KEY = Rule(Kind.KEY, closes=Closes.ACCOUNT, is_alarming=True)
ACCOUNT = Rule(Kind.ACCOUNT, closes=Closes.ACCOUNT, is_alarming=True)
MONEY = Rule(Kind.MONEY, closes=Closes.ACCOUNT, is_alarming=True)
REQUEST = Rule(Kind.REQUEST)
NOT_ALLOWED = Rule(Kind.NOT_ALLOWED, closes=Closes.MODEL, is_alarming=True)
REFUSED = Rule(Kind.REFUSED)
BUSY = Rule(Kind.BUSY, 4, Pace.QUEUE, is_not_taken=True, narrows=True)
OVERLOADED = Rule(Kind.OVERLOADED, 3, remedy=Remedy.FALLBACK, is_not_taken=True)
PAUSED = Rule(Kind.PAUSED_UNTIL, remedy=Remedy.AT_RESET, closes=Closes.MODEL)
TOO_LONG = Rule(Kind.TOO_LONG, remedy=Remedy.TRIM)
MODEL_GONE = Rule(Kind.MODEL_GONE, remedy=Remedy.FALLBACK)
DISTURBED = Rule(Kind.DISTURBED, 2)
UNREACHABLE = Rule(Kind.UNREACHABLE, 2)
NOT_CONNECTED = Rule(Kind.UNREACHABLE, 2, is_not_taken=True)
TIMEOUT = Rule(Kind.TIMEOUT)

CODES: dict[str, Rule] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1005"), KEY),
    **dict.fromkeys(("1110", "1111", "1112", "1121", "1309", "1313", "1314", "1315"), ACCOUNT),
    "1100": replace(DISTURBED, retry_count=1),
    "1113": MONEY,
    "1120": replace(DISTURBED, retry_count=1, pace=Pace.QUEUE),
    **dict.fromkeys(("500", "1200", "1230", "1234"), DISTURBED),
    **dict.fromkeys(("1210", "1212", "1213", "1215"), REQUEST),
    "1211": MODEL_GONE,
    # Every prompt is put into GLM's order before it is sent, so the same once more would be refused once more.
    "1214": REQUEST,
    **dict.fromkeys(("1220", "1221", "1222"), NOT_ALLOWED),
    "1231": Rule(Kind.REQUEST, 1, Pace.AT_ONCE, Remedy.NEW_ID),
    "1261": TOO_LONG,
    **dict.fromkeys(("1300", "1301"), REFUSED),
    **dict.fromkeys(("1302", "1303"), BUSY),
    "1701": replace(BUSY, narrows=False),  # of the search, which counts for itself
    **dict.fromkeys(("1304", "1308", "1310", "1316", "1317", "1318", "1319", "1320", "1321"), PAUSED),
    "1305": OVERLOADED,
    "1311": Rule(Kind.NOT_ALLOWED, remedy=Remedy.FALLBACK),
    "1312": Rule(Kind.OVERLOADED, remedy=Remedy.FALLBACK),
    **dict.fromkeys(("1702", "1703"), Rule(Kind.DISTURBED)),
    # Room for knowledge has run out; conversations go on.
    **dict.fromkeys(("10001", "10002"), Rule(Kind.NOT_ALLOWED, is_alarming=True)),
    # Words instead of numbers: GLM's Responses interface and servers of the same protocol.
    "context_length_exceeded": TOO_LONG,
    "insufficient_quota": MONEY,
    "content_filter": REFUSED,
    "invalid_api_key": KEY,
    "model_not_found": MODEL_GONE,
    "rate_limit_exceeded": BUSY,
}

STATUSES: dict[int, Rule] = {
    401: KEY,
    402: MONEY,
    403: NOT_ALLOWED,
    404: MODEL_GONE,
    408: Rule(Kind.TIMEOUT, 1),
    409: replace(DISTURBED, retry_count=1),
    413: TOO_LONG,
    429: BUSY,
    434: NOT_ALLOWED,
    502: UNREACHABLE,
    503: replace(OVERLOADED, retry_count=2, is_not_taken=False),
    504: UNREACHABLE,
}


def rule_for(code: str | None, status: int | None, *, overflow: bool = False) -> Rule:
    """The reaction to an error answer.

    `overflow`: the message speaks of too many tokens, which GLM reports as 1210, "parameter wrong". A code
    that nobody has documented keeps its status' kind and is not retried on a 4xx: a blind retry of a 429
    would hammer an account whose plan has ended.
    """
    if overflow and (code == "1210" or (code not in CODES and status == 400)):
        return TOO_LONG
    if code in CODES:
        return CODES[code]
    rule = _by_status(int(code) if code and code.isdecimal() and len(code) == 3 else status)
    is_plain = code is None or not code.isdecimal() or len(code) == 3
    return rule if is_plain or (status or 0) >= 500 else Rule(rule.kind)


def _by_status(status: int | None) -> Rule:
    if status in STATUSES:
        return STATUSES[status]
    return REQUEST if status is not None and 400 <= status < 500 else DISTURBED
