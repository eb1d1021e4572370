"""A proof that everybody knows, in two ways: what a reasoning model is shown with."""

import re

from .kind import Kind, in_language

_ASKED = r"(?i)(√\s*2|sqrt\s*\(?\s*2\b|\\sqrt\s*\{?\s*2\b|square root of (2|two)\b|根号\s*[2二]|2\s*的平方根)"
_WANTED = r"(?i)\bprov|\bproof\b|\birrational\b|证明|无理"

_ENGLISH = r"""
Both proofs show that no fraction $\frac{p}{q}$ of whole numbers has the square 2.

**1. By parity.** Suppose $\sqrt{2} = \frac{p}{q}$ in lowest terms. Then

$$p^2 = 2q^2,$$

so $p^2$ is even, and with it $p$. Write $p = 2k$. Then $4k^2 = 2q^2$, that is $q^2 = 2k^2$, and $q$ is even too. But
then $\frac{p}{q}$ was not in lowest terms.

**2. By counting prime factors.** A whole number has exactly one factorisation into primes, so the factor 2 occurs in
$p^2$ and in $q^2$ an *even* number of times. In $2q^2$ it occurs an *odd* number of times. The two sides of
$p^2 = 2q^2$ cannot be equal.

Either way $\sqrt{2}$ is irrational. ∎
""".lstrip()

_CHINESE = r"""
两种证法都说明：没有哪个整数之比 $\frac{p}{q}$ 的平方等于 2。

**1. 看奇偶。** 假设 $\sqrt{2} = \frac{p}{q}$ 是最简分数，那么

$$p^2 = 2q^2,$$

所以 $p^2$ 是偶数，$p$ 也是偶数。

设 $p = 2k$，得 $4k^2 = 2q^2$，即 $q^2 = 2k^2$，于是 $q$ 也是偶数。这与最简分数矛盾。

**2. 数质因数。** 整数分解质因数的方式唯一，所以在 $p^2$ 和 $q^2$ 里，因数 2 都出现*偶数*次。

而在 $2q^2$ 里，因数 2 出现*奇数*次。等式 $p^2 = 2q^2$ 两边不可能相等。

所以 $\sqrt{2}$ 是无理数。∎
""".lstrip()

KIND = Kind(
    "proof",
    lambda text: bool(re.search(_ASKED, text) and re.search(_WANTED, text)),
    in_language(_ENGLISH, _CHINESE),
    "The classic one. Assume that the root is a fraction and look for a contradiction. Parity gives one: both numbers "
    "would have to be even. A second way is to count how often the factor 2 occurs on both sides of p² = 2q²: even on "
    "the left, odd on the right. Write both down, the first in more detail.",
    "这是经典的证明题。先假设它是分数，再找矛盾。看奇偶，分子分母都得是偶数。"
    "第二种办法是数因数 2 在 p² = 2q² 两边出现的次数，左偶右奇。两种都写出来，第一种写细一点。",
)
