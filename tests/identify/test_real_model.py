"""The real 0.5b model, where it can be had: one load, short texts, a few requests."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from decloak.cli.app import app
from decloak.core.document import Document
from decloak.core.entity import Status
from decloak.identify.select import instructions
from decloak.llm.wrapper import Wrapper
from decloak.options import Settings
from decloak.pipeline import Pipeline

EXAMPLES = Path(__file__).parents[2] / "examples"
SHORT = {
    "dig": (
        "; <<>> DiG 9.18.24 <<>> example.org MX\n;; ANSWER SECTION:\n"
        "example.org.\t3600\tIN\tMX\t10 mail.example.org.\n"
        "example.org.\t3600\tIN\tMX\t20 backup.example.net.\n"
    ),
    "whois": (
        "Domain Name: EXAMPLE.NET\nRegistrar: Example Registrar, Inc.\n"
        "Registrar Abuse Contact Email: abuse@registrar.example.com\nName Server: NS1.EXAMPLE.ORG\n"
    ),
    "shodan": (
        '{"ip_str": "198.51.100.30", "port": 443, "transport": "tcp", "product": "nginx", '
        '"version": "1.18.0", "hostnames": ["web.example.com"]}\n'
    ),
}

ALONE = () if os.environ.get("CI") else ("--set", "llm.threads=1")
"""As in the fixture: all cores where they are ours alone."""

pytestmark = [pytest.mark.shared, pytest.mark.slow]


class Overheard(Wrapper):
    """Keeps what was asked and answered."""

    def __init__(self, inner):
        super().__init__(inner)
        self.heard = []

    def complete(self, request):
        reply = self.inner.complete(request)
        self.heard.append((request, reply))
        return reply


def pipeline(model, **settings):
    given = {"llm_mode": "narrative", "llm_rounds": 1, "llm_critique": False, "llm_samples": 0}
    return Pipeline(Settings(trace=True, review=True, **(given | settings)), model)


def places(entities):
    return {(each.label, each.start, each.end) for each in entities}


def test_what_the_first_report_of_the_published_example_drops_is_in_the_second(gguf):
    """From the command line, with the file as it is on the disk."""
    path = EXAMPLES / "collapsed.txt"
    made = CliRunner().invoke(
        app,
        ["extract", str(path), "--llm", f"gguf:{gguf}", "--set", "llm.mode=narrative", "--set", "llm.rounds=2",
         "--set", "llm.samples=0", "--set", "llm.timeout=900", "--set", "llm.trace=true", "-f", "jsonl", *ALONE],
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "language model" not in made.stderr
    row = json.loads(made.stdout)
    first, second = row["identification"]["rounds"]
    assert first["omissions"]
    assert second["omissions"] == row["identification"]["added"] == []
    assert second["narrative"].startswith(first["narrative"])
    for port in ("22", "80", "443", "53"):
        assert port in second["narrative"]
    assert "MAC" not in second["narrative"]  # there is none, and none is asked for
    plain = Pipeline().run(Document("-", path.read_text("utf-8")))
    found = {(each["label"], each["start"], each["end"]) for each in row["entities"]}
    assert found >= places(plain.entities)


@pytest.mark.parametrize("source", SHORT)
def test_every_source_is_told_completed_and_grounded(real_model, source):
    document = Document("-", SHORT[source])
    result = pipeline(real_model).run(document)
    assert not [each for each in result.warnings if "language model" in each]
    assert result.identification["template"].startswith(f"{source}-")
    [told] = result.identification["rounds"]
    assert len(told["narrative"]) > 30
    assert told["usage"]["completion_tokens"] > 10
    assert bool(told["omissions"]) == bool(result.identification["added"])
    assert places(result.entities) >= places(Pipeline().run(document).entities)
    assert any("llm.narrative" in each.evidence for each in result.entities)
    for each in result.all_entities:
        assert document.text[each.start : each.end] == each.text
        assert each.status is Status.ACCEPTED or each.evidence[-1]


def test_a_reworded_instruction_and_a_question_answered_by_samples(real_model):
    model = Overheard(real_model)
    document = Document("-", "The agents met Turla-like code in setup.zip.")
    result = pipeline(model, llm_refine=True, llm_samples=3).run(document)
    assert not [each for each in result.warnings if "language model" in each]
    (_, reworded), (told, _), *questions = model.heard
    wording = instructions().narrate
    asked = told.messages[-1].content
    slots = ("[boundary]", "[focus]", "[labels]")
    kept = all(reworded.text.count(slot) == wording.count(slot) for slot in slots)
    # It is taken with all its slots or not at all; the old one stands then.
    assert kept or wording.rpartition(". ")[2] in asked
    samples = [request for request, _ in questions]
    assert 2 <= len(samples) <= 3
    assert len({each.seed for each in samples}) == len(samples)
    labels = [json.loads(reply.text)["label"] for _, reply in questions]
    assert set(labels) <= set(samples[0].schema["properties"]["label"]["enum"])
    [name] = [each for each in result.all_entities if each.text == "setup.zip"]
    agreed = labels.count(name.label) * 2 > len(labels)
    assert ("llm.confirmed" in name.evidence) == agreed
