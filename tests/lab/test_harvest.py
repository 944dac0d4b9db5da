"""The small harvest end to end: real tools, and what was served is found in what they print."""

import json
import subprocess

import pytest

from decloak.acquire.store import RunStore

pytestmark = [pytest.mark.tools, pytest.mark.slow]


def rows(store, tool):
    truth = [json.loads(line) for line in (store / "truth.jsonl").read_text("utf-8").splitlines()]
    return [row for row in truth if row["tool"] == tool]


def test_every_tool_answered_all_it_was_asked(harvested):
    store = RunStore(harvested)
    for tool in ("nmap", "dig", "whois", "rdap", "shodan"):
        assert store.ids(tool)
        assert [run.error for run in store.runs(tool) if run.id not in store.ids(tool)] == []


def test_nmap_reports_the_products_and_versions_that_were_served(harvested):
    from lab.recognised import compare

    share = compare(harvested)["all"]
    assert share.scanned >= 20
    assert share.pair / share.scanned > 0.8


def test_nmap_reports_the_versions_that_the_real_daemons_packages_tell(harvested):
    from lab.debian.table import LIGHT
    from lab.recognised import reported, served

    real = {
        origin.partition(":")[2]: (at, product, version)
        for at, (product, version, origin) in served(harvested).items()
        if origin.startswith("daemon:")
    }
    assert set(real) == set(LIGHT)
    found = reported(harvested)
    for name, (at, product, version) in real.items():
        told = package_version({"sshd": "openssh-server"}.get(name, name))
        assert version
        assert version.replace("Debian ", "").split()[0] == told.partition("-")[0]
        assert found[at] == (product, version), name


def package_version(package):
    """What dpkg says, without epoch: 9.2p1-2+deb12u3."""
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Version}", package],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.rpartition(":")[2]


def test_real_daemons_are_scanned_in_every_way(harvested):
    profiles = {
        run.profile
        for run in RunStore(harvested).done("nmap")
        if run.target.startswith("192.168.251.")
    }
    assert profiles == {"aggressive", "scripts", "version", "reason", "default-scripts"}


def test_nmap_prints_the_names_that_the_name_servers_give(harvested):
    names = {
        entity["value"]
        for row in rows(harvested, "nmap")
        for entity in row["entities"]
        if entity["field"] == "name"
    }
    text = "".join(run.text("normal") for run in RunStore(harvested).done("nmap"))
    assert sum(name in text for name in names) >= len(names) / 2


def test_whois_prints_the_names_and_servers_that_were_served(harvested):
    truth = {row["target"]: row for row in rows(harvested, "whois")}
    for run in RunStore(harvested).done("whois"):
        row = truth[run.target]
        text = run.text("stdout").lower()
        assert run.target.lower() in text or row["group"].startswith("network:")
        assert "No match for" not in run.text("stdout"), run.command
        values = [
            e["value"].lower() for e in row["entities"] if e["label"] in {"DOMAIN", "IP_ADDRESS"}
        ]
        assert any(value in text for value in values), run.command


def test_dig_answers_carry_only_what_was_served(harvested):
    known = {entity["value"] for row in rows(harvested, "dig") for entity in row["entities"]}
    runs = [run for run in RunStore(harvested).done("dig") if run.profile == "short"]
    for run in runs:
        for line in run.text("stdout").splitlines():
            if line and not line.startswith((";", '"')) and len(line.split()) == 1:
                assert line.rstrip(".") in known, run.command


def test_rdap_and_shodan_tell_what_was_served(harvested):
    truth = {
        (row["tool"], row["group"]): row
        for row in (*rows(harvested, "whois"), *rows(harvested, "nmap"))
    }
    for run in RunStore(harvested).done("rdap"):
        told = json.loads(run.outputs["json"])
        holders = {
            e["value"]
            for e in truth["whois", run.meta["groups"]]["entities"]
            if e["field"] == "holder"
        }
        assert any(holder in json.dumps(told, ensure_ascii=False) for holder in holders)
    for run in RunStore(harvested).done("shodan"):
        if run.profile == "host":
            told = json.loads(run.outputs["json"])
            products = {
                e["value"]
                for e in truth["nmap", run.meta["groups"]]["entities"]
                if e["label"] == "SOFTWARE"
            }
            assert {each["product"] for each in told["data"] if "product" in each} == products


def test_a_second_harvest_runs_nothing_again(harvested, harvest):
    before = {path.name: path.read_bytes() for path in harvested.iterdir()}
    done = harvest(harvested)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in harvested.iterdir()} == before


def test_nothing_is_left_behind(harvested):
    processes = subprocess.run(
        ["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True
    )
    assert str(harvested) not in processes.stdout
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    assert "site0" not in listed.stdout
