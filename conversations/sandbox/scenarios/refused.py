"""All the scenarios that refuse with an HTTP error and say nothing else."""

from collections.abc import Callable, Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.refusals import Refusal
from conversations.sandbox.steps import Page, Refuse, Step
from conversations.sandbox.wire import Filter

from .code import refusal_of
from .scenario import Scenario

_GATEWAY_PAGE = """\
<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


def _refusing(make: Callable[[], Refusal]) -> Callable[[Asked], Iterator[Step]]:
    def steps(asked: Asked) -> Iterator[Step]:
        yield Refuse(make())

    return steps


def _refused(name: str, about: str, refusal: Refusal) -> Scenario:
    return Scenario(name, about, _refusing(lambda: refusal))


def _plan_cap() -> Refusal:
    """The reset time stands only in the message."""
    return refusal_of("1310")


def _gateway_page(asked: Asked) -> Iterator[Step]:
    yield Page(502, _GATEWAY_PAGE)


SCENARIOS = (
    _refused(
        "blocked",
        "400 with 1301 and `contentFilter`, role `user`.",
        Refusal("1301", filters=(Filter("user"),)),
    ),
    _refused("unauthorized", "401 with 1000, whatever the key.", Refusal("1000")),
    _refused("busy", "429 with 1302: too many requests at once.", Refusal("1302")),
    _refused("overloaded", "429 with 1305: the model is overloaded.", Refusal("1305")),
    _refused("no-money", "429 with 1113: the balance is empty.", Refusal("1113")),
    Scenario("plan-cap", "429 with 1310: a Chinese message with the reset time.", _refusing(_plan_cap)),
    _refused("model-gone", "400 with 1211: the model does not exist.", Refusal("1211")),
    _refused("too-long", "400 with 1261: the prompt is too long.", Refusal("1261")),
    _refused("error-500", "500 with code 500 in GLM's shape.", Refusal("500")),
    _refused("error-503", "503 with code 503 in GLM's shape.", Refusal("503")),
    Scenario("html-502", "502 with a gateway's HTML page.", _gateway_page),
)
