"""Everything the renderer knows, on one page."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

TEXT = r"""
# Everything at once

A paragraph with **bold**, *italic*, ~~struck~~ and `inline code`, a [link](https://example.org "a title"), an address <https://example.org/a?b=1&c=2>, a bare one: https://example.com. A footnote.[^1] 中文和 English 可以写在**同一行**。

Setext heading
--------------

### Lists

1. First
   - nested, *with emphasis*
     - and deeper
2. Second

   A paragraph of its own inside the item.
3. Third

- [x] done
- [ ] not yet

### Code

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"  # <b>not bold</b>
```

```diff
- old line
+ new line
```

    indented by four spaces

~~~~
```
a fence inside a fence
```
~~~~

### Table

| Left | Centre | Right |
| :--- | :---: | ---: |
| 苹果 | `a \| b` | 1.50 |
| **pear** | — | 12,000 |

### Mathematics

Inline $e^{i\pi} + 1 = 0$, and a block:

$$\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}, \qquad
\begin{pmatrix} a & b \\ c & d \end{pmatrix}^{-1} = \frac{1}{ad - bc}\begin{pmatrix} d & -b \\ -c & a \end{pmatrix}$$

It costs $5, or $6 with milk.

### Quotes

> One level, over
> two lines.
>
> > And a second level.

---

Line one with two spaces at its end,  
line two. An entity: &copy; &amp; &lt;. Emoji: 🚣‍♀️. A picture elsewhere: ![a boat](https://example.org/boat.png)

[^1]: It stands at the bottom, and leads back.
""".lstrip()  # noqa: E501, W291


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, Reply(TEXT))


SCENARIO = Scenario("markdown", "Every form of Markdown, code, table and formula that the site draws.", _steps)
