import datetime as dt
import hashlib
from decimal import Decimal

import pytest

from conversations import families
from conversations.families import Kind, Status, Thinking, Tools, Way, files

DIGESTS = {1: "f2663cf425d61893", 2: "6a385bcb12dfb19f", 3: "c322430fdcc52e16", 4: "2ac5ef5df43f715d"}


def digest() -> str:
    """Of the facts alone: a remark may change without a new version."""
    return hashlib.sha256(repr([sorted(facts.items(), key=str) for facts in families.FACTS]).encode()).hexdigest()[:16]


def entry(name: str) -> families.Entry:
    return families.find(name) or families.unknown(name)


def test_the_version_rises_when_the_facts_change() -> None:
    assert DIGESTS[families.VERSION] == digest(), "raise VERSION and remember the digest here"


def test_every_file_is_read_and_every_name_is_one() -> None:
    assert {path.stem for path in files.FOLDER.glob("*.toml")} == set(files.FAMILIES)
    assert len(families.SHIPPED) == len(families.FACTS)


@pytest.mark.parametrize("entry", families.SHIPPED.values(), ids=lambda entry: entry.name)
def test_each_entry_makes_sense(entry: families.Entry) -> None:
    assert entry.source.startswith("https://")
    assert entry.hosts
    assert set(entry.hosts) <= {"bigmodel.cn", "api.z.ai"}
    assert set(entry.doubts.values()) <= {"differs", "uncertain"}
    assert set(entry.doubts) <= set(families.FIELDS)
    if entry.is_for_chat:
        assert entry.context_tokens
        assert entry.output_tokens
        assert (entry.default_max_tokens or 0) <= entry.output_tokens <= entry.context_tokens
        assert entry.sees == (entry.kind is Kind.VISION)
        assert Way.STREAM in entry.ways
    if entry.status is not Status.CURRENT:
        assert families.SHIPPED[entry.successor].status is Status.CURRENT
        assert families.SHIPPED[entry.successor].hosts
    if entry.is_offered:
        assert entry.is_for_chat or entry.kind in (Kind.IMAGE, Kind.VIDEO)
        assert entry.status is not Status.RETIRED
    if entry.efforts:
        assert entry.thinks


@pytest.mark.parametrize("entry", families.SHIPPED.values(), ids=lambda entry: entry.name)
def test_on_any_day_one_price_holds_for_any_request(entry: families.Entry) -> None:
    for currency in {price.currency for price in entry.prices}:
        for day in (dt.date(2026, 8, 1), dt.date(2026, 9, 9), dt.date(2027, 1, 1)):
            for tokens, written in ((1, 1), (32_767, 199), (32_767, 200), (32_768, 5), (90_000, 9_000)):
                found = [
                    each
                    for each in entry.prices
                    if each.currency == currency
                    and each.holds_on(day)
                    and each.input_from <= tokens < (each.input_below or 10**9)
                    and each.output_from <= written < (each.output_below or 10**9)
                ]
                assert len(found) == 1, (currency, day, tokens, written)


@pytest.mark.parametrize(
    ("name", "thinking", "efforts", "tools"),
    [
        ("glm-5.3", Thinking.ALWAYS, ("low", "high", "max"), Tools.ALL),
        ("glm-5.3-flash", Thinking.ALWAYS, ("low", "high", "max"), Tools.FUNCTION),
        ("glm-5.2", Thinking.OPTIONAL, ("high", "max"), Tools.ALL),
        ("glm-4.7", Thinking.OPTIONAL, (), Tools.ALL),
        ("glm-4.6v", Thinking.OPTIONAL, (), Tools.FUNCTION),
        ("glm-4.5v", Thinking.OPTIONAL, (), Tools.NONE),
        ("glm-z1-flash", Thinking.ALWAYS, (), Tools.SEARCH),
        ("glm-4-plus", Thinking.NONE, (), Tools.ALL),
        ("charglm-4", Thinking.NONE, (), Tools.NONE),
    ],
)
def test_thinking_and_tools_as_documented(
    name: str, thinking: Thinking, efforts: tuple[str, ...], tools: Tools
) -> None:
    entry = families.SHIPPED[name]
    assert (entry.thinking, entry.efforts, entry.tools) == (thinking, efforts, tools)


def test_what_is_free_is_known_as_free() -> None:
    free = {name for name, entry in families.SHIPPED.items() if entry.is_for_chat and entry.is_free()}
    assert free == {
        *("glm-4.7-flash", "glm-4.6v-flash", "glm-4.5-flash", "glm-4-flash-250414", "glm-4-flash"),
        *("glm-4v-flash", "glm-4.1v-thinking-flash", "glm-z1-flash"),
    }
    assert not families.SHIPPED["glm-tts"].is_free()  # no price is not a price of nothing


def test_a_promotion_ends() -> None:
    inputs = {
        day: next(each.input for each in families.SHIPPED["glm-5.3-flash"].prices if each.holds_on(day))
        for day in (dt.date(2026, 9, 8), dt.date(2026, 9, 9))
    }
    assert list(inputs.values()) == [Decimal("0.4"), Decimal("0.8")]


@pytest.mark.parametrize("name", ["zai-org/GLM-4.6", "GLM-4.6-FP8", "zai-org/GLM-4.6-FP8"])
def test_open_weights_are_found_by_what_they_are_of(name: str) -> None:
    found = families.find(name)
    assert found is not None
    assert (found.name, found.family, found.thinking) == (name, "glm-4.6", Thinking.OPTIONAL)
    assert (found.tools, found.prices, found.hosts, found.is_free()) == (Tools.FUNCTION, (), (), False)


@pytest.mark.parametrize("name", ["llama-3", "glm", "glm-4.6-mini", "", "/"])
def test_a_name_that_nobody_knows_is_not_guessed(name: str) -> None:
    assert families.find(name) is None


def test_of_an_unknown_model_nothing_is_assumed() -> None:
    entry = families.unknown("llama-3")
    assert entry.is_for_chat
    assert not any((entry.is_known, entry.sees, entry.thinks, entry.may_be_quiet, entry.calls_functions))
    assert not any((entry.searches, entry.retrieves, entry.writes_json, entry.is_free(), entry.is_retired))
    assert (entry.context_tokens, entry.output_tokens, entry.least_thinking()) == (None, None, {})


@pytest.mark.parametrize("name", ["glm-4.5-air", "glm-4.6", "glm-4.7-flash", "glm-5", "glm-5.2", "zai-org/GLM-4.6"])
def test_models_that_can_be_quiet_are_told_to(name: str) -> None:
    assert entry(name).least_thinking() == {"thinking": {"type": "disabled"}}


@pytest.mark.parametrize("name", ["glm-5.3", "glm-5.3-flash"])
def test_models_that_always_think_are_asked_to_think_little(name: str) -> None:
    assert entry(name).least_thinking() == {"reasoning_effort": "low"}


@pytest.mark.parametrize(
    "name", ["glm-4-plus", "glm-4-flash-250414", "glm-z1-flash", "charglm-4", "qwen3", "glm-4.1v-thinking-flash"]
)
def test_models_that_do_not_know_the_field_are_not_sent_it(name: str) -> None:
    assert entry(name).least_thinking() == {}


@pytest.mark.parametrize("facts", [{"name": "a", "thinking": "deep"}, {"name": "a", "prices": [{"unit": "kilo"}]}])
def test_other_words_are_refused(facts: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        families.entry_of(facts)


class TestModelsThatMake:
    def test_are_described_where_they_are_on_offer(self) -> None:
        makers = {name for name, each in families.SHIPPED.items() if each.kind in (Kind.IMAGE, Kind.VIDEO)}
        retired = {name for name in makers if families.SHIPPED[name].is_retired}
        assert set(families.MAKINGS) == makers - retired

    @pytest.mark.parametrize("name", families.MAKINGS)
    def test_offer_what_can_be_sent(self, name: str) -> None:
        making = families.MAKINGS[name]
        assert making.least_images <= making.most_images
        assert making.needs_prompt or making.most_images
        assert not making.lists_images or making.most_images > 1
        assert all(side.isdecimal() for size in making.sizes for side in size.split("x"))

    @pytest.mark.parametrize(
        ("name", "width", "height", "fits"),
        [
            ("glm-image", 2048, 2048, True),
            ("glm-image", 2048, 2080, False),
            ("glm-image", 1040, 1024, False),
            ("cogview-4", 1040, 1024, True),
            ("cogview-4", 2048, 1040, False),
            ("cogview-4", 496, 1024, False),
        ],
    )
    def test_have_sizes_of_their_own(self, name: str, width: int, height: int, fits: bool) -> None:
        free = families.MAKINGS[name].free_size
        assert free is not None
        assert free.fits(width, height) is fits

    def test_know_the_parameters_of_their_page_only(self) -> None:
        flash, newest = families.MAKINGS["cogvideox-flash"], families.MAKINGS["cogvideox-3"]
        assert not any((flash.qualities, flash.sizes, flash.fps, flash.durations))
        assert (newest.fps, newest.durations, newest.most_images) == ((30, 60), (5, 10), 2)
        assert "3840x2160" in newest.sizes
        assert families.MAKINGS["viduq1-text"].styles == ("general", "anime")
        assert families.MAKINGS["vidu2-reference"].lists_images

    def test_are_refused_with_another_field(self) -> None:
        with pytest.raises(TypeError):
            families.making_of({"colours": 3})
