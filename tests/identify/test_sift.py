"""A narrative holds nothing that the text does not: what is said beyond it goes, and is marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from decloak.core.document import Document
from decloak.identify import known_places, verbalise
from decloak.identify.prepare import prepare
from decloak.identify.select import templates
from decloak.identify.sift import Sieve
from decloak.llm import Line, Scripted
from decloak.options import Settings
from decloak.pipeline import Pipeline

ROOT = Path(__file__).parents[2]
EXAMPLES = [(t.name, number) for t in templates() for number in range(len(t.examples))]
PLAIN = Pipeline(Settings(tagger="off"))
PROSE = Pipeline(Settings(source="prose", strategy="off"))


def read_like_prose(text):
    return [(each.label, each.text) for each in PROSE.run(Document("-", text)).entities]


def sieves(text, reader=read_like_prose):
    """Yield the sieve of each chunk of a text, and the verbaliser's sentences about it."""
    document = Document("-", text)
    decoded, segments, facts, _ = PLAIN.read(document)
    known = known_places(decoded, PLAIN.run(document).entities)
    for ready in prepare(Scripted(context=8192), 1200, decoded, segments, facts, known):
        told = [each.text for each in verbalise(decoded.text, ready.chunk.facts, facts)]
        yield Sieve(ready.talk, ready.chunk, decoded.text, reader), told


def sifted(text, reply):
    [(sieve, _)] = sieves(text)
    return sieve.sift(reply)


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_the_worked_example_is_told_of_its_own_data_and_of_no_other(name, number):
    [example] = [t.examples[number] for t in templates() if t.name == name]
    own = [sieve.sift(example.narrative)[1] for sieve, _ in sieves(example.data)]
    # Each of several segments is told for itself; of one alone everything is true.
    assert not set.intersection(*map(set, own))
    for sieve, _ in sieves("The service was slow this morning. Nobody knows why."):
        kept, _ = sieve.sift(f"{example.narrative}\nNobody knows why.")
        assert kept == "Nobody knows why."


def corpus():
    rows = map(json.loads, (ROOT / "data/slice/slice.jsonl").read_text("utf-8").splitlines())
    return [row["text"] for row in rows if len(row["text"]) < 1200][:40]


def test_what_the_verbaliser_writes_is_never_taken_out_and_a_changed_digit_always():
    told = changed = 0
    for text in corpus():
        for sieve, sentences in sieves(text, lambda _: ()):
            for sentence in sentences:
                told += 1
                assert sieve.sift(sentence)[1] == (), text
                for number in re.findall(r"(?<![\w.:-])\d{2,5}(?![\w.:-])", sentence):
                    other = number[:-1] + str((int(number[-1]) + 5) % 10) + "7"
                    if other in text:
                        continue
                    changed += 1
                    kept, [removed] = sieve.sift(sentence.replace(number, other))
                    assert kept == "" or other not in kept
                    assert any(other in each for each in removed.ungrounded)
    assert told > 150
    assert changed > 150


SCAN = (
    "Nmap scan report for scan.example.com (192.0.2.10)\nHost is up (0.021s latency).\n"
    "22/tcp open ssh OpenSSH 8.4p1\n53/tcp closed domain\n4688/tcp closed mobile-p2p\n"
)


@pytest.mark.parametrize(
    "true",
    [
        "The host scan.example.com (192.0.2.10) is up, with a latency of 0.021 seconds.",
        "Port 22/tcp runs ssh (Secure Shell); its software is OpenSSH, version 8.4p1.",
        "- Port 53 is closed.",
        "Port 4688/tcp is mobile-p2p (Mobile P2P).",
        "1. The host has the Internet Protocol (IP) address 192.0.2.10.",
        "No further issues were seen, e.g. no vulnerability.",
        'It says "Host is up" of the machine.',
    ],
)
def test_what_is_true_in_other_words_stays(true):
    assert sifted(SCAN, true) == (true, ())


@pytest.mark.parametrize(
    ("made_up", "named"),
    [
        ("The host is up with a latency of 0.034s.", "0.034s"),
        ("FIN7 used it.", "FIN7"),
        ("The malware Carbanak was seen.", "Carbanak"),
        ("It fetches http://192.0.2.200/a.bin.", "http://192.0.2.200/a.bin"),
        ("Port 22/tcp runs dropbear.", "dropbear"),
        ("The software is Apache.", "Apache"),
        ("It is run by Example Cart Trust of Springfield.", "Example Cart Trust of Springfield"),
        ('Its banner is "welcome to my server".', "welcome to my server"),
        ("Port 80/tcp is open.", "80/tcp"),
        ("The data ends with DATA-0123456789abcdef0123.", "DATA-0123456789abcdef0123"),
        ("It was scanned on 2021-04-03.", "2021-04-03"),
        ("The file is in /var/lib/evil.", "/var/lib/evil"),
        ("Das System antwortet nicht.", "antwortet"),
        ("Port 22 is filtered.", "filtered"),
    ],
)
def test_what_the_text_does_not_hold_goes_and_the_reason_is_kept(made_up, named):
    kept, [removed] = sifted(SCAN, f"Port 53 is closed. {made_up}")
    assert kept == "Port 53 is closed."
    assert (removed.sentence, removed.reason) == (made_up, "ungrounded")
    assert named in removed.ungrounded


def test_a_sentence_of_the_instructions_is_no_report():
    kept, [removed] = sifted(SCAN, "Port 53 is closed. Add nothing that is not in the data.")
    assert kept == "Port 53 is closed."
    assert (removed.reason, removed.ungrounded) == ("instruction", ())


def told(text, *lines, **settings):
    given = {"llm_mode": "narrative", "llm_critique": False, "llm_samples": 0, **settings}
    model = Scripted(*lines)
    pipeline = Pipeline(Settings(trace=True, review=True, **given), model)
    return pipeline.run(Document("-", text)), model


def test_what_went_is_in_the_trace_told_again_and_completed():
    made_up = "Port 80/tcp is open and runs nginx."
    again = "Port 22/tcp is open; it is ssh with OpenSSH 8.4p1. The actor is FIN7."
    result, model = told(SCAN, made_up, again, llm_rounds=2)
    first, second = result.identification["rounds"]
    assert first["narrative"] == ""
    assert [each["sentence"] for each in first["removed"]] == [made_up]
    assert model.asked[1].messages[-2].content == "No report yet."
    assert second["narrative"] == "Port 22/tcp is open; it is ssh with OpenSSH 8.4p1."
    [actor] = second["removed"]
    assert actor["sentence"] == "The actor is FIN7."
    assert actor["reason"] == "ungrounded"
    assert "FIN7" in actor["ungrounded"]
    assert "Port 53/tcp has the state closed" in "\n".join(result.identification["added"])
    assert {
        "label": "THREAT_ACTOR",
        "text": "FIN7",
        "origin": "llm.narrative",
        "reason": "ungrounded",
    } in (result.ungrounded)


def test_a_report_of_the_worked_example_alone_leaves_the_verbaliser():
    text = (ROOT / "examples" / "scan.txt").read_text("utf-8")
    _, model = told(text, Line("-", again=True), llm_rounds=1)
    shown = [request.messages[2].content for request in model.asked]
    assert all(shown)
    result, _ = told(text, *map(Line, shown), llm_rounds=1)
    [only] = result.identification["rounds"]
    assert only["removed"]
    whole = "\n".join([only["narrative"], *result.identification["added"]])
    for value in (
        "mail.example.net",
        "198.51.100.20",
        "Carbanak",
        "FIN7",
        "192.0.2.200",
        "0.034s",
        "DATA-",
    ):
        assert value not in whole
    for value in ("scan.example.com", "mail.example.com", "CVE-2021-44228", "445", "8.4p1 Debian"):
        assert value in whole
