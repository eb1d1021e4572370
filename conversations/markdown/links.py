"""Which addresses become links, and where a bare address in running text begins and ends."""

import re
from collections.abc import Iterator
from html import escape as quote

_ALLOWED = re.compile(r"(?:https?://[^\s/?#\\]|mailto:[^\s?])", re.IGNORECASE)

# A bare address is ASCII only: Chinese prose follows an address without a space, and none of it belongs to the link.
_BARE = re.compile(
    r"(?<![A-Za-z0-9])(?:https?://|www\.)[A-Za-z0-9\[][!#-;=?-\[\]_a-z~]*+"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}+@(?:[A-Za-z0-9-]{1,63}+\.){1,8}[A-Za-z]{2,24}+(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_TRAILING = "?!.,:;*_~'\"]"


def allowed(address: str) -> bool:
    """Say whether this (normalized) address may be a link: http, https or mailto, with something behind."""
    return _ALLOWED.match(address) is not None


def opening(address: str, title: str = "") -> str:
    """Return the opening tag of a link that leaves the site; the allow-list adds `rel`."""
    titled = f' title="{quote(title)}"' if title else ""
    return f'<a href="{quote(address)}"{titled} target="_blank">'


def bare_links(text: str) -> Iterator[tuple[str, str]]:
    """Yield the text in pieces, each with its address, which is empty where no bare address stands."""
    if "://" not in text and "@" not in text and "ww." not in text.lower():
        yield text, ""
        return
    start = 0
    for found in _BARE.finditer(text):
        shown = _trimmed(found.group())
        address = _address(shown)
        if not allowed(address):
            continue
        if found.start() > start:
            yield text[start : found.start()], ""
        yield shown, address
        start = found.start() + len(shown)
    if start < len(text):
        yield text[start:], ""


def _trimmed(address: str) -> str:
    """Leave to the sentence what closes it: punctuation, and brackets that were not opened within the address."""
    surplus = address.count(")") - address.count("(")
    end = len(address)
    while end:
        last = address[end - 1]
        if last == ")" and surplus > 0:
            surplus -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return address[:end]


def _address(shown: str) -> str:
    if "://" in shown[:8]:
        return shown
    return f"mailto:{shown}" if "@" in shown and not shown.lower().startswith("www.") else f"http://{shown}"
