"""A formula with its steps."""

from .kind import Kind, in_language, mentions

_ENGLISH = r"""
Every quadratic equation $ax^2 + bx + c = 0$ with $a \neq 0$ can be solved by completing the square.

**1. Divide by $a$ and move the constant.**

$$x^2 + \frac{b}{a}x = -\frac{c}{a}$$

**2. Add the square of half the coefficient on both sides.**

$$\left(x + \frac{b}{2a}\right)^2 = \frac{b^2 - 4ac}{4a^2}$$

**3. Take the root.**

$$x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$$

*Example.* For $x^2 - 5x + 6 = 0$ we have $b^2 - 4ac = 25 - 24 = 1$, so

$$x_{1,2} = \frac{5 \pm 1}{2}, \qquad x_1 = 3, \quad x_2 = 2.$$

Check: $3 + 2 = 5$ and $3 \cdot 2 = 6$. ✓
""".lstrip()

_CHINESE = r"""
任何一元二次方程 $ax^2 + bx + c = 0$（$a \neq 0$）都可以用配方法求解。

**1. 两边除以 $a$，把常数项移到右边。**

$$x^2 + \frac{b}{a}x = -\frac{c}{a}$$

**2. 两边加上一次项系数一半的平方。**

$$\left(x + \frac{b}{2a}\right)^2 = \frac{b^2 - 4ac}{4a^2}$$

**3. 开平方。**

$$x_{1,2} = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$$

*例题：*对于 $x^2 - 5x + 6 = 0$，有 $b^2 - 4ac = 25 - 24 = 1$，所以

$$x_{1,2} = \frac{5 \pm 1}{2}, \qquad x_1 = 3, \quad x_2 = 2.$$

验算：$3 + 2 = 5$，$3 \cdot 2 = 6$。✓
""".lstrip()

KIND = Kind(
    "maths",
    mentions(
        r"\bmaths?\b|\bformula|\bequations?\b|\bquadratic\b|\balgebra\b|\btheorem\b|\bprove\b|\bproof\b"
        r"|数学|公式|方程|定理|证明|求解"
    ),
    in_language(_ENGLISH, _CHINESE),
    "This is about mathematics. The quadratic formula is a good choice: it can be derived in three steps, "
    "by completing the square. Then an example whose roots are whole numbers, with a check.",
    "这是数学问题。求根公式很合适：用配方法三步就能推出来，再举一个整数根的例子，最后验算。",
)
