"""Whether four numbers are an address or a version, by what stands around them."""

from __future__ import annotations

import pytest

from decloak.indicators.quads import is_quad, is_version
from decloak.kb.lexicon import ends_with_product

QUAD = "192.0.2.4"
ADDRESSES = [
    "inet {}/24 brd", "user/{} logged in", "HIER_DIRECT/{}", "server=/corp.example/{}", "host.example/{}:62260",
    "/{}:4567", "from {} port 22", "nameserver {}", "tcp/{}", "{} > ", "ssh root@{}", "{}", "client {}:443",
    "198.51.100.7 > {}: ICMP", "via {} dev eth0", "resolver/{}",
    "from invalid user admin {} port 22", "set dns proxy {}", "the web server {} answered", "default router {}",
]  # fmt: skip
VERSIONS = [
    ("version {}", "1.2.3.4"), ("Firefox {}", "3.6.0.1"), ("Agent/{}", "1.2.3.4"), ("pkg@{}", "1.2.3.4"),
    ("with Microsoft SMTP Server id {} via", "15.1.225.42"), ("id\n {}", "15.1.225.42"), ("build {}", "6.1.76.5"),
    ("org.example:thing:{}", "1.2.3.4"), ("upgraded from 1.1.1.1 to {}", "1.1.1.4"),
    ("Mozilla/5.0 (X11) Thing/{}", "9.8.7.6"), ("adobe reader {}", "3.0.1.2"), ("Acme Firewall {}", "3.0.1.2"),
    ("firefox {}", "3.6.0.1"),
]  # fmt: skip


def _is_version(frame: str, quad: str) -> bool:
    shadow = frame.format(quad).encode()
    start = shadow.index(quad.encode())
    return is_version(shadow, start, start + len(quad), ends_with_product)


@pytest.mark.parametrize("frame", ADDRESSES)
def test_an_address_stays_one(frame: str) -> None:
    assert not _is_version(frame, QUAD)


@pytest.mark.parametrize(("frame", "quad"), VERSIONS)
def test_a_version_is_no_address(frame: str, quad: str) -> None:
    assert _is_version(frame, quad)


@pytest.mark.parametrize(("role", "expected"), [("VERSION", True), ("IP_ADDRESS", False)])
def test_the_key_has_the_first_word(role: str, expected: bool) -> None:  # noqa: FBT001 - a table
    shadow = b"version 1.2.3.4"
    assert is_version(shadow, 8, 15, ends_with_product, role) is expected


@pytest.mark.parametrize(("text", "expected"), [("1.2.3.4", True), ("1.2.3.256", False), ("1.2.3", False)])  # fmt: skip
def test_a_quad_is_four_numbers_below_256(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_quad(text.encode(), 0, len(text)) is expected
