"""What somebody has done in a browser before the pictures are drawn: calls, sources, pictures, jobs, characters."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page

SEEING = "glm-5.3-flash"


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked, and what it is called in the list."""

    asking: tuple[str, str]
    sources: tuple[str, str]
    seeing: tuple[str, str]
    made: tuple[str, str]
    characters: tuple[tuple[str, str, str, str], ...]


WORDS = {
    "en": Words(
        ("What is 38 * 12 * 0.85?", "A year of dues, less the discount"),
        ("Search for spring tides", "Spring tides"),
        ("What do you see?", "The old light"),
        ("A lighthouse on a cliff in the evening, seen from the sea", "A lighthouse in the evening"),
        (
            ("Elsa", "A patient sailor", "{{char}} has sailed for thirty years and is in no hurry.", "sea, calm"),
            ("Professor Ahn", "Explains until it is clear", "{{char}} teaches physics with kitchen tools.", "learning"),
            ("Mo", "Asks what you mean", "{{char}} is an editor who trims every sentence.", "writing"),
        ),
    ),
    "zh-hans": Words(
        ("38 * 12 * 0.85 是多少？", "全年会费打折后"),
        ("Search for 大潮", "大潮"),
        ("你看到了什么？", "老灯塔"),
        ("傍晚悬崖上的灯塔，从海上看", "傍晚的灯塔"),
        (
            ("阿海", "有耐心的老水手", "{{char}}航海三十年，从不着急。", "大海, 平静"),
            ("安教授", "讲到明白为止", "{{char}}用厨房里的东西教物理。", "学习"),
            ("小墨", "总问你究竟想说什么", "{{char}}是删繁就简的编辑。", "写作"),
        ),
    ),
}
COLOURS = ("#33658a", "#c8553d", "#5b8c5a")


def live(page: Page, address: str, language: str) -> dict[str, str]:
    """The addresses of what was made, by view."""
    words = WORDS[language]
    for number, character in enumerate(words.characters):
        make_character(page, address, COLOURS[number], *character)
    return {
        "made": _renamed(page, address, make_image(page, address, words.made[0]), words.made[1]),
        "seeing": _renamed(page, address, ask_about(page, address, words.seeing[0]), words.seeing[1]),
        "sources": _renamed(page, address, search(page, address, words.sources[0]), words.sources[1]),
        "asking": _renamed(page, address, call(page, address, words.asking[0]), words.asking[1]),
    }


def begin(page: Page, address: str) -> None:
    page.goto(address + "/")
    page.locator("chat-live[data-state=online]").wait_for(state="attached")


def send(page: Page, words: str) -> None:
    page.locator("#prompt").fill(words)
    page.locator(".composer__send").click()


def finished(page: Page) -> str:
    page.wait_for_url("**/c/*/")
    page.locator("body:not(:has(.writing, .message--reply[aria-busy])) .message--reply").last.wait_for()
    return page.url


def call(page: Page, address: str, question: str) -> str:
    """A tool that waits to be allowed."""
    begin(page, address)
    page.locator("[data-dialog=tools]").click()
    dialog = page.locator("dialog[open]")
    row = dialog.locator("[value=calculator]").first
    row.check()
    dialog.locator("select[name*=calculator]").select_option("always")
    dialog.locator(".button--primary").click()
    dialog.wait_for(state="hidden")
    send(page, question)
    page.locator(".tool-call--asked").wait_for()
    return page.url


def search(page: Page, address: str, question: str) -> str:
    begin(page, address)
    page.locator("[aria-pressed][name*=search], [aria-pressed][value*=search]").first.click()
    send(page, question)
    page.locator(".sources__item").first.wait_for()
    return finished(page)


def ask_about(page: Page, address: str, question: str) -> str:
    begin(page, address)
    page.set_input_files("#picture", [{"name": "light.jpg", "mimeType": "image/jpeg", "buffer": photograph()}])
    page.locator("#tray .composer__file img").wait_for()
    page.locator("#model summary").click()
    page.locator(f"#model input[value='{SEEING}']").check(force=True)
    page.keyboard.press("Escape")
    send(page, question)
    return finished(page)


def make_image(page: Page, address: str, order: str) -> str:
    page.goto(address + "/make/image/")
    page.locator("#making-text").fill(order)
    page.locator(".making .button--primary").click()
    page.locator(".message--reply img").last.wait_for()
    return finished(page)


def make_character(page: Page, address: str, colour: str, name: str, about: str, bot_info: str, tags: str) -> None:
    page.goto(address + "/characters/new/")
    for field, value in {"name": name, "about": about, "bot_info": bot_info, "tags": tags}.items():
        page.locator(f"#{field}").fill(value)
    page.set_input_files("#face", [{"name": "face.png", "mimeType": "image/png", "buffer": face(colour)}])
    page.locator("form .button--primary").last.click()
    page.wait_for_url(lambda url: not url.endswith("/new/"))


def _renamed(page: Page, address: str, talk: str, title: str) -> str:
    page.goto(f"{talk.rstrip('/')}/rename/")
    page.locator("[name=title]").last.fill(title)
    page.locator("[name=title]").last.press("Enter")
    page.wait_for_url(lambda url: "/rename/" not in url)
    return talk


def photograph() -> bytes:
    """A lighthouse at dusk."""
    width, height = 1200, 800
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        sky = (int(40 + 190 * share), int(50 + 90 * share), int(90 + 20 * share))
        sea = (int(60 - 30 * share), int(70 - 30 * share), int(100 - 40 * share))
        draw.line([(0, y), (width, y)], fill=sky if share < 0.62 else sea)
    draw.ellipse((250, 400, 350, 500), fill=(250, 205, 140))
    draw.rectangle((0, 496, width, 500), fill=(80, 70, 90))
    draw.polygon([(700, 800), (760, 560), (1200, 520), (1200, 800)], fill=(28, 26, 36))
    draw.polygon([(890, 560), (905, 250), (955, 250), (970, 560)], fill=(235, 226, 214))
    for top in (320, 430):
        draw.polygon([(898, top + 60), (902, top), (958, top), (962, top + 60)], fill=(176, 60, 52))
    draw.rectangle((897, 205, 963, 250), fill=(250, 230, 150))
    draw.polygon([(890, 205), (930, 165), (970, 205)], fill=(60, 40, 44))
    return _bytes(picture.filter(ImageFilter.GaussianBlur(1.2)), "JPEG")


def face(colour: str) -> bytes:
    """A head and shoulders before a coloured wall."""
    picture = Image.new("RGB", (256, 256), colour)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((48, 160, 208, 340), fill="#f3e9dc")
    draw.ellipse((80, 60, 176, 170), fill="#f3e9dc")
    return _bytes(picture, "PNG")


def _bytes(picture: Image.Image, form: str) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form)
    return stream.getvalue()
