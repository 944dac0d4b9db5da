"""Platforms, vulnerabilities and what stands beside: CPE names, matching CVEs, services where they are not usual."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import decloak
from decloak.cli.app import app
from decloak.core.remember import forget_all
from decloak.evaluation.linking.fit import fitted
from decloak.evaluation.linking.platforms import Case
from decloak.kb.cpe_names import BadCpeError, Cpe, parse_cpe
from decloak.kb.store import add, the_store
from decloak.link import exposures
from decloak.link.cpe import cpe_links, weights

FEEDS = Path(__file__).parents[1] / "kb" / "feeds"
"""Small files in the formats that are really published."""

SCAN = """Starting Nmap 7.93 ( https://nmap.org ) at 2026-03-01 10:15 UTC
Nmap scan report for scanme.example (192.0.2.10)
Host is up (0.21s latency).

PORT    STATE SERVICE VERSION
22/tcp  open  ssh     OpenSSH 8.4p1 Debian 5+deb11u1 (protocol 2.0)
80/tcp  open  http    nginx 1.18.0
443/tcp open  ssh     OpenSSH 9.9
MAC Address: 00:00:0C:11:22:33 (Cisco Systems)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    path = tmp_path / "kb.sqlite"
    monkeypatch.setenv("DECLOAK_KB", str(path))
    forget_all()
    yield path
    forget_all()


def added(place, *names):
    for name in names:
        add(FEEDS / name, place)


def of(result, label):
    return [entity for entity in result.entities if entity.label == label]


def targets(entity, relation):
    return [link.target for link in entity.links if link.relation == relation]


def test_products_are_tied_to_their_platforms_with_the_version_beside():
    result = decloak.extract(SCAN, tagger="off")
    first, second, third = (
        targets(each, "cpe")[0] for each in of(result, "SOFTWARE") if each.value != "Nmap"
    )
    assert first == "cpe:2.3:a:openbsd:openssh:8.4:p1:*:*:*:*:*:*"
    assert second == "cpe:2.3:a:f5:nginx:1.18.0:*:*:*:*:*:*:*"
    assert third == "cpe:2.3:a:openbsd:openssh:9.9:*:*:*:*:*:*:*"


def test_a_service_where_it_is_not_usual_is_told():
    usual, _, odd = of(decloak.extract(SCAN, tagger="off"), "SERVICE")
    assert targets(usual, "unusual-port") == []
    assert targets(odd, "unusual-port") == ["ssh on 443/tcp"]
    ports = of(decloak.extract(SCAN, tagger="off"), "PORT")
    assert [targets(port, "service")[0] for port in ports] == ["ssh", "http", "https"]


def test_a_version_of_another_product_is_not_taken():
    text = "nginx was found, and behind it on another host\nOpenSSH 8.4p1 answered.\n"
    links = {each.value: targets(each, "cpe") for each in of(decloak.extract(text), "SOFTWARE")}
    assert all(":*:*:*:*:*:*:*:*" in target for target in links.get("nginx", ()))


def test_links_are_the_same_however_entities_are_asked_for():
    from decloak.link.context import Linked

    entities = tuple(decloak.extract(SCAN, tagger="off").entities)
    bare = [each.__class__(*(getattr(each, name) for name in each.__slots__)) for each in entities]
    rows = Linked(bare, SCAN)
    whole = tuple(rows)
    assert whole == tuple(rows[at] for at in range(len(rows)))
    assert whole[3:9] == rows[3:9]


def test_vulnerabilities_of_feeds_are_matched_by_version(place):
    added(
        place,
        "nvdcve-2.0-2021.json",
        "CVE-2024-6387.json",
        "known_exploited_vulnerabilities.json",
        "epss_scores-2026-11-30.csv",
    )
    result = decloak.extract(SCAN, tagger="off")
    ssh, web, newer = exposures(result.record_rows)
    assert (ssh.host, ssh.port, ssh.product) == ("192.0.2.10", "22/tcp", "OpenSSH")
    [match] = ssh.matches
    assert (match.cve, match.severity, match.exploited, match.probability) == (
        "CVE-2021-41617", 7.0, "2026-01-02", 0.00354,
    )  # fmt: skip
    assert (
        match.why == "8.4p1 is in the range from 6.2 before 8.8; may be patched (Debian 5+deb11u1)"
    )
    assert [each.why for each in web.matches] == [
        "1.18.0 is in the range from 0.6.18 before 1.20.1; only with linux_kernel"
    ]
    assert newer.matches == ()
    [cve] = of(decloak.extract("CVE-2021-41617 was seen."), "CVE")
    assert [link.why for link in cve.links if link.relation == "weakness"] == [
        "Improper Check for Dropped Privileges"
    ]
    assert {link.relation for link in cve.links} == {
        "cve-record",
        "weakness",
        "known-exploited",
        "epss",
    }


def test_nothing_matches_without_data():
    assert all(
        each.matches == () and each.cpe for each in exposures(decloak.extract(SCAN).record_rows)
    )


def test_a_release_of_the_dictionary_is_worth_more(place):
    added(place, "nvdcpe.json")
    [link] = cpe_links(the_store(), "SOFTWARE", "Burrow Server", "3.1rc2")
    assert (link.target, link.source) == (
        "cpe:2.3:a:quokka:burrow_server:3.1:rc2:*:*:*:*:*:*",
        "official CPE dictionary",
    )
    [other] = cpe_links(the_store(), "SOFTWARE", "Quokka Burrow Server", "9")
    assert other.score < link.score


def test_cpe_names_are_read_and_written():
    name = r"cpe:2.3:a:notepad-plus-plus:notepad\+\+:8.1:*:*:*:*:*:*:*"
    assert parse_cpe(name).name == name
    assert parse_cpe("cpe:/a:igor_sysoev:nginx:1.2")[:4] == ("a", "igor_sysoev", "nginx", "1.2")
    assert parse_cpe("cpe:/o:joomla:joomla%21") == Cpe("o", "joomla", "joomla!")
    with pytest.raises(BadCpeError):
        parse_cpe("cpe:2.3:a:b")


def test_the_view_of_exposures(tmp_path, place):
    added(place, "nvdcve-2.0-2021.json", "known_exploited_vulnerabilities.json")
    (tmp_path / "scan.txt").write_text(SCAN)
    run = CliRunner()
    told = run.invoke(
        app,
        ["extract", str(tmp_path / "scan.txt"), "--view", "exposures", "--set", "tagger.mode=off"],
    )
    title, heads, ssh, web, newer = told.stdout.splitlines()
    assert title.endswith("scan.txt (nmap): services with a product")
    assert heads.split()[:6] == ["HOST", "PORT", "PRODUCT", "VERSION", "PLATFORM", "VULNERABILITY"]
    assert "CVE-2021-41617" in ssh
    assert "KEV 2026-01-02" in ssh
    assert "may be patched (Debian 5+deb11u1)" in ssh
    assert "CVE-2021-23017" in web
    assert newer.endswith("cpe:2.3:a:openbsd:openssh:9.9:*:*:*:*:*:*:*")
    refused = run.invoke(
        app, ["extract", str(tmp_path / "scan.txt"), "--view", "exposures", "-f", "json"]
    )
    assert (refused.exit_code, "--view exposures goes with" in refused.stderr) == (2, True)


def test_a_store_is_chosen_by_an_option(tmp_path):
    other = tmp_path / "other.sqlite"
    (tmp_path / "scan.txt").write_text(SCAN)
    run = CliRunner()
    ask = ["extract", str(tmp_path / "scan.txt"), "--view", "exposures", "--tagger", "off"]
    missing = run.invoke(app, [*ask, "--kb", str(other)])
    assert (missing.exit_code, "no store" in missing.stderr) == (2, True)
    feed = str(FEEDS / "nvdcve-2.0-2021.json")
    assert run.invoke(app, ["kb", "add", feed, "--kb", str(other), "--quiet"]).exit_code == 0
    assert "nvdcve" in run.invoke(app, ["kb", "info", "--kb", str(other)]).stdout
    assert "CVE-2021-41617" in run.invoke(app, [*ask, "--kb", str(other)]).stdout
    assert "CVE-2021-41617" not in run.invoke(app, ask).stdout
    told = [decloak.extract("CVE-2021-41617 was seen.", kb=kb).entities[0] for kb in (other, None)]
    assert [bool(targets(each, "cve-record")) for each in told] == [True, False]


@pytest.mark.parametrize(
    ("written", "first"),
    [("IOS", "cisco:ios"), ("iOS", "apple:iphone_os"), ("LINUX", "linux:linux_kernel"), ("Mac OS", "apple:mac_os"), ("macOS", "apple:macos")],
)  # fmt: skip
def test_capitals_tell_names_apart_where_names_have_them(written, first):
    value = {"IOS": "iOS", "LINUX": "Linux", "Mac OS": "macOS"}.get(written, written)
    assert cpe_links(None, "OS", value, "", written)[0].target.startswith(f"cpe:2.3:o:{first}:")


def test_fitting_again_changes_no_weight():
    held = weights()
    rows = [Case("OS", "IOS", "", frozenset({("o", "cisco", "ios")}), frozenset())]
    assert fitted(rows, held) == held
    assert fitted(rows, held._replace(other_case=0.0)).other_case > 0
