"""What of a result is written: groups, allow lists, each value once, defanged."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import decloak
from decloak.cli.app import app
from decloak.core.chosen import Chosen, Mapped
from decloak.core.errors import SettingsError
from decloak.core.labels import GROUPS, LABELS
from decloak.decode import decode
from decloak.indicators.allowed import Allowed
from decloak.indicators.defanged import defanged

SCAN = """Nmap scan report for web.example.com (192.0.2.10)
Host is up (0.021s latency).
PORT   STATE SERVICE VERSION
22/tcp open  ssh     OpenSSH 8.4p1
"""
REPORT = (
    "It calls hxxp://evil[.]example[.]com/a and 192.0.2.77, then http://evil.example.com/a again.\n"
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    (tmp_path / "scan.txt").write_text(SCAN)
    (tmp_path / "report.txt").write_text(REPORT)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **more: CliRunner().invoke(app, list(arguments), **more)


def labels_of(made):
    return {
        each["label"] for line in made.stdout.splitlines() for each in json.loads(line)["entities"]
    }


def test_every_label_is_in_one_group():
    every = [label for group in GROUPS.values() for label in group]
    assert sorted(every) == sorted(LABELS)


def test_formats_for_people_leave_observations_out_and_say_so(run):
    table = run("extract", "scan.txt", "-f", "table").stdout
    assert "LATENCY" not in table
    assert "more with --group all" in table.splitlines()[0]
    assert "0.021s" not in run("extract", "scan.txt", "-f", "values").stdout.splitlines()
    for more in (("--group", "all"), ("--labels", "LATENCY"), ("--group", "observations")):
        assert "LATENCY" in run("extract", "scan.txt", "-f", "table", *more).stdout
        assert "0.021s" in run("extract", "scan.txt", "-f", "values", *more).stdout.splitlines()


def test_formats_for_programs_give_everything_unless_a_group_is_named(run):
    assert {"STATE", "LATENCY", "DOMAIN", "VERSION"} <= labels_of(run("extract", "scan.txt"))
    assert labels_of(run("extract", "scan.txt", "--group", "indicators")) == {
        "DOMAIN",
        "IP_ADDRESS",
    }
    both = run("extract", "scan.txt", "--group", "indicators,assets", "--labels", "PORT,STATE")
    assert labels_of(both) == {"PORT"}
    found = decloak.extract(SCAN, group=["indicators"], tagger="off").entities
    assert {each.label for each in found} == {"DOMAIN", "IP_ADDRESS"}
    assert run("extract", "scan.txt", "--group", "ports").exit_code == 2


def test_each_value_once_with_its_count_and_first_places(run):
    asked = ("extract", "report.txt", "scan.txt", "--unique", "--labels", "URL,IP_ADDRESS")
    url, address, host = map(json.loads, run(*asked).stdout.splitlines())
    assert (url["value"], url["count"], url["documents"]) == ("http://evil.example.com/a", 2, 1)
    assert [(each["id"], each["line"], each["column"]) for each in url["first"]] == [
        ("report.txt", 1, 10), ("report.txt", 1, 61),
    ]  # fmt: skip
    assert url["first"][0]["text"] == "hxxp://evil[.]example[.]com/a"
    assert (address["value"], host["value"]) == ("192.0.2.77", "192.0.2.10")
    assert run(*asked, "-j", "2").stdout == run(*asked).stdout
    rows = list(csv.DictReader(io.StringIO(run(*asked, "-f", "csv").stdout)))
    assert [row["count"] for row in rows] == ["2", "1", "1"]
    assert rows[0]["first"] == "report.txt:1:10 report.txt:1:61"
    assert json.loads(run(*asked, "-f", "json").stdout) == [url, address, host]
    assert run(*asked, "-f", "values").stdout.split() == [
        each["value"] for each in (url, address, host)
    ]
    assert "report.txt:1:10" in run(*asked, "-f", "table").stdout
    assert run(*asked, "-f", "stix").exit_code == 2


def test_defanged_output_is_no_link_and_leads_back(run):
    for form in ("table", "csv", "text", "values"):
        shown = run("extract", "report.txt", "-f", form, "--defang", "--labels", "URL").stdout
        assert "hxxp://evil[.]example[.]com/a" in shown
        assert "http://" not in shown
    [row] = map(json.loads, run("extract", "report.txt", "--defang").stdout.splitlines())
    for entity in row["entities"]:
        assert entity["text"] == REPORT[entity["start"] : entity["end"]]
        assert "." not in entity["value"].replace("[.]", "")
    assert run("extract", "report.txt", "--defang", "-f", "misp").exit_code == 2


HOSTS = st.from_regex(r"[a-z]{3,8}\.(example\.com|example\.org)", fullmatch=True)
VALUES = st.one_of(
    HOSTS.map(lambda host: ("DOMAIN", host)),
    st.ip_addresses(v=4).map(lambda each: ("IP_ADDRESS", str(each))),
    st.ip_addresses(v=6).filter(lambda each: not each.ipv4_mapped).map(lambda each: ("IP_ADDRESS", each.compressed)),
    HOSTS.map(lambda host: ("EMAIL", f"joe.doe@{host}")),
    st.tuples(st.sampled_from(["http", "https", "ftp", "ssh"]), HOSTS, st.sampled_from(["", ":8080", "/a.b?c=d.e"])).map(
        lambda each: ("URL", f"{each[0]}://{each[1]}{each[2]}")
    ),
    st.ip_addresses(v=6).filter(lambda each: not each.ipv4_mapped).map(lambda each: ("URL", f"http://[{each.compressed}]:80/x")),
)  # fmt: skip


@given(VALUES)
def test_the_decoders_read_back_what_is_defanged(labelled):
    label, value = labelled
    safe = defanged(label, value)
    assert safe != value or value.startswith("::") or value.endswith("::")
    assert defanged(label, safe) == safe
    assert decode(f"see {safe} now").text == f"see {value} now"


def allowed(tmp_path, text):
    (tmp_path / "allow").write_text(text)
    return Allowed(tmp_path / "allow")


@pytest.mark.parametrize(
    ("line", "label", "value", "hit"),
    [
        ("www.example.com", "DOMAIN", "www.example.com", True),
        ("www.example.com", "DOMAIN", "a.www.example.com", False),
        ("NGINX", "SOFTWARE", "nginx", True),
        (".example.com", "DOMAIN", "example.com", True),
        ("*.example.com", "URL", "https://joe@a.example.com:8/x", True),
        (".example.com", "EMAIL", "joe@b.example.com", True),
        (".example.com", "DOMAIN", "badexample.com", False),
        (".example.com", "FILE_NAME", "a.example.com", False),
        ("192.0.2.0/24", "IP_ADDRESS", "192.0.2.9", True),
        ("192.0.2.7/24", "IP_ADDRESS", "192.0.2.9", True),
        ("192.0.2.0/24", "IP_ADDRESS", "192.0.3.9", False),
        ("192.0.2.0/24", "CIDR", "192.0.2.128/25", True),
        ("192.0.2.0/24", "CIDR", "192.0.0.0/16", False),
        ("192.0.2.0/24", "CIDR", "192.0.2.3-192.0.2.9", True),
        ("192.0.2.0/24", "CIDR", "192.0.2.3-192.0.3.9", False),
        ("192.0.2.0/24", "URL", "http://192.0.2.1/x", True),
        ("2001:db8::/32", "URL", "http://[2001:db8::1]/x", True),
        ("2001:db8::/32", "IP_ADDRESS", "2001:db8::1%eth0", True),
        (r"/^web\d+$/", "HOSTNAME", "web12", True),
        (r"/^web\d+$/", "HOSTNAME", "web", False),
        ("web12 # ours", "HOSTNAME", "web12", True),
        ("# web12", "HOSTNAME", "web12", False),
    ],
    ids=str,
)  # fmt: skip
def test_a_line_of_an_allow_list(tmp_path, line, label, value, hit):
    found = allowed(tmp_path, f"# heading\n\n{line}\n").line_of(label, value, value)
    assert (found == 3) == hit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ok\n/(/\n", "allow:2: /(/ is no RE2 pattern: missing )"),
        ("192.0.2.0/99\n", "allow:1: '192.0.2.0/99' is no network"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, text, said):
    with pytest.raises(SettingsError) as caught:
        allowed(tmp_path, text)
    assert said in str(caught.value)


def test_an_allow_list_that_cannot_be_read_is_named(run, tmp_path):
    (tmp_path / "latin").write_bytes(b"ok\ncaf\xe9\n")
    for name, said in (
        ("missing", "missing: no such file"),
        ("latin", "latin:2: this is no UTF-8"),
    ):
        made = run("extract", "scan.txt", "--ignore", name)
        assert (made.exit_code, said in made.stderr) == (2, True)


@given(st.text(max_size=30))
def test_no_value_breaks_an_allow_list(value):
    for label in ("URL", "EMAIL", "CIDR", "IP_ADDRESS", "DOMAIN"):
        EVERY.line_of(label, value, value)


class _Every(Allowed):
    def __init__(self):
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "a").write_text(".example.com\n10.0.0.0/8\n/x/\nq\n")
            super().__init__(Path(folder) / "a")


EVERY = _Every()


def test_what_is_ignored_is_left_out_and_shown_in_review_with_the_line(run, tmp_path):
    (tmp_path / "allow").write_text("192.0.2.0/28\n.example.com\n")
    found = run(
        "extract",
        "report.txt",
        "scan.txt",
        "--ignore",
        "allow",
        "-f",
        "values",
        "--group",
        "indicators",
    )
    assert found.stdout.split() == ["192.0.2.77"]
    shown = run("extract", "scan.txt", "--ignore", "allow", "--review", "--labels", "IP_ADDRESS")
    [entity] = json.loads(shown.stdout)["entities"]
    assert entity["status"] == "rejected"
    assert entity["evidence"][-1] == "ignored by allow:1"


@given(st.lists(st.integers(), max_size=40), st.sets(st.integers(0, 5)))
def test_views_are_what_lists_would_be(items, wanted):
    chosen = Chosen(items, lambda item: item % 6 in wanted)
    plain = [item for item in items if item % 6 in wanted]
    assert list(chosen) == plain
    assert len(chosen) == len(plain)
    assert list(Mapped(chosen, lambda item: item + 1)[1:5]) == [item + 1 for item in plain[1:5]]


def test_values_of_hashes_are_never_cut(run, tmp_path):
    digest = "0123456789abcdef" * 8
    (tmp_path / "hash.txt").write_text(f"sha512: {digest} seen\n")
    for env in ({}, {"FORCE_COLOR": "1", "COLUMNS": "40"}):
        assert digest in run("extract", "hash.txt", "-f", "table", env=env).stdout
