import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from conversations import catalogue, checks, families, upstream
from conversations.glm import Client, ConnectionFailed
from conversations.sandbox import SANDBOX_MODELS
from tests.glm.asking import ask_with, streaming
from tests.glm.recordings import recording
from tests.glm.server import serving

OWN = "http://gpu.example.org:8080/v1"


class TestWhichServer:
    def test_no_key_and_no_base_is_the_sandbox(self) -> None:
        reached = upstream.current()
        assert (reached.name, reached.is_simulated) == ("sandbox", True)

    def test_a_base_alone_is_that_server_without_a_key(self, settings: Settings) -> None:
        settings.ZHIPUAI_BASE_URL = OWN
        assert upstream.current() == upstream.Upstream("gpu.example.org:8080", OWN, is_simulated=False, key="")

    @pytest.mark.parametrize(
        ("name", "host"),
        [("ZHIPUAI_API_KEY", "bigmodel.cn"), ("ZHIPU_API_KEY", "bigmodel.cn"), ("ZAI_API_KEY", "api.z.ai")],
    )
    def test_a_lone_key_says_where_it_is_from(self, settings: Settings, name: str, host: str) -> None:
        setattr(settings, name, "id.secret")
        assert (upstream.current().name, upstream.current().key) == (host, "id.secret")

    def test_the_same_key_under_two_names_is_one_key(self, settings: Settings) -> None:
        settings.ZAI_API_KEY = settings.ZHIPUAI_API_KEY = "id.secret"
        assert upstream.current().name == "bigmodel.cn"

    def test_different_keys_are_refused_without_showing_them(self, settings: Settings) -> None:
        settings.ZAI_API_KEY, settings.ZHIPU_API_KEY = "id.one", "id.two"
        with pytest.raises(ImproperlyConfigured, match="different keys") as refusal:
            upstream.current()
        assert "id." not in str(refusal.value)

    @pytest.mark.parametrize("key", ["id.sec ret", "id.secret\nid.secret", "id.秘密", "\tid.secret", "id.sec\u00a0ret"])
    def test_a_key_with_more_than_a_key_is_refused_without_showing_it(self, settings: Settings, key: str) -> None:
        settings.ZHIPUAI_API_KEY = key
        with pytest.raises(ImproperlyConfigured, match="copy it once more") as refusal:
            upstream.current()
        assert "id." not in str(refusal.value)
        assert [each.id for each in checks.upstream_is_clear()] == ["chatsite.E001"]

    def test_only_the_public_part_of_a_key_is_shown(self, settings: Settings) -> None:
        settings.ZHIPUAI_API_KEY = "public.secret"
        assert upstream.current().key_id == "public"
        settings.ZHIPUAI_API_KEY = "sk-of-another-make"
        assert upstream.current().key_id == ""

    def test_different_bases_are_refused(self, settings: Settings) -> None:
        settings.ZAI_BASE_URL, settings.ZHIPUAI_BASE_URL = OWN, "http://other.example"
        with pytest.raises(ImproperlyConfigured, match="ZHIPUAI_BASE_URL and ZAI_BASE_URL"):
            upstream.current()

    def test_a_key_goes_to_the_base_that_is_set(self, settings: Settings) -> None:
        settings.ZAI_API_KEY, settings.ZAI_BASE_URL = "id.secret", OWN
        assert upstream.current().base_url == OWN

    def test_the_key_is_in_no_repr(self, settings: Settings) -> None:
        settings.ZAI_API_KEY = "id.secret"
        assert "secret" not in repr(upstream.current())


class TestModels:
    def test_the_sandbox_offers_its_own(self) -> None:
        offered = upstream.offered_models()
        assert set(offered) <= set(SANDBOX_MODELS)
        assert {"glm-4.6v", "glm-4-flash", "sandbox-cut"} <= set(offered)
        assert not {"glm-4v", "charglm-3", "cogview-4"} & set(offered)
        assert upstream.default_model() == offered[0] == "glm-5.3"

    def test_a_model_can_less_on_a_server_that_is_not_its_own(self, settings: Settings) -> None:
        assert upstream.entry("glm-4.6").searches
        assert upstream.entry("sandbox-plain").may_be_quiet
        settings.ZHIPUAI_BASE_URL = OWN
        entry = upstream.entry("glm-4.6")
        assert (entry.is_known, entry.calls_functions, entry.searches, entry.prices) == (True, True, False, ())
        assert not upstream.entry("sandbox-plain").is_known

    def test_a_public_host_offers_what_is_known_of_it(self, settings: Settings) -> None:
        settings.ZAI_API_KEY = "id.secret"
        assert upstream.default_model() == "glm-5.3"

    def test_the_setting_goes_before_all(self, settings: Settings) -> None:
        settings.CHATSITE_MODELS = ("a", "b")
        assert upstream.offered_models() == ("a", "b")
        settings.CHATSITE_DEFAULT_MODEL = "b"
        assert upstream.default_model() == "b"

    async def test_another_server_is_asked_once(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.ZHIPUAI_BASE_URL = OWN
        monkeypatch.setattr(upstream, "_answered_models", {})
        asked: list[str] = []

        async def models(self: Client) -> tuple[str, ...]:
            asked.append("models")
            return ("tiny",)

        monkeypatch.setattr(Client, "models", models)
        assert (upstream.offered_models(), upstream.default_model()) == ((), "")
        await upstream.refresh_models()
        await upstream.refresh_models()
        await upstream.close()
        assert (upstream.offered_models(), asked) == (("tiny",), ["models"])

    def test_what_an_administrator_says_of_a_server_of_another_make_goes_before_its_list(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.ZHIPUAI_BASE_URL = OWN
        monkeypatch.setattr(upstream, "_answered_models", {OWN: ("tiny", "ours", "secret", "glm-4v")})
        entries = {
            "ours": families.Entry("ours", family="own", is_offered=True),
            "secret": families.Entry("secret", family="own"),
            "glm-4v": families.SHIPPED["glm-4v"],
        }
        monkeypatch.setattr(catalogue, "_current", catalogue.Catalogue(version=1, entries=entries))
        assert upstream.offered_models() == ("ours", "tiny", "glm-4v")

    async def test_a_server_that_does_not_answer_is_only_noted(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.ZHIPUAI_BASE_URL = "http://127.0.0.1:1"

        async def models(self: Client) -> tuple[str, ...]:
            raise ConnectionFailed("refused")

        monkeypatch.setattr(Client, "models", models)
        await upstream.refresh_models()
        await upstream.close()
        assert upstream.offered_models() == ()
        assert "CHATSITE_MODELS" in caplog.text


class TestStandIn:
    def test_of_what_is_offered_is_itself(self) -> None:
        assert upstream.stand_in("glm-4.7") == "glm-4.7"

    @pytest.mark.parametrize(("gone", "next"), [("glm-4v", "glm-4v-plus-0111"), ("glm-3-turbo", "glm-4-flash-250414")])
    def test_of_what_is_gone_is_its_successor(self, gone: str, next: str) -> None:  # noqa: A002
        assert upstream.stand_in(gone) == next

    def test_of_what_nobody_knows_is_the_default(self) -> None:
        assert upstream.stand_in("nobody-knows") == upstream.stand_in("") == "glm-5.3"

    def test_ends_where_models_follow_each_other_in_a_circle(self, monkeypatch: pytest.MonkeyPatch) -> None:
        entries = {name: families.Entry(name, successor=other) for name, other in (("a", "b"), ("b", "a"))}
        monkeypatch.setattr(catalogue, "_current", catalogue.Catalogue(version=1, entries=entries))
        assert upstream.stand_in("a") == upstream.default_model()


class TestClient:
    async def test_one_loop_has_one_client_until_the_upstream_changes(self, settings: Settings) -> None:
        settings.ZHIPUAI_BASE_URL = OWN
        first = upstream.client()
        assert upstream.client() is first
        settings.ZHIPUAI_BASE_URL = "http://other.example"
        assert upstream.client() is not first
        await first.aclose()
        await upstream.close()

    @pytest.mark.parametrize("is_public", [False, True])
    async def test_only_servers_of_another_make_are_asked_for_the_usage(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, is_public: bool
    ) -> None:
        async with serving(streaming(recording("text"))) as server:
            settings.ZHIPUAI_BASE_URL = server.base_url
            monkeypatch.setattr(upstream, "PUBLIC_HOSTS", (upstream.current().name,) if is_public else ())
            await ask_with(upstream.client())
            await upstream.close()
        assert (b'"include_usage":true' in server.requests[0]) is not is_public


class TestChecks:
    def test_contradictions_are_errors(self, settings: Settings) -> None:
        settings.ZAI_API_KEY, settings.ZHIPU_API_KEY = "id.one", "id.two"
        assert [each.id for each in checks.upstream_is_clear()] == ["chatsite.E001"]
        assert checks.key_stays_secret() == []

    @pytest.mark.parametrize(
        ("base", "warned"), [("http://gpu.example.org", 1), ("http://127.0.0.1:9", 0), ("https://a.b", 0)]
    )
    def test_a_key_in_clear_text_is_warned_of(self, settings: Settings, base: str, warned: int) -> None:
        settings.ZAI_API_KEY, settings.ZAI_BASE_URL = "id.secret", base
        assert len(checks.key_stays_secret()) == warned

    def test_https_without_a_declared_proxy_is_warned_of(self, settings: Settings) -> None:
        settings.CHATSITE_PUBLIC_URL = "https://chat.example.org"
        assert len(checks.proxy_is_declared()) == 1
        settings.CHATSITE_TRUSTED_PROXIES = 1
        assert checks.proxy_is_declared() == []

    def test_the_defaults_are_fine(self) -> None:
        assert [found for check in checks.ALL for found in check()] == []
