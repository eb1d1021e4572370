"""An answer as text that a model can read; pure."""

from __future__ import annotations

import html
import json
import re

import nh3

MOST_REWRITTEN = 256 * 1024  # bytes that are made shorter; of more only the beginning is used anyway
_TEXTS = ("application/javascript", "application/x-javascript", "application/x-www-form-urlencoded", "application/xml")
_BLOCKS = re.compile(
    r"(?i)<(?=/?(?:address|article|aside|blockquote|br|dd|div|dl|dt|footer|form|h[1-6]|header|hr|li|main|nav|ol|option|p"
    r"|pre|section|table|td|th|title|tr|ul)\b)"
)
_UNREAD = {"script", "style", "template", "noscript", "svg"}
_CHARSETS = re.compile(
    r"utf-?8|utf-16(le|be)?|us-ascii|gb2312|gbk|gb18030|big5|iso-8859-(\d|1[013456])|windows-125\d|koi8-r|shift_jis|euc-(jp|kr)"
)
_BLANKS, _LINES = re.compile(r"[ \t\r\f\v\u00a0]+"), re.compile(r"\s*\n\s*")


class NotText(ValueError):
    """Bytes that no text can be made of; `kind` is what the server calls them."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind or "unknown")
        self.kind = kind


def text_of(body: bytes, media_type: str, charset: str) -> str:
    """JSON without its white space, of a page what there is to read, other text as it is. Raises NotText."""
    if not body:
        return ""
    if not _may_be_text(media_type) or b"\0" in body[:8192]:
        raise NotText(media_type)
    text = body.decode(_known(charset), "replace")
    if len(body) > MOST_REWRITTEN:
        text = text[:MOST_REWRITTEN] if _is_page(media_type) else text
    elif _is_json(media_type, text):
        return _compact(text)
    return _readable(text) if _is_page(media_type) else text.strip()


def _may_be_text(media_type: str) -> bool:
    return (
        not media_type
        or media_type.startswith("text/")
        or media_type.endswith(("json", "+xml"))
        or media_type in _TEXTS
    )


def _is_page(media_type: str) -> bool:
    return media_type in ("text/html", "application/xhtml+xml")


def _is_json(media_type: str, text: str) -> bool:
    return media_type.endswith("json") or (not media_type and text.lstrip().startswith(("{", "[")))


def _compact(text: str) -> str:
    """What is no JSON, or too deep to be read, stays as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        return text.strip()


def _readable(page: str) -> str:
    plain = nh3.clean(_BLOCKS.sub("\n<", page), tags=set(), clean_content_tags=_UNREAD)
    return _LINES.sub("\n", _BLANKS.sub(" ", html.unescape(plain))).strip()


def _known(charset: str) -> str:
    """An encoding that texts come in; Python knows others, some of which take their time."""
    return charset if _CHARSETS.fullmatch(charset) else "utf-8"
