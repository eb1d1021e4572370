"""What may be defined: nothing that cannot be called, and no argument that chooses the server."""

import json
from typing import Any

import pytest

from conversations.http_tools import Definition, Method, Secrets, Unfit, Where, check, host_fits

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "tags": {"type": "array"}},
    "required": ["city", "tags"],
}


def fault(url: str = "https://api.example/", **facts: Any) -> tuple[Where, str]:
    secrets = facts.pop("secrets", Secrets())
    with pytest.raises(Unfit) as unfit:
        check(Definition("t", facts.pop("method", Method.POST), url, **facts), SCHEMA, secrets)
    return unfit.value.where, unfit.value.what


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example/v1/{city}?days={days}&tags={tags}&x=1",
        "https://api.example:8443/{city}.json",
        "http://api.example",
        "https://例子.example/天气?city={city}",
        "https://[2606:4700::1]/x",
    ],
)
def test_an_address_with_its_places_is_fine(url: str) -> None:
    check(Definition("t", Method.GET, url), SCHEMA)


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("", Where.URL),
        ("api.example/", Where.URL),
        ("/demo/weather", Where.URL),
        ("ftp://api.example/", Where.URL),
        ("file:///etc/passwd", Where.URL),
        ("https://", Where.URL),
        ("https://[::1", Where.URL),
        ("https://api.example:99999/", Where.URL),
        ("https://ann:secret@api.example/", Where.URL_PERSON),
        ("https://{city}/", Where.HOST_PLACE),
        ("https://api.{city}.example/", Where.HOST_PLACE),
        ("https://api.example:{days}/", Where.HOST_PLACE),
        ("{city}://api.example/", Where.URL),
        ("https://api.example/#{city}", Where.FRAGMENT),
        ("https://api.example/{city", Where.BRACE),
        ("https://api.example/?a={}", Where.BRACE),
        ("https://api.example/?a={two words}", Where.BRACE),
        ("https://api.example/?{city}=1", Where.QUERY_NAME),
        ("https://api.example/{town}", Where.PLACE_UNKNOWN),
        ("https://api.example/?a={town}", Where.PLACE_UNKNOWN),
        ("https://api.example/{days}", Where.PLACE_OPTIONAL),
        ("https://api.example/{tags}", Where.PLACE_FORM),
        ("https://api.example/" + "x" * 8000, Where.URL_LENGTH),
    ],
)
def test_any_other_is_told(url: str, where: Where) -> None:
    assert fault(url)[0] is where


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ("{not json", Where.BODY_JSON),
        ('{"a": "{town}"}', Where.PLACE_UNKNOWN),
        ("[" * 40 + "]" * 40, Where.BODY_DEPTH),
        ("[" * 10_000 + "]" * 10_000, Where.BODY_DEPTH),
    ],
)
def test_a_body_is_json_within_bounds(body: str, where: Where) -> None:
    assert fault(body=body)[0] is where


def test_a_body_belongs_to_a_method_that_has_one() -> None:
    assert fault(body="{}", method=Method.GET) == (Where.BODY_METHOD, "GET")
    check(Definition("t", Method.PUT, "https://api.example/", '{"a": "{city}", "b": 1}'), SCHEMA)


class TestAllowedHosts:
    def test_name_the_server(self) -> None:
        check(Definition("t", Method.GET, "https://api.example/", hosts=("api.example",)), SCHEMA)
        check(Definition("t", Method.GET, "https://v2.api.example/", hosts=("*.api.example",)), SCHEMA)

    def test_refuse_every_other(self) -> None:
        assert fault(hosts=("other.example",)) == (Where.HOST_NOT_LISTED, "api.example")

    @pytest.mark.parametrize("entry", ["https://api.example", "*", "*.", "api.example/x", "a b", "*.*.example", "例"])
    def test_are_names(self, entry: str) -> None:
        assert fault(hosts=(entry,)) == (Where.HOST_UNKNOWN, entry)

    @pytest.mark.parametrize(
        ("host", "fits"),
        [
            ("a.example.org", True),
            ("A.B.Example.ORG.", True),
            ("example.org", False),
            ("evilexample.org", False),
            ("example.org.evil", False),
            ("one.example", True),
            ("x.one.example", False),
        ],
    )
    def test_are_compared_whole(self, host: str, fits: bool) -> None:
        assert host_fits(host, ("*.example.org", "One.example")) is fits


class TestSecrets:
    def test_are_headers_and_parameters(self) -> None:
        secrets = Secrets.parse("Authorization: Bearer x:y z\n\n ?key : abc \nX-One:two")
        assert secrets.headers == (("Authorization", "Bearer x:y z"), ("X-One", "two"))
        assert secrets.parameters == (("key", "abc"),)
        assert secrets.names == ("Authorization", "X-One", "?key")
        assert Secrets.of(json.loads(json.dumps(secrets.kept()))) == secrets
        assert not Secrets.of(None)

    @pytest.mark.parametrize(
        ("text", "where", "what"),
        [
            ("X: 1\nno colon", Where.SECRET_LINE, "2"),
            (": value", Where.SECRET_LINE, "1"),
            ("X-Key:", Where.SECRET_LINE, "1"),
            ("X Key: a", Where.SECRET_LINE, "1"),
            ("键: a", Where.SECRET_LINE, "1"),
            ("\n".join(f"X-{n}: a" for n in range(21)), Where.SECRET_LINE, "> 20"),
            ("Host: inner", Where.SECRET_NAME, "Host"),
            ("content-LENGTH: 1", Where.SECRET_NAME, "content-LENGTH"),
            ("X-Key: 钥匙", Where.SECRET_VALUE, "1"),
            ("X-Key: a\tb", Where.SECRET_VALUE, "1"),
            ("X-Key: " + "a" * 5000, Where.SECRET_VALUE, "1"),
            ("X-Key: {city}", Where.SECRET_PLACE, "1"),
        ],
    )
    def test_that_are_none_are_told_without_repeating_them(self, text: str, where: Where, what: str) -> None:
        with pytest.raises(Unfit) as unfit:
            Secrets.parse(text)
        assert (unfit.value.where, unfit.value.what) == (where, what)

    def test_do_not_travel_in_the_open(self) -> None:
        assert fault("http://api.example/", secrets=Secrets.parse("X-Key: abc"))[0] is Where.SECRET_OPEN

    @pytest.mark.parametrize(
        "told",
        [
            "you sent Bearer s3cret/token+1=",
            "you sent s3cret/token+1=",
            "you sent s3cret%2Ftoken%2B1%3D",
            'you sent {"k": "Bearer s3cret/token+1="}',
            "you sent QmFzaWM6cGFzc3dvcmQ= and Basic:password and password",
            "you sent q&amp;uery-key and q&uery-key and q%26uery-key",
        ],
    )
    def test_are_taken_out_of_answers(self, told: str) -> None:
        secrets = Secrets.parse(
            "Authorization: Bearer s3cret/token+1=\nX-Basic: Basic QmFzaWM6cGFzc3dvcmQ=\n?key: q&uery-key"
        )
        hidden = secrets.hidden_in(told)
        assert hidden.startswith("you sent ")
        assert "[secret]" in hidden
        for word in ("s3cret", "password", "uery-key", "QmFz"):
            assert word not in hidden
