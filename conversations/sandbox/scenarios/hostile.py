"""Tricks that must come out as harmless text."""

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import Reply, usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

TEXT = r"""
Hostile text begins here.

<script>window.hostile = "script"</script>
<img src=x onerror="window.hostile = 'onerror'">
<svg onload="window.hostile = 'svg'"><a xlink:href="javascript:window.hostile='svg link'"><text y="20">svg</text></a></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=window.hostile='mutation'&gt;"></table></mtext></math>
<style>body { display: none }</style>
<link rel="stylesheet" href="https://hostile.example/x.css"><base href="https://hostile.example/">
<meta http-equiv="refresh" content="0; url=https://hostile.example/">
<iframe srcdoc="<script>parent.hostile = 'srcdoc'</script>"></iframe>
<form action="https://hostile.example/"><input name="password" autofocus onfocus="window.hostile = 'focus'"></form>
<div hx-get="/sign-out" hx-trigger="load" id="composer" class="message" style="position:fixed;inset:0">over everything</div>
<template><script>window.hostile = "template"</script></template>
<noscript><p title="</noscript><img src=x onerror=window.hostile='noscript'>"></noscript>

[a link](javascript:window.hostile='link')
[capitals](JaVaScRiPt:window.hostile='capitals')
[entities](&#106;avascript&colon;window.hostile='entities')
[control](java&Tab;script:window.hostile='tab')
[data](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaG9zdGlsZT0xPC9zY3JpcHQ+)
[vbscript](vbscript:msgbox(1))
[by reference][bad]
<javascript:window.hostile='autolink'>
![picture](https://hostile.example/track.png)
![code](javascript:window.hostile='image')
[title](https://example.org "x" onmouseover=window.hostile='title')

[bad]: javascript:window.hostile='reference'

```html"><script>window.hostile='info string'</script>
</code></pre><script>window.hostile = 'fence'</script>
```

`</code><script>window.hostile = 'inline'</script>`

$\href{javascript:window.hostile='math'}{click}$ and $\text{</math><script>window.hostile='mtext'</script>}$

| <script>window.hostile='cell'</script> | [x](javascript:window.hostile='cell link') |
| --- | --- |
| <b onclick="window.hostile='b'">b</b> | &lt;script&gt; stays text |

Right to left: ‮gnp.exe‬. Nested: <scr<script>ipt>window.hostile='nested'</scr</script>ipt>
<!-- <script>window.hostile = 'comment'</script> --> <![CDATA[<script>window.hostile='cdata'</script>]]> <?php evil() ?>

Footnote[^"><script>window.hostile='footnote'</script>]

Hostile text ends here.
""".lstrip()  # noqa: E501


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked, Reply(TEXT))


SCENARIO = Scenario("hostile", "Script, `javascript:`, style, SVG, MathML and attribute tricks.", _steps)
