"""Says that pictures are not drawn or seen here yet."""

from .kind import Kind, in_language, mentions

_ENGLISH = """\
I would have to **draw** or **look at** something for that, and the sandbox only writes: pictures come later.

A real set-up would hand such a wish to an image model and put the result into the conversation. Until then, \
here is the picture in words:

> A quiet harbour at dusk. Three boats, the middle one red. Their masts stand in the water twice, once above \
and once below, and only the lower ones tremble.
"""

_CHINESE = """\
这需要**画图**或者**看图**，而沙盒目前只会写字，图片功能以后才有。

真实环境会把这样的请求交给图像模型，再把结果放进对话里。在那之前，先用文字画一幅：

> 黄昏的港湾很安静。三条船，中间那条是红色的。桅杆在水上一次、在水下一次，只有下面的那些在轻轻地抖。
"""

KIND = Kind(
    "picture",
    mentions(
        r"\b(draw|paint|sketch)\b|\b(picture|image|photo|drawing|painting|illustration)s?\b"
        r"|画一|画个|画张|图片|照片|插图|生成图"
    ),
    in_language(_ENGLISH, _CHINESE),
    "The user asks for a picture. I cannot make or see one here, so I should say that plainly "
    "and offer a description in its place.",
    "用户想要图片。我在这里既不能画也不能看，应当直说，然后用文字描述来代替。",
)
