"""Parts of the lab that need no tool."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from decloak.perturb.words import WORDS

ROOT = Path(__file__).parents[2]  # conftest has put it on the path


def test_samples_match_and_hold_what_they_were_told():
    from lab.responder.sample import Sampler

    pattern = r"^220[- ]([-\w.]+) FTP server \(Version (\d[\w.]+)\) (?:ready|up)[^\r\n]{3}\r\n"
    for seed in range(50):
        found = Sampler(pattern, 0).draw(
            random.Random(seed), {1: lambda: "ftp.example", 2: lambda: "4.5b1"}
        )
        assert found is not None
        assert re.search(pattern, found.string)
        assert found[2] == "4.5b1"


def test_an_impossible_pattern_gives_nothing():
    from lab.responder.sample import Sampler

    assert Sampler(r"a(?!b)b", 0).draw(random.Random(1), {}) is None


def test_probe_lines_are_read(tmp_path):
    from lab.responder.probes import load

    path = tmp_path / "probes"
    path.write_text(
        "# comment\nProbe TCP NULL q||\nmatch ftp m|^220 Toy (\\d+)\\r\\n| p/Toy ftpd/ v/$1/ i/a b/ cpe:/a:toy:toy:$1/\n"
        "Probe UDP Ask q|\\x01ab\\0|\nrarity 3\nports 5,7-9\nmatch ask m=^x(.)=si p|P/Q| o/Linux/\n",
        "latin-1",
    )
    null, ask = load(path)
    assert null.matches[0].fields == {"p": "Toy ftpd", "v": "$1", "i": "a b"}
    assert (ask.transport, ask.payload, ask.rarity, ask.ports) == (
        "udp",
        b"\x01ab\x00",
        3,
        (5, 7, 8, 9),
    )
    assert ask.matches[0].fields == {"p": "P/Q", "o": "Linux"}
    assert ask.matches[0].flags == re.IGNORECASE | re.DOTALL


def test_templates_expand_as_nmap_expands_them():
    from lab.responder.from_probes import expand

    found = re.search(r"(\w+)-(\S+)-(.)(.)", "a_b-1\x012-\x01\x02")
    assert found
    assert expand('$1 $SUBST(1,"_",".") $P(2) $I(3,">")', found) == "a_b a.b 12 1"


@pytest.mark.parametrize("seed", range(3))
def test_names_use_no_word_of_the_evaluation(seed):
    from lab.world.organisations import Organisations
    from lab.world.words import label_word

    rng = random.Random(seed)
    organisations = Organisations(rng)
    for _ in range(200):
        assert not set(re.findall(r"[a-z]+", organisations.draw().name.lower())) & set(WORDS)
        assert label_word(rng) not in WORDS


def test_organisations_differ_and_come_in_many_scripts():
    from lab.world.organisations import Organisations

    organisations = Organisations(random.Random(5))
    drawn = [organisations.draw() for _ in range(400)]
    assert len({each.slug for each in drawn}) == len(drawn)
    assert len({each.code for each in drawn}) > 35
    assert sum(not each.name.isascii() for each in drawn) > 60


def test_blocks_never_overlap():
    import ipaddress

    from lab.world.addresses import Blocks

    blocks = Blocks(random.Random(2))
    drawn = [
        ipaddress.ip_network(each)
        for _ in range(60)
        for each in (blocks.public(22), blocks.private(), blocks.six())
    ]
    for i, one in enumerate(drawn):
        for other in drawn[:i]:
            assert one.version != other.version or not one.overlaps(other)


def test_a_responder_answers_by_beginning_path_and_word():
    from lab.responder.plan import Role
    from lab.responder.serve import answer

    asked = Role("192.0.2.1", 1, "tcp", "x", "", "", "", replies=((b"\x01\x02", b"yes"),))
    assert answer(asked, b"\x01\x02\x03") == b"yes"
    assert answer(asked, b"\x02") == b""
    page = Role(
        "192.0.2.1", 1, "tcp", "x", "", "", "", pages={"/": b"H: 1\r\n\r\nbody", "*": b"none"}
    )
    assert answer(page, b"GET /?a HTTP/1.0\r\n\r\n") == b"H: 1\r\n\r\nbody"
    assert answer(page, b"HEAD / HTTP/1.0\r\n\r\n") == b"H: 1\r\n\r\n"
    assert answer(page, b"GET /x HTTP/1.0\r\n\r\n") == b"none"
    spoken = Role(
        "192.0.2.1", 1, "tcp", "x", "", "", "", dialogue={"NOOP": b"{tag} OK", "": b"what"}
    )
    assert answer(spoken, b"a1 noop\r\n") == b"a1 OK"
    assert answer(spoken, b"boo\r\n") == b"what"


def test_a_registry_finds_the_key_in_what_clients_send(tmp_path):
    from lab.whois.serve import Answer, Registry, write_table

    write_table(tmp_path / "table", [Answer("192.0.2.1", "Example.JP", "täst\n", "iso-8859-1")])
    registry = Registry(tmp_path / "table")
    for query in ("example.jp\r\n", "example.jp/e\r\n", "-T dn,ace example.jp\r\n", "EXAMPLE.JP"):
        assert registry.find("192.0.2.1", query) == "täst\r\n".encode("latin-1")
    assert registry.find("192.0.2.2", "example.jp\r\n").startswith(b"No match")
    assert registry.find("192.0.2.1", "\r\n").startswith(b"No match")


def test_every_layout_renders_every_kind_of_row():
    from lab.budget import BUDGETS
    from lab.daemons import find_tool
    from lab.whois.render import layouts, render_domain, render_network
    from lab.world.build import build_world

    if find_tool("nmap") is None:
        pytest.skip("not installed: nmap (lab/packages.txt)")
    world = build_world(2, BUDGETS["small"])
    networks = {"ripe", "arin", "apnic", "lacnic", "afrinic", "jpnic", "krnic"}
    assert networks < set(layouts())
    for layout in layouts():
        if layout in networks:
            assert all(
                row.first in render_network(layout, row) or row.cidr in render_network(layout, row)
                for row in world.networks
            )
        else:
            assert all(
                row.domain in render_domain(layout, row, world.servers).lower()
                for row in world.registrations
            )


def test_the_same_seed_gives_the_same_world():
    from lab.daemons import find_tool

    if find_tool("nmap") is None:
        pytest.skip("not installed: nmap (lab/packages.txt)")
    code = (
        "import hashlib; from lab.budget import BUDGETS; from lab.world.build import build_world;"
        "print(hashlib.sha256(repr(build_world(4, BUDGETS['small'])).encode()).hexdigest())"
    )
    # The harvest sets the salt as well: some of Faker's tables are sets.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", code]
    digests = {
        subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(digests) == 1


def test_nothing_is_built_outside_a_namespace():
    from lab.daemons import LabError
    from lab.isolation import check_isolated

    with pytest.raises(LabError, match="not isolated"):
        check_isolated()


def test_no_two_real_daemons_want_the_same_port():
    from lab.debian.table import DAEMONS, LIGHT
    from lab.real import placed

    for heavy, count in ((False, len(LIGHT)), (True, len(DAEMONS))):
        rows = placed(heavy=heavy)
        ports = [
            (address, at.port, at.transport) for each, address in rows for at in each.listeners
        ]
        assert len(rows) == count
        assert len(set(ports)) == len(ports)
    assert {each.name for each, _ in placed(heavy=False)} == set(LIGHT)


def test_package_lists_are_sorted_and_apart():
    light, full = (
        (ROOT / "lab" / f"packages{end}.txt").read_text().split() for end in ("", "-full")
    )
    assert light == sorted(set(light))
    assert full == sorted(set(full))
    assert not set(light) & set(full)
