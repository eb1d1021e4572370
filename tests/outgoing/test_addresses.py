"""Which addresses are public, and what may be asked at all."""

import pytest

from conversations.outgoing import NotAllowed, NotReached, OwnServer, Why, is_public
from conversations.outgoing.request import allowed, target_of


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1"),
        *("192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "169.253.0.1", "11.0.0.1", "128.0.0.1"),
        *("2606:4700:4700::1111", "2001:4860:4860::8888", "240e:1:2::3", "2a00:1450::1", "2400:cb00::1"),
    ],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
        ),
        *("169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1"),
        *("192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1"),
        *("240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:a9fe:a9fe"),
        *("64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf::1"),
        *("2001:db8::1", "2001:2::1", "2001:10::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "5f00::1"),
        *("fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "4000::1"),
        *("", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5", "8.8.8.8/32", "2606:4700::1%x%y"),
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", Why.FORM),
        ("/relative", Why.FORM),
        ("http://", Why.FORM),
        ("http:///path", Why.FORM),
        ("http://ann:secret@host.example/", Why.FORM),
        ("http://ann@host.example/", Why.FORM),
        ("http://host.example:0/", Why.FORM),
        ("http://host.example:99999/", Why.FORM),
        ("http://host.example:eighty/", Why.FORM),
        ("http://host.example/\r\nHost: other", Why.FORM),
        ("http://[::1/", Why.FORM),
        ("http://host.example/" + "x" * 70_000, Why.FORM),
        ("ftp://host.example/", Why.SCHEME),
        ("file://host.example/etc/passwd", Why.SCHEME),
        ("gopher://host.example/", Why.SCHEME),
        ("javascript://host.example/", Why.SCHEME),
    ],
)
def test_what_cannot_be_asked_is_refused(url: str, why: Why) -> None:
    with pytest.raises(NotAllowed) as refused:
        target_of(url)
    assert refused.value.why is why


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "path"),
    [
        ("http://Host.Example", "host.example", 80, b"host.example", b"/"),
        ("https://host.example:8443/a%2Fb?c=d#part", "host.example", 8443, b"host.example:8443", b"/a%2Fb?c=d"),
        ("https://例子.example/天", "xn--fsqu00a.example", 443, b"xn--fsqu00a.example", b"/%E5%A4%A9"),
        ("http://[2606:4700::1]:8080/", "2606:4700::1", 8080, b"[2606:4700::1]:8080", b"/"),
    ],
)
def test_an_address_has_its_parts(url: str, host: str, port: int, authority: bytes, path: bytes) -> None:
    target = target_of(url)
    assert (target.host, target.port, target.authority, target.path) == (host, port, authority, path)


class TestAnAddressOfAName:
    TARGET = target_of("http://host.example:8080/")

    def test_is_taken_when_all_are_public(self) -> None:
        found = ["93.184.215.14", "2606:4700::1", "93.184.215.14"]
        assert allowed(self.TARGET, found, None) == ("93.184.215.14", "2606:4700::1")

    def test_is_refused_when_one_is_not(self) -> None:
        with pytest.raises(NotAllowed) as refused:
            allowed(self.TARGET, ["93.184.215.14", "10.0.0.1"], None)
        assert refused.value.why is Why.PRIVATE

    def test_is_one_of_four_at_most(self) -> None:
        assert len(allowed(self.TARGET, [f"93.184.215.{n}" for n in range(200)], None)) == 4

    def test_is_missing_when_there_is_none(self) -> None:
        with pytest.raises(NotReached):
            allowed(self.TARGET, [], None)

    def test_of_a_server_of_ones_own_may_be_private(self) -> None:
        assert allowed(self.TARGET, ["127.0.0.1"], OwnServer.of("http://Host.example:8080/api/v4")) == ("127.0.0.1",)

    @pytest.mark.parametrize(
        "own", ["http://host.example:8081/", "http://other.example:8080/", "https://host.example/"]
    )
    def test_of_another_than_that_may_not(self, own: str) -> None:
        with pytest.raises(NotAllowed):
            allowed(self.TARGET, ["127.0.0.1"], OwnServer.of(own))


def test_a_server_of_ones_own_has_the_port_of_its_scheme() -> None:
    assert OwnServer.of("https://GPU.example/v1") == OwnServer("gpu.example", 443)
    with pytest.raises(ValueError, match="no address"):
        OwnServer.of("nothing")
