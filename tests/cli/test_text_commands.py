"""defang, refang, diff, explain: small commands over text."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from decloak.cli.app import app
from decloak.cli.comparison import changes, inventory
from decloak.cli.rewriting import defang, refang

SCAN = """Nmap scan report for web.example.com (192.0.2.10)
Host is up (0.021s latency).
PORT    STATE SERVICE VERSION
22/tcp  open  ssh     OpenSSH 8.4p1
80/tcp  open  http    nginx 1.18.0
"""
PLAIN = "See http://evil.example.com/a.php, joe@evil.example.com and 192.0.2.1 (CVE-2021-44228, v1.2.3).\n"
SAFE = "See hxxp://evil[.]example[.]com/a.php, joe[@]evil[.]example[.]com and 192[.]0[.]2[.]1 (CVE-2021-44228, v1.2.3).\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **more: CliRunner().invoke(app, list(arguments), **more)


def test_text_is_defanged_and_refanged_around_what_is_no_indicator(run):
    assert run("defang", input=PLAIN).stdout == SAFE
    assert run("refang", input=SAFE).stdout == PLAIN
    assert run("defang", input=SAFE).stdout == SAFE
    assert run("refang", input=PLAIN).stdout == PLAIN


@given(st.text(max_size=60))
def test_text_without_indicators_passes_unchanged(text):
    for change in (DEFANG, REFANG):
        made = change(text)
        assert change(made) == made


DEFANG, REFANG = defang(), refang()


def test_bytes_that_are_no_text_pass_and_other_encodings_are_refused(run, tmp_path):
    (tmp_path / "a").write_bytes(b"caf\xe9 192.0.2.1\r\n\xff\n")
    (tmp_path / "b").write_bytes("\ufeff192.0.2.1".encode("utf-16"))
    made = run("defang", "a", "b", "missing")
    assert made.stdout_bytes == b"caf\xe9 192[.]0[.]2[.]1\r\n\xff\n"
    assert made.exit_code == 3
    assert "decloak: b: this is UTF-16; convert it" in made.stderr
    assert "missing: no such file" in made.stderr


def test_lines_are_answered_as_they_arrive():
    command = [sys.executable, "-m", "decloak", "defang"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for number in (1, 2):
            process.stdin.write(f"192.0.2.{number}\n".encode())
            process.stdin.flush()
            assert process.stdout.readline() == f"192[.]0[.]2[.]{number}\n".encode()
        process.stdin.close()
        assert process.wait(60) == 0


def test_two_scans_are_compared_by_host_and_port(run, tmp_path):
    (tmp_path / "a").write_text(SCAN)
    later = (
        SCAN.replace("1.18.0", "1.20.1")
        .replace("22/tcp  open", "23/tcp  open")
        .replace("0.021s", "0.5s")
    )
    (tmp_path / "b").write_text(later)
    assert (run("diff", "a", "a").exit_code, run("diff", "a", "a").stdout) == (0, "")
    made = run("diff", "a", "b")
    assert made.exit_code == 1
    assert made.stdout.splitlines() == [
        "- host 192.0.2.10 port 22/tcp: state open, service ssh, software OpenSSH, version 8.4p1",
        "+ host 192.0.2.10 port 23/tcp: state open, service ssh, software OpenSSH, version 8.4p1",
        "~ host 192.0.2.10 port 80/tcp: version 1.18.0 -> 1.20.1",
    ]
    for form in ("jsonl", "json"):
        for name in "ab":
            (tmp_path / f"{name}.{form}").write_text(run("extract", name, "-f", form).stdout)
        assert run("diff", f"a.{form}", f"b.{form}").stdout == made.stdout
    assert run("diff", "a.jsonl", "b").stdout == made.stdout
    [first, *_] = map(json.loads, run("diff", "a", "b", "-f", "jsonl").stdout.splitlines())
    assert first["change"] == "gone"
    assert first["place"] == ["host", "192.0.2.10", "port", "22/tcp"]


def test_other_text_is_compared_by_entity_and_trouble_is_2(run, tmp_path):
    (tmp_path / "a").write_text("beacons to 192.0.2.1 and 192.0.2.2\n")
    (tmp_path / "b").write_text("now to 192.0.2[.]2 and evil.example.com\n")
    assert run("diff", "a", "b").stdout.splitlines() == [
        "+ DOMAIN evil.example.com",
        "- IP_ADDRESS 192.0.2.1",
    ]
    for pair in (("a", "missing"), ("missing", "a")):
        made = run("diff", *pair)
        assert (made.exit_code, made.stdout) == (2, "")
        assert "missing" in made.stderr


FIELD = st.text("ab1.", min_size=1, max_size=4).map(
    lambda value: {"value": value, "start": 0, "end": 1}
)
PORTS = st.fixed_dictionaries(
    {"kind": st.just("port"), "number": FIELD}, optional={"protocol": FIELD, "version": FIELD}
)
HOSTS = st.fixed_dictionaries(
    {"kind": st.just("host"), "ports": st.lists(PORTS, max_size=3)},
    optional={"address": FIELD, "name": FIELD},
)
RESULTS = st.lists(
    st.builds(lambda hosts: {"records": hosts, "entities": []}, st.lists(HOSTS, max_size=3)),
    max_size=2,
)


@given(RESULTS, RESULTS)
def test_changes_lead_from_one_side_to_the_other(before, after):
    old, new = inventory(before), inventory(after)
    made = {place: dict(fields) for place, fields in old.items()}
    for change in changes(old, new):
        place = tuple(change["place"])
        if change["change"] == "gone":
            assert made.pop(place) == change["fields"]
        elif change["change"] == "new":
            made[place] = change["fields"]
        else:
            for key, (was, now) in change["fields"].items():
                assert made[place].pop(key, None) == was
                if now is not None:
                    made[place][key] = now
    assert made == new
    assert list(changes(new, new)) == []


def test_a_place_is_explained_stage_by_stage(run, tmp_path):
    (tmp_path / "a.txt").write_text(SCAN + "\nIt talks to hxxp://evil[.]example[.]com too.\n")
    shown = run("explain", "a.txt", "--at", "4:24").stdout
    assert "nmap normal" in shown
    assert 'nmap.port.software: SOFTWARE "OpenSSH", field software of a port' in shown
    assert 'accepted SOFTWARE "OpenSSH"' in shown
    told = json.loads(run("explain", "a.txt", "--at", "7:18", "-f", "jsonl").stdout)
    assert told["segment"]["source"] == "prose"
    assert "defang" in {
        entity["obfuscation"][0] for entity in told["entities"] if entity["label"] == "URL"
    }
    edit = json.loads(run("explain", "a.txt", "--at", "7:24", "-f", "jsonl").stdout)["edits"]
    assert [(each["before"], each["after"]) for each in edit] == [("[.]", ".")]
    nothing = run("explain", "a.txt", "--at", "7:1").stdout
    assert "decisions: no candidate" in nothing


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("7", "it looks like LINE:COLUMN"),
        ("9:1", "there is no line 9; the last one is 6"),
        ("1:99", "line 1 has 49 columns"),
        ("1:0", "line 1 has"),
    ],
)
def test_a_place_that_is_none_is_wrong_usage(run, tmp_path, at, said):
    (tmp_path / "a.txt").write_text(SCAN)
    made = run("explain", "a.txt", "--at", at)
    assert made.exit_code == 2
    assert said in made.stderr
    assert run("explain", "missing", "--at", "1:1").exit_code == 2


@given(st.text(min_size=1, max_size=40), st.data())
def test_every_place_of_any_text_can_be_explained(text, data):
    from decloak import Document, Pipeline, Settings
    from decloak.explanation import explaining, explanation, offset_of

    pipeline = Pipeline(explaining(Settings(tagger="off")))
    offset = data.draw(st.integers(0, len(text) - 1))
    told = explanation(pipeline, Document("-", text), offset)
    assert told["offset"] == offset
    assert text[offset] == "\n" or offset_of(text, told["line"], told["column"]) == offset


def test_every_decision_is_explained_where_no_place_is_named(run, tmp_path):
    (tmp_path / "a.txt").write_text(SCAN)
    made = run("explain", "a.txt", "--format", "jsonl")
    told = json.loads(made.stdout)
    assert {each["status"] for each in told["entities"]} >= {"accepted"}
    for each in told["entities"]:
        at = f"{each['line']}:{each['column']}"
        here = json.loads(run("explain", "a.txt", "--at", at, "--format", "jsonl").stdout)
        place = ("line", "column", "start", "end")
        assert {key: each[key] for key in each if key not in place} in here["entities"]
    listed = run("explain", "a.txt").stdout.splitlines()
    assert len(listed) == len(told["entities"])
    assert all("because of" in line for line in listed)


def test_python_m_decloak_and_colours():
    environment = {
        key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}
    }
    command = [sys.executable, "-m", "decloak", "extract", "-", "-f", "table"]

    def shown(**more):
        return subprocess.run(
            command, input=b"192.0.2.1", capture_output=True, check=True, env=environment | more
        ).stdout

    assert b"\x1b" not in shown()
    assert b"\x1b[" in shown(FORCE_COLOR="1")
    assert b"\x1b" not in shown(FORCE_COLOR="1", NO_COLOR="1")
    assert b"\x1b" not in shown(FORCE_COLOR="0")


def test_the_format_follows_the_name_of_the_output(run, tmp_path):
    for name, begin in (
        ("a.csv", "id,"),
        ("a.json", "["),
        ("a.jsonl", "{"),
        ("a.stix.json", "{"),
        ("a.txt", "{"),
    ):
        assert run("extract", "-o", name, input="192.0.2.1").exit_code == 0
        assert (tmp_path / name).read_text().startswith(begin), name
    assert json.loads((tmp_path / "a.stix.json").read_text())["type"] == "bundle"
    run("extract", "-o", "b.csv", "-f", "values", input="192.0.2.1")
    assert (tmp_path / "b.csv").read_text() == "192.0.2.1\n"


@pytest.mark.parametrize("form", ["values", "jsonl", "csv", "text", "table"])
def test_any_format_answers_standard_input_as_it_arrives(form):
    command = [
        sys.executable,
        "-m",
        "decloak",
        "extract",
        "-",
        "--stream",
        "-f",
        form,
        "--tagger",
        "off",
    ]
    environment = {key: value for key, value in os.environ.items() if key != "FORCE_COLOR"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        for number in (1, 2):
            process.stdin.write(f"192.0.2.{number}\n".encode())
            process.stdin.flush()
            while f"192.0.2.{number}".encode() not in (line := process.stdout.readline()):
                assert line
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_stream_names_its_blocks_by_line_and_costs_only_what_is_no_text(run):
    made = run("extract", "--stream", "-", input=b"caf\xe9\n192.0.2.1\n" * 9000)
    assert made.exit_code == 0
    names = [json.loads(line)["id"] for line in made.stdout.splitlines()]
    assert names[0] == "-:1"
    assert len(names) > 1
    total = sum(len(json.loads(line)["entities"]) for line in made.stdout.splitlines())
    assert total == 9000
