"""What both shells need to reach GLM: the address, the headers, whom to trust."""

import ssl

import httpx


def headers(key: str | None, language: str | None) -> dict[str, str]:
    """A key with odd characters would come back inside the message of an encoding error, so look first."""
    if not all(_is_plain(text) for text in (key or "", language or "")):
        raise ValueError("the API key or the language holds characters that no header can carry")
    found = {
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "chatsite",
    }
    if key:
        found["Authorization"] = f"Bearer {key}"
    if language:
        found["Accept-Language"] = language
    return found


def language_of(language: str) -> dict[str, str]:
    """The header that selects the language of error messages for one request."""
    return {"Accept-Language": language} if language and _is_plain(language) else {}


def trust(url: httpx.URL) -> ssl.SSLContext | None:
    """What httpx trusts, `SSL_CERT_FILE` included; reading it takes long enough to leave it out for plain HTTP."""
    return httpx.create_ssl_context() if url.scheme == "https" else None


def checked_url(base_url: str) -> httpx.URL:
    """The address as a value; raises ValueError for what cannot be one, without repeating it."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise ValueError("the base address is no URL") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query:
        raise ValueError("the base address is http(s)://host[:port][/path], without a name, key or query in it")
    return url


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()
