"""A small window that is reported as a wrong parameter, as GLM does too."""

from conversations.sandbox.refusals import Refusal

from .scenario import Scenario
from .small_context import within

SCENARIO = Scenario(
    "overflow",
    "The same with 1210, whose message speaks of too many tokens.",
    within(Refusal("1210", "请求的 token 数超出模型的上下文长度")),
)
