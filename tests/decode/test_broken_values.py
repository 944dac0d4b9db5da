"""Line ends inside values whose own shape says that they go on; lists and sentences stay apart."""

import pytest

import decloak

CARRIERS = (
    ("Nmap scan report for a.example.com ({})\nHost is up.\n", "IP_ADDRESS", "198.51.100.148", (6, 9)),
    ("2025-03-04T11:21:07Z fw01 DROP IN=eth0 SRC={} PROTO=TCP SPT=44120 DPT=23", "IP_ADDRESS", "198.51.100.148", (8,)),
    ("inet6num:       {}\nnetname:        EU\n", "IP_ADDRESS", "2001:db8:4ee2::777e", (12, 14)),
    ("the payload came from {} and was run.", "DOMAIN", "schoolclinic.example.org", (9, 10)),
    ("112 192.0.2.99 TCP_MISS/200 4312 GET {} - text/html", "URL", "https://maplebank.example.org/dl/a.exe", (2, 4, 16)),
    ('{{"url": "{}", "verdict": "bad"}}', "URL", "https://maplebank.example.org/dl/a.exe", (2, 16, 20)),
    ("| ssl-cert: x\n|   emailAddress={}\n| Not valid\n", "EMAIL", "ada.quinn@river.example.net", (9,)),
    ("setup.exe\t{}\t412 KB", "HASH", "eb38203e2dfc3c523d1a35203422deff", (3, 20)),
    ("|     IDs:  CVE:{}\n", "CVE", "CVE-2019-14818", (3, 7, 11)),
)  # fmt: skip


@pytest.mark.parametrize("gap", ["\n", "\n    "])
@pytest.mark.parametrize(("line", "label", "value", "places"), CARRIERS)
def test_a_broken_value_is_joined(line, label, value, places, gap):
    for place in places:
        text = line.format(value[:place] + gap + value[place:])
        entities = decloak.extract(text, tagger="off").entities
        assert (label, value) in [(each.label, each.value) for each in entities], text


@pytest.mark.parametrize(
    "text",
    ["The list:\nriver.example.com\nocean.example.com\n", "upgrade to 1.2.3\n4.5.6 is next", "1.2.3\n4.5\n6.7.8\n",
     "Contact John Smith\n  example.com is our site\n", "Name Servers: ns1\n    ns2.example.com\n",
     "12:30:45\n12:31:00 x", "call std::abc::\nde", "(see river.example.com\nocean.example.org)", "in 2019\n2020",
     "CVE-2020-1234\n56 hosts", "user root\nadmin@example.com wrote", "Biser Grigorov\n  biser@net.example.com\n",
     "It runs on the mail\nserver.example.com and", "192.0.2.1\n192.0.2.2\n",
     "6502c0f9a2d1e84b\n00f067aa0ba902b7\na94a8fe5ccb19ba6\n"],
)  # fmt: skip
def test_things_below_each_other_stay_apart(text):
    assert not decloak.extract(text, tagger="off").edits
