"""The whole way of the data, on inputs whose every entity is known."""

from __future__ import annotations

import json

import pytest

import decloak
from decloak.core.document import Document

TABLE_3 = (
    "Nmap scan report for example.com (192.0.2.10). Host is up (0.21s latency). "
    "PORT STATE SERVICE VERSION. 22/tcp open ssh OpenSSH 8.4p1 Ubuntu 5. "
    "80/tcp open http nginx 1.18.0. 443/tcp open ssl/https nginx 1.18.0. 53/tcp closed domain."
)


def test_the_collapsed_line_of_the_published_example_is_fully_extracted():
    result = decloak.extract(TABLE_3)
    assert result.source == "nmap"
    assert [(e.label, e.text) for e in result.entities] == [
        ("DOMAIN", "example.com"),
        ("IP_ADDRESS", "192.0.2.10"),
        ("STATUS", "up"),
        ("LATENCY", "0.21s"),
        ("PORT", "22"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "ssh"),
        ("SOFTWARE", "OpenSSH"), ("VERSION", "8.4p1 Ubuntu 5"),
        ("PORT", "80"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "http"),
        ("SOFTWARE", "nginx"), ("VERSION", "1.18.0"),
        ("PORT", "443"), ("PROTOCOL", "tcp"), ("STATE", "open"), ("SERVICE", "ssl/https"),
        ("SOFTWARE", "nginx"), ("VERSION", "1.18.0"),
        ("PORT", "53"), ("PROTOCOL", "tcp"), ("STATE", "closed"), ("SERVICE", "domain"),
    ]  # fmt: skip


def test_its_record_holds_the_host_and_four_ports():
    [host] = decloak.extract(TABLE_3).record_rows
    assert {k: v["value"] for k, v in host.items() if isinstance(v, dict)} == {
        "name": "example.com", "address": "192.0.2.10", "status": "up", "latency": "0.21s",
    }  # fmt: skip
    rows = [
        {k: v["value"] for k, v in port.items() if isinstance(v, dict)} for port in host["ports"]
    ]
    assert rows == [
        {"number": "22", "protocol": "tcp", "state": "open", "service": "ssh",
         "software": "OpenSSH", "version": "8.4p1 Ubuntu 5", "os": "Ubuntu"},
        {"number": "80", "protocol": "tcp", "state": "open", "service": "http",
         "software": "nginx", "version": "1.18.0"},
        {"number": "443", "protocol": "tcp", "state": "open", "service": "ssl/https",
         "software": "nginx", "version": "1.18.0"},
        {"number": "53", "protocol": "tcp", "state": "closed", "service": "domain"},
    ]  # fmt: skip
    for port in host["ports"]:
        for field in port.values():
            if isinstance(field, dict):
                assert TABLE_3[field["start"] : field["end"]] == field["value"]


def test_ssh_protocol_two_is_not_a_protocol():
    text = TABLE_3.replace("Ubuntu 5.", "Ubuntu 5 (protocol 2.0).")
    protocols = [e.text for e in decloak.extract(text).entities if e.label == "PROTOCOL"]
    assert protocols == ["tcp"] * 4


def test_the_context_decides_about_names_without_a_public_suffix():
    text = (
        "Nmap scan report for box.htb (192.0.2.3)\nHost is up.\n"
        "80/tcp open http\n|_http-title: Did not follow redirect to http://dev.box.htb/\n"
        "add dev.box.htb to your hosts file\n"
    )
    found = [(e.label, e.text) for e in decloak.extract(text).entities]
    assert ("DOMAIN", "box.htb") in found
    assert found.count(("DOMAIN", "dev.box.htb")) == 1
    assert decloak.extract("add dev.box.htb to it").entities == ()


def test_a_field_whose_value_is_refuted_hides_nothing():
    text = "22/tcp open ssh OpenSSH example.com\n"
    found = decloak.extract(text, review=True, tagger="off").all_entities
    told = {(each.label, each.text): each for each in found}
    assert told["DOMAIN", "example.com"].status.value == "accepted"


def test_what_the_model_is_sure_of_is_read_as_its_label_asks():
    text = "beacon to kite-fennel<strong>[DOT</strong>]me today"
    [entity] = decloak.extract(text).entities
    assert (entity.label, entity.text, entity.value) == ("DOMAIN", text[10:45], "kite-fennel.me")
    assert entity.obfuscation == ("markup",)
    assert entity.evidence[1].startswith("repaired: ")


def test_disguise_changes_value_and_lookalike_fills_resembles():
    text = "at 192[.]0[.]2[.]10 and g\u043e\u043egle.com"
    first, second = decloak.extract(text).entities
    assert (first.text, first.value) == ("192[.]0[.]2[.]10", "192.0.2.10")
    assert first.obfuscation == ("defang",)
    assert (second.value, second.resembles) == ("xn--ggle-55da.com", "google.com")


def test_a_failure_in_a_batch_is_a_value_and_the_rest_goes_on():
    pipeline = decloak.Pipeline()
    first, second = pipeline.run_many(
        [Document("a", "192.0.2.1", source="nosuch"), Document("b", "192.0.2.2")]
    )
    assert isinstance(first, decloak.Failure)
    assert first.error == "SettingsError"
    assert second.entities[0].value == "192.0.2.2"


def odd_error(_text):
    class LibraryError(Exception):
        """What no table of errors knows."""

    raise LibraryError(_text)


def too_deep(text):
    return too_deep(text)


def index_error(text):
    return text[len(text)]


def key_error(text):
    return {}[text]


def no_memory(_text):
    raise MemoryError


BUGS = [index_error, key_error, too_deep, no_memory, odd_error]
SECRET = "boom secret.example.com"


@pytest.fixture
def broken(monkeypatch):
    """Let reading a document that begins with `boom` fail in some way."""

    def set_up(bug):
        from decloak import pipeline
        from decloak.cli import edits

        real = pipeline.decode

        def decode(text, **more):
            return bug(text) if text.startswith("boom") else real(text, **more)

        monkeypatch.setattr(pipeline, "decode", decode)
        monkeypatch.setattr(edits, "decode", decode)

    return set_up


@pytest.mark.parametrize("bug", BUGS)
def test_any_error_in_one_document_is_its_failure_and_the_rest_goes_on(bug, broken):
    broken(bug)
    documents = [Document("a", "192.0.2.1"), Document("b", SECRET), Document("c", "192.0.2.2")]
    first, failure, last = decloak.Pipeline().run_many(documents)
    assert (first.entities[0].value, last.entities[0].value) == ("192.0.2.1", "192.0.2.2")
    assert (failure.id, failure.exit_code) == ("b", 1)
    assert "secret" not in repr(failure)
    if bug is no_memory:
        assert failure.error == "ResourceError"
        assert failure.trace == ()
    else:
        assert failure.error == "InternalError"
        assert failure.trace[-1].endswith(f" in {bug.__name__}")
        assert failure.trace[-1] in failure.message
        assert len(failure.trace) <= 20


def test_ctrl_c_ends_a_batch(broken):
    def interrupted(_text):
        raise KeyboardInterrupt

    broken(interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(decloak.Pipeline().run_many([Document("b", SECRET)]))


@pytest.mark.parametrize("command", ["extract", "decode", "identify"])
def test_each_command_names_a_bug_in_its_document_and_goes_on(command, broken, tmp_path):
    from typer.testing import CliRunner

    from decloak.cli.app import app

    broken(index_error)
    (tmp_path / "a").write_text("192[.]0[.]2[.]1")
    (tmp_path / "b").write_text(SECRET)
    made = CliRunner().invoke(app, [command, str(tmp_path), "--format", "jsonl"])
    assert made.exit_code == 3
    good, bad = map(json.loads, made.stdout.splitlines())
    assert good["id"].endswith("a")
    assert bad["error"]["type"] == "InternalError"
    assert bad["error"]["trace"][-1].endswith(" in index_error")
    assert made.stderr.count("\n") == 1
    assert "a bug in decloak: IndexError at " in made.stderr
    only = CliRunner().invoke(app, [command, str(tmp_path / "b")])
    assert only.exit_code == 1
