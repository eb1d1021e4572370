"""A welcome that says who answers and what to try."""

import re

from .kind import Kind, in_language

_HELLO = (
    r"(?i)\s*(hi|hello|hey|good (morning|afternoon|evening))(?![a-z])"
    r"|\s*(你好|您好|嗨|大家好|早上好|上午好|下午好|晚上好)"
    r"|who are you|what can you do|你是谁|你能做什么|你会什么"
)

_ENGLISH = """\
Hello! I am the **sandbox**: a small simulated GLM that answers while no API key is set. My replies are \
prepared, but they travel exactly as real ones do, piece by piece.

A few things to try:

- *Tell me a story*, or *write a poem*
- *Write a function in Go*, or in another language
- *Make a table of the planets*
- *Solve a quadratic equation*
- *What is 12 × (3 + 4)?* (this one I really work out)

With a key from the administrator, the real models take over.
"""

_CHINESE = """\
你好！我是**沙盒**：没有设置 API 密钥时，由我模拟 GLM 来回答。\
内容是预先准备的，但传输方式与真实模型完全一样，一段一段地到达。

可以试试：

- *讲一个故事*，或者*写一首诗*
- *用 Go 写一个函数*，也可以换别的语言
- *做一张行星的表格*
- *解一元二次方程*
- *计算 12 ×（3 + 4）*（这一题我真的会算）

管理员设置密钥之后，就由真正的模型来回答了。
"""

KIND = Kind(
    "greeting",
    lambda text: len(text) < 60 and bool(re.search(_HELLO, text)),
    in_language(_ENGLISH, _CHINESE),
    "The user says hello. A short welcome is enough: say that this is a simulation, "
    "then offer a few things that are worth trying.",
    "用户在打招呼。简短地欢迎就好：先说明这是模拟，再举几个值得一试的例子。",
)
