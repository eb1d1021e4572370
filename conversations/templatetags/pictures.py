"""Words and sizes of pictures."""

import zlib
from collections.abc import Iterable

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from conversations import upstream
from conversations.models import Picture, TrayPicture

register = template.Library()


@register.simple_tag
def picture_name(picture: Picture, number: int) -> str:
    """What to call a picture or video: the name of its file, else its number."""
    if picture.name:
        return picture.name
    words = _("video %(number)s") if picture.is_video else _("picture %(number)s")
    return words % {"number": number}


@register.simple_tag
def tray_version(tray: Iterable[TrayPicture]) -> str:
    """Two drawings of one version look the same."""
    return f"{zlib.crc32(repr([(row.code, row.alt) for row in tray]).encode()):x}"


@register.simple_tag
def seeing_model() -> str:
    return upstream.seeing_model()


@register.simple_tag
def filesize(count: int) -> str:
    """Bytes in the unit that fits, of powers of ten as disks have them."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if count >= size:
            return f"{number_format(count / size, 1)} {unit}"
    return f"{number_format(count / 1000, 0)} kB"
