"""Labels come from the twin, and stand where the twin says they stand."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decloak.core.errors import StoreError
from decloak.corpus.label.dig_text import label_dig_text, unexplained
from decloak.corpus.label.dig_twin import read_answers
from decloak.corpus.label.json_places import leaves
from decloak.corpus.label.json_text import label_rdap, label_shodan
from decloak.corpus.label.nmap_markup import label_nmap_xml
from decloak.corpus.label.nmap_text import label_nmap_text
from decloak.corpus.label.nmap_twin import read_scan
from decloak.corpus.label.whois_text import Value, label_whois
from decloak.corpus.runs import load_truth, read_runs


def said(sample) -> set[tuple[str, str]]:
    return {(e.label, sample.text[e.start : e.end]) for e in sample.entities}


@pytest.fixture
def samples(store) -> dict:
    found = {}
    for base in read_runs(store.folder):
        assert base.sample.problems() == []
        found[base.sample.source, base.sample.layout] = base.sample
    return found


def test_every_layout_of_every_tool_is_labelled(samples):
    assert set(samples) == {
        ("nmap", "normal"), ("nmap", "grepable"), ("nmap", "xml"), ("dig", "default"),
        ("dig", "short"), ("dig", "yaml"), ("whois", "text"), ("rdap", "json"), ("shodan", "json"),
    }  # fmt: skip
    assert len({sample.id for sample in samples.values()}) == len(samples)


def test_nmap_normal(samples):
    sample = samples["nmap", "normal"]
    assert said(sample) >= {
        ("SOFTWARE", "Nmap"), ("VERSION", "7.93"), ("FILE_PATH", "/tmp/scan.nmap"),
        ("DOMAIN", "web01.corp.example"), ("IP_ADDRESS", "192.0.2.10"), ("STATUS", "up"),
        ("LATENCY", "0.00012s"), ("PORT", "22"), ("PROTOCOL", "tcp"), ("STATE", "filtered"),
        ("SERVICE", "ssl/http"), ("SOFTWARE", "Apache httpd"), ("VERSION", "8.4p1 Debian 5"),
        ("SOFTWARE", "OpenSSL"), ("VERSION", "1.1.1n"), ("OS", "Debian"), ("OS", "Linux"),
        ("SERVICE", "jetdirect"), ("ORGANIZATION", "Harbour Works Ltd"), ("HOSTNAME", "mail"),
        ("ORGANIZATION", "Quarry Devices"), ("MAC_ADDRESS", "00:00:5E:00:53:01"),
        ("CPE", "cpe:/o:linux:linux_kernel"), ("URL", "https://web01.corp.example/"),
        ("URL", "https://nmap.org/submit/"), ("DOMAIN", "corp.example"),
    }  # fmt: skip
    row = sample.text.index("9100/tcp")
    in_row = [e for e in sample.entities if row <= e.start < sample.text.index("\n", row)]
    assert [e.label for e in in_row] == ["PORT", "PROTOCOL", "STATE", "SERVICE"]
    assert all(e.provenance.startswith("nmap.xml:") for e in sample.entities)


def test_a_value_elsewhere_in_the_text_is_not_taken_for_the_field():
    text = (
        "Nmap scan report for 192.0.2.10\nHost is up.\nPORT   STATE SERVICE VERSION\n"
        "22/tcp open  ssh     open ssh 22 2.0 (protocol 2.0)\n"
    )
    xml = (
        '<nmaprun version="7.9"><host><status state="up"/><address addr="192.0.2.10" addrtype="ipv4"/>'
        '<ports><port protocol="tcp" portid="22"><state state="open"/>'
        '<service name="ssh" product="open ssh" version="22 2.0" extrainfo="protocol 2.0"/></port>'
        "</ports></host></nmaprun>"
    )
    found = label_nmap_text(text, read_scan(xml))
    row = [(e.label, text[e.start : e.end]) for e in found if e.start > text.index("22/tcp") - 1]
    assert row == [
        ("PORT", "22"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "ssh"),
        ("SOFTWARE", "open ssh"), ("VERSION", "22 2.0"),
    ]  # fmt: skip


def test_nmap_grepable_writes_a_bar_for_a_slash(samples):
    sample = samples["nmap", "grepable"]
    (secure,) = [e for e in sample.entities if sample.text[e.start : e.end] == "ssl|http"]
    assert (secure.label, secure.value) == ("SERVICE", "ssl/http")
    assert ("SERVICE", "jetdirect") in said(sample)
    assert ("VERSION", "8.4p1 Debian 5") in said(sample)


def test_nmap_xml_is_labelled_at_its_attributes(samples):
    sample = samples["nmap", "xml"]
    assert said(sample) >= {
        ("PORT", "8080"), ("SOFTWARE", "Apache httpd"), ("CPE", "cpe:/a:openbsd:openssh:8.4p1"),
        ("MAC_ADDRESS", "00:00:5E:00:53:01"), ("VERSION", "7.93"), ("STATUS", "up"),
    }  # fmt: skip


def test_escaped_attributes_keep_their_value():
    text = '<nmaprun><host><ports><port portid="1" protocol="tcp"><service name="x" product="A &amp; B"/></port></ports></host></nmaprun>'
    (product,) = [e for e in label_nmap_xml(text) if e.label == "SOFTWARE"]
    assert text[product.start : product.end] == "A &amp; B"
    assert product.value == "A & B"


def test_dig(samples):
    sample = samples["dig", "default"]
    assert said(sample) == {
        ("SOFTWARE", "DiG"), ("VERSION", "9.18.49"), ("IP_ADDRESS", "192.0.2.53"), ("PORT", "5353"),
        ("DOMAIN", "corp.example"), ("DOMAIN", "mail.corp.example"), ("CIDR", "198.51.100.0/24"),
        ("DOMAIN", "spf.mailer.example"), ("IP_ADDRESS", "2001:db8::25"), ("PROTOCOL", "UDP"),
    }  # fmt: skip
    assert said(samples["dig", "short"]) == {("DOMAIN", "mail.corp.example")}
    assert ("IP_ADDRESS", "0.0.0.0") not in said(samples["dig", "yaml"])


def test_a_line_that_is_no_record_of_the_twin_is_not_labelled():
    answers = read_answers(
        "- message:\n    response_message_data:\n      ANSWER_SECTION:\n        - 'a.example. 60 IN A 192.0.2.1'\n"
    )
    text = (
        "a.example. 60 IN A 192.0.2.1\nb.example. 60 IN A 192.0.2.2\na.example. 60 IN A 192.0.2.9\n"
    )
    assert [text[e.start : e.end] for e in label_dig_text(text, answers)] == [
        "a.example",
        "192.0.2.1",
    ]


def test_whois_and_its_twin(samples):
    sample = samples["whois", "text"]
    assert said(sample) == {
        ("URL", "https://registry.example/terms"), ("DOMAIN", "CORP.EXAMPLE"),
        ("ORGANIZATION", "Harbour Names Inc."), ("DOMAIN", "whois.harbour.example"),
        ("ORGANIZATION", "Quarry Lane Pottery Ltd"), ("EMAIL", "Hostmaster@corp.example"),
        ("DOMAIN", "NS1.CORP.EXAMPLE"), ("IP_ADDRESS", "192.0.2.53"), ("ASN", "AS64496"),
        ("CIDR", "198.51.100.0 - 198.51.100.255"), ("CIDR", "203.0.113.0/24"),
    }  # fmt: skip
    assert {e.provenance.partition(":")[0] for e in sample.entities} == {"rdap"}
    values = {e.value for e in sample.entities}
    assert {"corp.example", "198.51.100.0-198.51.100.255", "Hostmaster@corp.example"} <= values


def test_the_text_of_shodans_client(store, run, shodan):
    text = (
        "192.0.2.10\nHostnames:               web01.corp.example\nOrganization:            Quarry Lane "
        "Pottery Ltd\nVulnerabilities:         CVE-2021-44228\t\n\nPorts:\n     22/tcp OpenSSH (8.4p1)\n"
        "   443/tcp \n        |-- Cert Issuer: C=US, CN=R3, O=Harbour Works Ltd\n"
    )
    store.append(
        run(
            "shodan",
            "192.0.2.10",
            {"stdout": text, "json": json.dumps(shodan)},
            "command-host",
            "host",
        )
    )
    (sample,) = [b.sample for b in read_runs(store.folder) if b.sample.layout == "host"]
    assert said(sample) == {
        ("IP_ADDRESS", "192.0.2.10"), ("DOMAIN", "web01.corp.example"), ("CVE", "CVE-2021-44228"),
        ("ORGANIZATION", "Quarry Lane Pottery Ltd"), ("PORT", "22"), ("PROTOCOL", "tcp"),
        ("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1"), ("ORGANIZATION", "Harbour Works Ltd"),
    }  # fmt: skip


def test_a_mailbox_is_one_entity_whatever_its_domain_spells():
    text = "Registrant:\n   Garcia-Torres\nEmail: noc@garcia-torres.ca\n"
    labels = label_whois(text, [Value("ORGANIZATION", "Garcia-Torres", "holder")], "t")
    assert [(e.label, text[e.start : e.end]) for e in labels] == [
        ("ORGANIZATION", "Garcia-Torres"), ("EMAIL", "noc@garcia-torres.ca"),
    ]  # fmt: skip


def test_an_organisation_inside_another_word_is_not_labelled():
    labels = label_whois(
        "Note: the Acorning of acorns\n", [Value("ORGANIZATION", "Acorn", "x")], "t"
    )
    assert labels == ()


def test_rdap_and_shodan(samples):
    assert said(samples["rdap", "json"]) >= {
        ("ORGANIZATION", "Harbour Names Inc."), ("ORGANIZATION", "Quarry Lane Pottery Ltd"),
        ("EMAIL", "hostmaster@corp.example"), ("IP_ADDRESS", "192.0.2.53"),
        ("URL", "https://rdap.registry.example/domain/corp.example"),
    }  # fmt: skip
    assert "Ada Example" not in {text for _, text in said(samples["rdap", "json"])}
    assert said(samples["shodan", "json"]) >= {
        ("IP_ADDRESS", "192.0.2.10"), ("PORT", "443"), ("CVE", "CVE-2021-44228"), ("SERVICE", "ssh"),
        ("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1"), ("ASN", "AS64496"),
    }  # fmt: skip


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.booleans(),
)
def test_every_scalar_of_a_json_document_is_found_where_it_stands(value, indented):
    text = json.dumps(value, ensure_ascii=False, indent=2 if indented else None)
    found = list(leaves(text))

    def scalars(each):
        if isinstance(each, dict):
            return [leaf for child in each.values() for leaf in scalars(child)]
        if isinstance(each, list):
            return [leaf for child in each for leaf in scalars(child)]
        return [each]

    expected = scalars(value)
    assert len(found) == len(expected)
    for leaf, scalar in zip(found, expected, strict=True):
        quote = '"' if leaf.is_text else ""
        assert json.loads(quote + text[leaf.start : leaf.end] + quote) == scalar


HOSTILE = ["", "\x00\x01\x02", "{" * 5000, "<a " * 3000, "22/tcp " * 2000, "&amp;" * 100, "- '" * 3000,
           "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "Host: " * 2000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_garbage_gives_no_labels_and_no_error(text, store, run):
    store.append(run("nmap", "198.51.100.1", {"normal": text, "xml": text, "grepable": text}))
    store.append(run("dig", "x.example", {"stdout": text, "yaml": text}))
    store.append(run("whois", "x.example", {"stdout": text}))
    store.append(run("rdap", "x.example", {"json": text}))
    store.append(run("shodan", "198.51.100.1", {"json": text}))
    made = [base for base in read_runs(store.folder) if "198.51" in base.sample.group]
    assert all(not base.sample.problems() for base in made)
    for label in (label_shodan, label_rdap, label_nmap_xml):
        label(text)
    assert read_scan(text) is None
    assert read_answers(text) == []


def test_xml_that_was_cut_short_is_no_twin(store, run):
    cut = {"normal": "Nmap scan report for 192.0.2.99\nHost is up.\n", "xml": "<nmaprun><host>"}
    store.append(run("nmap", "192.0.2.99", cut))
    assert not [b for b in read_runs(store.folder) if "192.0.2.99" in b.sample.text]


def test_entities_in_xml_are_refused():
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]><nmaprun><host/>&b;</nmaprun>'
    assert read_scan(bomb) is None


def test_failed_runs_and_binary_output_are_left_out(store, run):
    store.append(run("whois", "corp.example", {"stdout": b"\x00\xff" * 500}, "raw", "-h", "x"))
    store.append(
        run("whois", "corp.example", {"stdout": "Domain Name: corp.example\n"}, error="timed out")
    )
    assert sum(b.sample.source == "whois" for b in read_runs(store.folder)) == 1


def test_a_host_is_in_the_group_of_the_zone_of_its_name(store):
    assert {b.sample.group for b in read_runs(store.folder)} == {"domain:corp.example"}


def test_the_labs_groups_hold_things_together(store):
    truth = Path(store.folder) / "truth.jsonl"
    rows = [
        {"tool": "nmap", "target": "192.0.2.10", "group": "host:192.0.2.10", "entities": []},
        {"tool": "dig", "target": "corp.example", "group": "zone 7", "entities": []},
        {"tool": "whois", "target": "corp.example", "group": "zone 7", "entities": []},
    ]
    truth.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"torn')
    groups = {b.sample.group for b in read_runs(store.folder) if b.sample.source != "rdap"}
    assert groups == {"zone 7"}


def test_lines_without_a_twin_are_read_as_records_or_not_at_all():
    text = (
        "a.example.\t60\tIN\tMX\t5 mx.example.net.\nb.example. 60 IN A 300.1.2.3\nsome words here\n"
    )
    labels = label_dig_text(text, [], ("dig", "a.example", "MX"), alone=True)
    assert [text[e.start : e.end] for e in labels] == ["a.example", "mx.example.net"]
    assert unexplained(text, labels) == 2
    short = "10 mx.example.net.\n"
    labels = label_dig_text(short, [], ("dig", "a.example", "MX", "+short"), alone=True)
    assert [short[e.start : e.end] for e in labels] == ["mx.example.net"]


def test_a_scan_of_several_hosts_is_cut_up(store, run, texts):
    normal, xml_ = texts
    one, two = (
        normal,
        normal.replace("192.0.2.10", "198.51.100.7").replace("web01.corp", "db.other"),
    )
    host = xml_[xml_.index("<host>") : xml_.index("</nmaprun>")]
    other = host.replace("192.0.2.10", "198.51.100.7").replace("web01.corp", "db.other")
    xml = xml_.replace("</nmaprun>", other + "</nmaprun>")
    block = two[two.index("Nmap scan report") :]
    made = run(
        "nmap",
        "192.0.2.10 198.51.100.7",
        {"normal": one[: one.index("# Nmap done")] + block, "xml": xml},
    )
    store.append(made)
    bases = [
        b for b in read_runs(store.folder) if made.id in b.sample.id and b.sample.layout == "normal"
    ]
    assert [b.sample.group for b in bases] == ["domain:corp.example", "domain:other.example"]
    assert all(b.sample.text.startswith("Nmap scan report for ") for b in bases)
    assert "192.0.2.10" not in bases[1].sample.text
    assert [b.facts.subject["IP_ADDRESS"] for b in bases] == ["192.0.2.10", "198.51.100.7"]


def test_a_damaged_truth_names_its_line(tmp_path):
    (tmp_path / "truth.jsonl").write_text("{}\n")
    with pytest.raises(StoreError, match=r"truth\.jsonl:1"):
        load_truth(tmp_path)


def test_shodan_banners_and_summaries_name_the_product_again():
    text = (
        '{"ip_str": "192.0.2.7", "data": [{"port": 21, "product": "Quill ftpd", "version": "20090125",'
        ' "data": "220 ready (Version 20090125)", "opts": {"summary": "Quill ftpd 20090125 mishandles'
        ' archives, unlike 20090126"}}, {"port": 80, "product": "Nixy", "version": "8.1.32",'
        ' "data": "Nixy 8.1.32-rc1, Nixylon 8.1.32", "title": "18.1.32 8.1.32.9"}]}'
    )
    found = [
        (each.label, text[each.start : each.end])
        for each in label_shodan(text)
        if each.provenance.endswith("@mention")
    ]
    assert found == [
        ("SOFTWARE", "Quill ftpd"),
        ("VERSION", "20090125"),
        ("SOFTWARE", "Nixy"),
        ("VERSION", "8.1.32"),
    ]
