import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.acquire.targets import Kind, blocks, parse_target, read_targets
from decloak.core.errors import InputError, UnreadableError


@pytest.mark.parametrize(
    ("text", "kind", "canonical"),
    [
        ("192.0.2.1", Kind.ADDRESS, "192.0.2.1"),
        ("2001:DB8:0:0::1", Kind.ADDRESS, "2001:db8::1"),
        ("192.0.2.77/24", Kind.NETWORK, "192.0.2.0/24"),
        ("2001:db8::/120", Kind.NETWORK, "2001:db8::/120"),
        ("WWW.Example.COM.", Kind.NAME, "www.example.com"),
        ("bücher.example", Kind.NAME, "xn--bcher-kva.example"),
        ("_sip._tcp.example.com", Kind.NAME, "_sip._tcp.example.com"),
        ("*.example.com", Kind.NAME, "*.example.com"),
        ("example", Kind.NAME, "example"),
        ("as64496", Kind.AUTNUM, "AS64496"),
    ],
)
def test_what_a_target_is(text, kind, canonical):
    target = parse_target(text, Kind)
    assert (target.kind, target.text) == (kind, canonical)


@pytest.mark.parametrize(
    "text",
    [
        "-iL", "-iL/etc/passwd", "--script=x", "-", "", " ", "a b.example", "example.com -oN x",
        "example.com;id", "$(id).example", "`id`.example", "a|b.example", "a&b", "a\nb.example",
        "a\0.example", "192.0.2.1-254", "192.0.2.*", "192.0.2.300", "192.0.2", "1", "010.0.0.1",
        "192.0.2.0/33", "192.0.2.0/255.255.255.0", "192.0.2.0/-1", "fe80::1%eth0", "fe80::%/64",
        "example.com/24", "-a.example", "a-.example", "a..example", ".example", "a.-b", "a.1",
        "a" * 64 + ".example", "a." * 127 + "example", "@192.0.2.1", "+short", "%.example",
        "http://example.com", "user@example.com", "[2001:db8::1]", "a.*.example",
        "x" * 100_000, "\u202eexample.com\u202c;", "ex\u00adample.com -iL",
    ],
)  # fmt: skip
def test_what_is_no_target(text):
    with pytest.raises(InputError, match="is not an IP address, ") as caught:
        parse_target(text, Kind)
    assert len(str(caught.value)) < 250


@given(st.text(max_size=40) | st.from_regex(r"[-@+%.\w/:;* ]{0,40}", fullmatch=True))
def test_nothing_that_passes_can_be_an_option(text):
    try:
        target = parse_target(text, Kind)
    except InputError:
        return
    assert target.text.isascii()
    assert target.text[0] not in "-+@"
    assert not set(target.text) & set(" \t\r\n;|&$`'\"\\<>(){}!#\0")
    assert parse_target(target.text, [target.kind]) == target


def test_only_the_kinds_that_are_wanted():
    with pytest.raises(InputError, match=r"is not an IP address$"):
        parse_target("example.com", [Kind.ADDRESS])
    with pytest.raises(InputError, match="not an IP address or a host or domain name"):
        parse_target("192.0.2.0/24", [Kind.ADDRESS, Kind.NAME])


@given(st.integers(16, 32), st.integers(0, (1 << 32) - 1))
def test_blocks_cover_a_network_once(prefix, address):
    network = ipaddress.ip_network((address, prefix), strict=False)
    parts = [
        ipaddress.ip_network(block.text)
        for block in blocks(parse_target(str(network), [Kind.NETWORK]))
    ]
    assert sum(part.num_addresses for part in parts) == network.num_addresses
    assert all(part.num_addresses <= 256 for part in parts)
    assert list(ipaddress.collapse_addresses(parts)) == [network]


def test_too_large_a_network_is_refused_before_anything_happens():
    for text in ("0.0.0.0/0", "198.0.0.0/15", "2001:db8::/64"):
        with pytest.raises(InputError, match="65,536"):
            next(blocks(parse_target(text, [Kind.NETWORK])))
    assert len(list(blocks(parse_target("2001:db8::/112", [Kind.NETWORK])))) == 256


def test_a_file_of_targets(tmp_path):
    file = tmp_path / "targets"
    file.write_bytes(b"\xef\xbb\xbf# hosts\r\n192.0.2.1\r\n\r\n example.com  # web\n-iL\n")
    assert list(read_targets(file)) == [(2, "192.0.2.1"), (4, "example.com"), (5, "-iL")]


def test_files_that_hold_no_targets(tmp_path):
    file = tmp_path / "targets"
    with pytest.raises(UnreadableError, match="no such file"):
        list(read_targets(file))
    with pytest.raises(UnreadableError, match="is a directory"):
        list(read_targets(tmp_path))
    file.write_bytes(b"caf\xe9.example\n")
    with pytest.raises(InputError, match="not UTF-8 at byte 3"):
        list(read_targets(file))
    file.write_bytes(b"\x7fELF" + bytes(100))
    with pytest.raises(InputError, match="an ELF program"):
        list(read_targets(file))
