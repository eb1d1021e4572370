"""Tools that are a request to somebody's HTTP server, as an organisation defines them: pure but for the request itself.

    tool = Definition(name="get_weather", method="GET", url="https://api.example.org/weather?city={city}", …)
    check(tool, schema, secrets)                # raises Unfit, which says where and why
    outcome = await call(tool, {"city": "Kiel"}, secrets)

Arguments go into the places that the template leaves for them, encoded for each place, and nowhere else. Knows no
Django; the rows are in `models`, and `tools` brings them to conversations.
"""

from .calling import NOTHING, Failed, Outcome, call
from .checks import check, host_of
from .definition import Definition, Method, host_fits
from .fields import Field, Kind, example_of, fields_of
from .places import Misfit
from .secrets import Secrets
from .unfit import Unfit, Where

__all__ = [
    "NOTHING",
    "Definition",
    "Failed",
    "Field",
    "Kind",
    "Method",
    "Misfit",
    "Outcome",
    "Secrets",
    "Unfit",
    "Where",
    "call",
    "check",
    "example_of",
    "fields_of",
    "host_fits",
    "host_of",
]
