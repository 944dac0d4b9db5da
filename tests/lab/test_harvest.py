"""The small harvest end to end: real tools, and what was served is found in what they print."""

import json
import subprocess
from xml.etree import ElementTree as ET

import pytest

from decloak.acquire.store import RunStore

pytestmark = [pytest.mark.tools, pytest.mark.slow]


def rows(store, tool):
    truth = [json.loads(line) for line in (store / "truth.jsonl").read_text("utf-8").splitlines()]
    return [row for row in truth if row["tool"] == tool]


def served(row):
    """Port -> label -> value."""
    found = {}
    for entity in row["entities"]:
        found.setdefault(entity["field"], {})[entity["label"]] = entity["value"]
    return {at: labels for at, labels in found.items() if "PORT" in labels}


def test_every_tool_ran_without_a_failure(harvested):
    store = RunStore(harvested)
    for tool in ("nmap", "dig", "whois"):
        runs = list(store.runs(tool))
        assert runs
        assert [run.error for run in runs if run.error] == []


def test_nmap_reports_the_products_and_versions_that_were_served(harvested):
    reported = {}
    for run in RunStore(harvested).runs("nmap"):
        if "-sV" not in run.command and "-A" not in run.command:
            continue
        for host in ET.fromstring(run.outputs["xml"]).iter("host"):
            address = host.find("address").get("addr")
            for port in host.iter("port"):
                service = port.find("service")
                if service is not None:
                    at = (address, f"{port.get('portid')}/{port.get('protocol')}")
                    reported[at] = (service.get("product", ""), service.get("version", ""))
    expected = {
        (row["target"], at): (labels.get("SOFTWARE", ""), labels.get("VERSION", ""))
        for row in rows(harvested, "nmap")
        for at, labels in served(row).items()
    }
    seen = [at for at in expected if at in reported]
    assert len(seen) >= 20
    same = [at for at in seen if reported[at] == expected[at]]
    assert len(same) / len(seen) > 0.8


def test_nmap_prints_the_names_that_the_name_servers_give(harvested):
    names = {
        entity["value"]
        for row in rows(harvested, "nmap")
        for entity in row["entities"]
        if entity["field"] == "name"
    }
    text = "".join(run.text("normal") for run in RunStore(harvested).runs("nmap"))
    assert sum(name in text for name in names) >= len(names) / 2


def test_whois_prints_the_names_and_servers_that_were_served(harvested):
    truth = {row["target"]: row for row in rows(harvested, "whois")}
    for run in RunStore(harvested).runs("whois"):
        row = truth[run.target]
        text = run.text("stdout").lower()
        assert run.target.lower() in text or row["group"].startswith("network:")
        values = [
            e["value"].lower() for e in row["entities"] if e["label"] in {"DOMAIN", "IP_ADDRESS"}
        ]
        assert any(value in text for value in values), run.command


def test_dig_answers_carry_only_what_was_served(harvested):
    known = {entity["value"] for row in rows(harvested, "dig") for entity in row["entities"]}
    runs = [run for run in RunStore(harvested).runs("dig") if run.profile == "short"]
    for run in runs:
        for line in run.text("stdout").splitlines():
            if line and not line.startswith((";", '"')) and len(line.split()) == 1:
                assert line.rstrip(".") in known, run.command


def test_a_second_harvest_runs_nothing_again(harvested, harvest):
    before = {path.name: path.read_bytes() for path in harvested.iterdir()}
    done = harvest(harvested)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in harvested.iterdir()} == before


@pytest.mark.usefixtures("harvested")
def test_nothing_is_left_behind():
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert "/run/decloak-lab" not in processes.stdout
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
    assert "site0" not in listed.stdout
