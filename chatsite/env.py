"""Typed reading of environment variables.

Each function takes the variable's name and a default and fails with one line that names the variable.
An empty value counts as not set, so `PORT= ./chat` behaves like `./chat`.
"""

import math
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
ASSISTANT_MODELS = ("glm-4-assistant", "glm-4-alltools")
ASSISTANT_NAME_LENGTH = 60
USUAL_PORTS = {"http": 80, "https": 443}


def text(name: str, default: str = "") -> str:
    """The value without surrounding white space; control characters are refused."""
    value = os.environ.get(name, "").strip() or default
    if not value.isprintable():
        raise ImproperlyConfigured(f"{name} contains a line break or another control character.")
    return value


def words(name: str) -> tuple[str, ...]:
    """A comma-separated list without empty or repeated entries."""
    return tuple(dict.fromkeys(word.strip() for word in text(name).split(",") if word.strip()))


def assistants(name: str) -> dict[str, str]:
    """Ids of GLM's assistants by the name that people choose them by, `MODEL:NAME`, from `NAME=ID` or `MODEL:NAME=ID`
    with commas between them."""
    found: dict[str, str] = {}
    for word in words(name):
        label, _, assistant = (each.strip() for each in word.rpartition("="))
        model, _, label = (each.strip() for each in label.rpartition(":"))
        model = model or ASSISTANT_MODELS[0]
        if not label or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", assistant) or len(label) > ASSISTANT_NAME_LENGTH:
            raise ImproperlyConfigured(f"{name} must be like ChatGLM=65940acff94777010aa6b796, not {word!r}.")
        if model not in ASSISTANT_MODELS or f"{model}:{label}" in found:
            raise ImproperlyConfigured(f"{name} names {word!r} twice, or with a model that no assistant has.")
        found[f"{model}:{label}"] = assistant
    return found


def flag(name: str, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; any case."""
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in TRUE_WORDS


def choice(name: str, options: tuple[str, ...], default: str) -> str:
    """One of `options`."""
    value = text(name, default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not {value!r}.")
    return value


def integer(name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between `least` and `most`, both allowed."""
    value = text(name)
    try:
        number_read = int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None
    return int(_between(name, number_read, least, most))


def number(name: str, default: float, *, least: float, most: float) -> float:
    """A number between `least` and `most`, both allowed; infinities are refused."""
    value = text(name)
    try:
        number_read = float(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from None
    return _between(name, number_read, least, most)


def numbers(name: str, default: tuple[float, ...], *, least: float, most: float) -> tuple[float, ...]:
    """A comma-separated list of numbers, each between `least` and `most`."""
    found = [word.strip() for word in text(name).split(",") if word.strip()]
    try:
        read = tuple(float(word) for word in found) or default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be numbers with commas between them, not {text(name)!r}.") from None
    return tuple(_between(name, each, least, most) for each in read)


def address(name: str, example: str, *, with_path: bool) -> str:
    """An http or https address as a browser would write it, without a final slash; "" when not set.

    Names of people, queries and fragments are refused, and a path too unless `with_path`.
    """
    value = text(name).rstrip("/")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} must look like {example}.") from None
    extra = parts.username or parts.query or parts.fragment or (parts.path and not with_path)
    if extra or not parts.hostname or parts.scheme not in USUAL_PORTS:
        raise ImproperlyConfigured(f"{name} must look like {example}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown_port = f":{port}" if port and port != USUAL_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{host}{shown_port}{parts.path}"


def secret(name: str) -> str:
    """The value of `name`, or the content of the file that `name_FILE` points to, or "".

    Both at once are refused: nobody could say which one holds. The value never appears in an error.
    """
    value, path = text(name), text(f"{name}_FILE")
    if value and path:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE, not both.")
    return _read_secret(f"{name}_FILE", Path(path)) if path else value


def _read_secret(name: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"{name} cannot be read: {path} ({reason}).") from None
    if not content or not content.isprintable():
        raise ImproperlyConfigured(f"{name} must point to a file of one line: {path}.")
    return content


def _between(name: str, value: float, least: float, most: float) -> float:
    if not math.isfinite(value) or not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must be between {least:g} and {most:g}, not {value:g}.")
    return value
