"""Which lines are left to the model."""

from __future__ import annotations

import itertools

from decloak.core.document import Document
from decloak.pipeline import Pipeline
from decloak.tag import PROPOSERS, Scene
from decloak.tag.explained import WORD, head_of, pair_of, unexplained


def read(text: str) -> list[str]:
    decoded, segments, facts, _ = Pipeline().read(Document("-", text))
    assert decoded.text == text
    found = facts.span(0, len(facts))
    scene = Scene(decoded.view, 0, len(text), frozenset(), tuple(segments))
    candidates = [each for tag in PROPOSERS for each in tag.propose(scene)]
    stretches = unexplained(decoded.view, 0, len(text), segments, found, candidates)
    ranges = [stretch[:2] for stretch in stretches]
    assert ranges == sorted(ranges)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(ranges))
    return [text[start:end] for start, end in ranges]


SCAN = (
    "Starting Nmap 7.94 ( https://nmap.org ) at 2026-01-02 03:04 UTC\n"
    "Nmap scan report for www.example.com (192.0.2.10)\n"
    "Host is up (0.21s latency).\n"
    "Not shown: 998 closed tcp ports (reset)\n"
    "PORT   STATE SERVICE VERSION\n"
    "22/tcp open  ssh     OpenSSH 8.4p1\n"
    "80/tcp open  http    nginx 1.18.0\n"
)


def test_a_plain_scan_asks_the_model_nothing():
    assert read(SCAN) == []


def test_a_script_that_quotes_a_server_is_read_alone():
    line = "|_http-title: Welcome to the Fabrikam appliance\n"
    assert read(SCAN + line) == [line]


def test_lines_that_hold_nothing_told_are_read_together():
    remark = "please ask Contoso about\nthe gadget in rack seven\n"
    assert read(SCAN + remark + "443/tcp open https\n") == [remark]


def test_prose_is_read_whole():
    text = "The group known as Example Panda uses Examplebot.\n\nIt was seen in May.\n"
    assert read(text) == [text]


def test_a_record_that_is_understood_asks_nothing():
    text = (
        "Domain Name: example.com\nRegistrar: Example Registrar Inc.\n"
        "Registrar Abuse Contact Phone: +1.5555550100\nRegistrant City: Exampleville\n"
        "Name Server: ns1.example.com\nDNSSEC: unsigned\n"
    )
    assert read(text) == []


def test_a_value_between_quotes_is_read_with_its_name_alone():
    text = (
        '{"ip_str": "192.0.2.1", "port": 80, "transport": "tcp", "org": "Example Org", '
        '"data": "Fabrikam teapot ready", "hostnames": [], "_shodan": {"module": "http"}}'
    )
    assert read(text) == ['"data": "Fabrikam teapot ready']


def test_a_value_in_markup_is_read_with_its_tag():
    tag = '<script id="banner" output="Fabrikam gadget by Contoso"/>'
    text = (
        '<?xml version="1.0"?>\n<nmaprun scanner="nmap" args="nmap -sV 192.0.2.1" version="7.94">\n'
        '<host><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/><ports>\n'
        f'<port protocol="tcp" portid="80"><state state="open"/>{tag}</port>\n'
        "</ports></host></nmaprun>\n"
    )
    assert read(text) == [tag]


def test_of_lines_that_were_joined_only_what_is_near_is_read():
    joined = " ".join(f"{port}/tcp open http nginx 1.18.0" for port in range(1000, 1060))
    scan = SCAN.replace("\n", " ") + joined
    text = f"remark about the Fabrikam appliance: {scan}\n"
    pieces = read(text)
    assert any("remark about the Fabrikam appliance" in piece for piece in pieces)
    assert sum(map(len, pieces)) < len(text) / 3


def test_every_stretch_is_in_order_whatever_the_text():
    from hypothesis import given, settings
    from hypothesis import strategies as st

    pieces = st.sampled_from(
        [SCAN, '{"ip_str": "192.0.2.1", "port": 80, "data": "x \\"y\\" zz", "org": "', '"}', '"', "<a b=",
         ">", "<?xml version='1.0'?><nmaprun scanner='nmap'>", "Fabrikam ", "\n", "\\", " ", "=", '":']
    )  # fmt: skip

    @settings(max_examples=60, deadline=None)
    @given(st.lists(pieces, max_size=12).map("".join))
    def holds(text: str) -> None:
        decoded, segments, facts, _ = Pipeline().read(Document("-", text))
        found = facts.span(0, len(facts))
        stretches = unexplained(decoded.view, 0, len(decoded.text), segments, found, [])
        ranges = [stretch[:2] for stretch in stretches]
        assert all(start < end for start, end in ranges)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(ranges))

    holds()


def test_what_stands_before_the_lines_explains_nothing_away_and_asks_nothing():
    stamped = "".join(
        f"2026-01-02T03:04:0{row % 10}Z {line}\n" for row, line in enumerate(SCAN.splitlines())
    )
    assert read(stamped) == []
    line = "2026-01-02T03:04:09Z please ask Contoso\n"
    assert read(stamped + line) == [line]


def test_a_command_behind_a_prompt_asks_nothing():
    for prompt in ("$ sudo ", "analyst@soc ~ % ", "C:\\tools>"):
        assert read(f"{prompt}nmap -sV --max-retries 1 -oA scan 192.0.2.10\n{SCAN}") == []


def test_words_behind_others():
    found = WORD.search(b"Ignored State: closed (26)", 15)
    assert pair_of(b"Ignored State: closed (26)", 0, found) == b"state closed"
    assert pair_of(b"Ignored State: closed (26)", 15, found) == b" closed"
    assert pair_of(b"State:\nclosed", 0, WORD.search(b"State:\nclosed", 7)) == b" closed"


def test_heads_of_lines():
    assert head_of(b"$ sudo nmap -sV 192.0.2.1", 0, 25) == b"$ nmap"
    assert head_of(b"PS C:\\> whois example.com", 0, 25) == b"$ whois"
    assert head_of(b"  Registrant  Phone: +1", 0, 23) == b"registrant phone"
    assert head_of(b"%% line 12 of 40: x", 0, 19) == b"line 0 of 0"
    assert head_of(b"# No  colon here", 0, 16) == b"no colon"
    assert head_of(b"|_http-title: x", 0, 15) is None
    assert head_of(b"  192.0.2.1", 0, 11) is None


CONDITIONS = (
    "The data in this record is provided by Example Registry for informational purposes only, and it does\n"
    "not guarantee its accuracy. By submitting a query you agree to use the data for lawful purposes, and that\n"
    "you will not enable the transmission of unsolicited commercial advertising by electronic processes.\n"
)


def test_conditions_of_use_of_a_registry_are_not_read_and_remarks_are():
    record = "Domain Name: example.com\nRegistrar: Example Registrar Inc.\nName Server: ns1.example.com\n\n"
    remark = "remarks: sold by Contoso Hosting of Exampleville\n"
    assert read(record + CONDITIONS) == []
    assert read(record + remark + "\n" + CONDITIONS) == [remark]


def test_what_is_no_text_is_no_reason_to_read():
    key = "AwEAAY3YwBrr5tleOJ7k8ssMuENHddWxS3ettpuTbx9CQ56yq4KbZ5qntcaidPABGhAu9k0yffeuDM91MF0l03"
    reply = "".join(f"\\x{sign:02x}" for sign in b"unreadable reply of some service")
    for line in (f"| key: {key}\n", f"| {key[:50]} {key[50:]}\n", f"|_ Answer({reply})\n"):
        assert all(key[:40] not in piece and reply not in piece for piece in read(SCAN + line))
    assert read(SCAN + f"| Fabrikam gadget {key}\n") == [f"| Fabrikam gadget {key}\n"]


def test_the_name_of_a_tag_is_no_reason_to_read():
    text = (
        '<?xml version="1.0"?>\n<nmaprun scanner="nmap" args="nmap -sV 192.0.2.1" version="7.94">\n'
        '<host><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/>'
        "<unheardof/></host></nmaprun>\n"
    )
    assert read(text) == []
