"""Attack: any target is asked alike, scored as what it did, and the same seed makes the same disguises."""

import http.server
import json
import re
import sys
import threading

import pytest
from typer.testing import CliRunner

from decloak.cli.attack import app
from decloak.core.errors import SettingsError, ToolError
from decloak.evaluation.attack.conditions import CLEAN, attacked, conditions
from decloak.evaluation.attack.measure import Cell, clean_answers, measure_target
from decloak.evaluation.attack.run import run
from decloak.evaluation.attack.search import search
from decloak.evaluation.attack.targets import Answer, Found, open_target
from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.mentions import Text
from decloak.options import Settings
from decloak.pipeline import Pipeline

TEXT = "The beacon asked evil.example.org and 198.51.100.7 for a file.\nIt came by mail from OpenSSH.\n"


def labelled(text=TEXT):
    wanted = {"evil.example.org": "DOMAIN", "198.51.100.7": "IP_ADDRESS", "OpenSSH": "SOFTWARE"}
    gold = tuple(Gold(text.index(v), text.index(v) + len(v), k, v) for v, k in wanted.items())
    return Text("a", "test", text, gold)


class Scripted:
    """A target that finds what stands there letter by letter, and counts its questions."""

    name = "scripted"

    def __init__(self, *values):
        self.values, self.asked = values, 0

    def ask(self, text):
        self.asked += 1
        return Answer(tuple(Found("", each) for each in self.values if each in text), 0.5)

    def close(self):
        pass


def measured(target, family, strength=1.0, texts=None):
    texts = texts or [labelled()]
    return measure_target(
        target, texts, clean_answers(target, texts), attacked(texts, family, strength, 1)
    )


def test_what_is_found_letter_by_letter_is_lost_in_disguise():
    target = Scripted("evil.example.org", "198.51.100.7", "OpenSSH")
    clean = measured(target, CLEAN)
    assert (clean.hidden, clean.found, clean.names, clean.names_found) == (2, 2, 1, 1)
    hidden = measured(target, "zero_width")
    assert (hidden.hidden, hidden.found, hidden.clean, hidden.lost) == (2, 0, 2, 2)
    assert hidden.share("lost", "clean") == 1.0


def test_decloak_is_asked_like_any_other_and_sees_through():
    target = open_target("decloak", pipeline=lambda _: Pipeline(Settings(tagger="off")))
    cell = measured(target, "defang")
    assert (cell.hidden, cell.found, cell.exact, cell.wrong) == (2, 2, 2, 0)
    assert cell.precision == 1.0


def test_places_stand_where_they_are_said_to():
    for family, _, strength in conditions((0.5, 1.0)):
        for row in attacked([labelled()], family, strength, 3):
            again = next(iter(attacked([labelled()], family, strength, 3)))
            assert row == again
            for place in row.places:
                assert 0 <= place.start < place.end <= len(row.text)
                if not place.hidden:
                    assert place.plain in place.answers


def test_an_indicator_that_also_stands_there_undisguised_is_not_asked_for():
    text = labelled(TEXT + "Again evil.example.org.\n")
    twice = Gold(
        text.text.rindex("evil"), text.text.rindex("evil") + 16, "DOMAIN", "evil.example.org"
    )
    texts = [Text("a", "test", text.text, (*text.gold, twice))]
    for seed in range(20):
        (row,) = attacked(texts, "defang", 0.6, seed) or (None,)
        domains = [each for each in row.places if each.plain == "evil.example.org"]
        if (
            len({each.start for each in domains if row.text[each.start : each.end] != each.plain})
            == 1
        ):
            assert not any(each.hidden for each in domains)


FUNCTIONS = """
import os, time
def pairs(text): return [("fqdn", "evil.example.org")]
def lists(text): return {"domains": ["evil.example.org"]}
def crash(text):
    if "beacon" in text: raise ValueError("no")
    return []
def hang(text):
    if "beacon" in text: time.sleep(60)
    return []
def end(text):
    if "beacon" in text: os._exit(3)
    return []
def noise(text):
    print("chatter")
    return ["evil.example.org"]
def lie(text): return [{"label": "DOMAIN", "value": "evil.example.org", "start": 900, "end": 901}]
def odd(text): return [42] if "beacon" in text else []
"""


@pytest.fixture
def functions(tmp_path, monkeypatch):
    (tmp_path / "theirs.py").write_text(FUNCTIONS)
    monkeypatch.chdir(tmp_path)

    def opened(name, seconds=30.0):
        return open_target(f"python:theirs:{name}", seconds=seconds)

    return opened


@pytest.mark.parametrize("name", ["pairs", "lists", "noise", "lie"])
def test_a_function_may_answer_in_many_ways(functions, name):
    target = functions(name)
    cell = measured(target, CLEAN)
    target.close()
    assert (cell.found, cell.errors) == (1, 0)
    assert cell.exact == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [("crash", "ValueError: no"), ("hang", "no answer in 1 seconds"), ("end", "ended without"), ("odd", "int is no entity")],
)  # fmt: skip
def test_a_target_that_fails_is_scored_as_nothing_found_and_asked_again(functions, name, words):
    target = functions(name, 1.0)
    assert words in target.ask(TEXT).error
    assert target.ask("harmless").error == ""
    assert measured(target, CLEAN).errors == 1
    target.close()


def test_a_command_may_print_values_or_json_lines(tmp_path):
    script = tmp_path / "find.py"
    script.write_text("import sys; t = sys.stdin.read(); print('evil.example.org')")
    assert measured(open_target(f"command:{sys.executable} {script}"), CLEAN).found == 1
    row = {"entities": [{"label": "IP_ADDRESS", "value": "198.51.100.7", "start": 38, "end": 50}]}
    script.write_text(f"print({json.dumps(json.dumps(row))})")
    cell = measured(open_target(f"command:{sys.executable} {script}"), CLEAN)
    assert (cell.found, cell.exact) == (1, 1)
    script.write_text("raise SystemExit(4)")
    assert open_target(f"command:{sys.executable} {script}").ask("x").error == "exit code 4"
    assert open_target("command:/nowhere").ask("x").error == "no such file or directory"


def test_a_service_is_sent_the_text():
    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = re.findall(r"\b[\w.]+\.org\b", text)
            body = json.dumps([{"label": "DOMAIN", "value": each} for each in found]).encode()
            self.send_response(200 if "beacon" in text else 500)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    target = open_target(f"http://127.0.0.1:{server.server_port}/")
    assert measured(target, CLEAN).found == 1
    assert "500" in target.ask("other").error
    server.shutdown()
    server.server_close()


def test_unknown_targets_and_missing_libraries_are_one_error():
    with pytest.raises(SettingsError, match="known: decloak, iocextract"):
        open_target("nobody")
    with pytest.raises(ToolError, match="--python"):
        open_target("python:nowhere_to_be_found:f")
    with pytest.raises(ToolError, match="cannot be started"):
        open_target("regex", python="/nowhere/python")


def test_the_search_finds_the_cheapest_disguise_and_stops_there():
    target = Scripted("evil.example.org", "198.51.100.7")
    falls = search(target, [labelled()], most=5)
    assert [each.budget for each in falls] == [1, 1]
    assert all(each.written != each.plain for each in falls)

    class Seer(Scripted):
        def ask(self, _text):
            self.asked += 1
            return Answer((Found("", "evil.example.org"), Found("", "198.51.100.7")))

    seer = Seer()
    falls = search(seer, [labelled()], most=1, budget=1, tries=1)
    # What reads as another value is right under that value alone, so even a seer may lose a look-alike.
    assert falls[0].asked == seer.asked - 1


def test_the_whole_run_prints_tables_and_draws(tmp_path):
    row = {"id": "a", "text": TEXT, "entities": [[17, 33, "DOMAIN"], [38, 50, "IP_ADDRESS"]]}
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(row))
    done = CliRunner().invoke(app, [
        "decloak:tagger.mode=off", str(gold), "--beside", "regex", "--strengths", "1",
        "--search", "1", "--budget", "1", "--out", str(tmp_path / "out"), "--quiet",
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "| regex | 100.0 % |" in done.stdout
    made = json.loads((tmp_path / "out" / "attack.json").read_text())
    assert {cell["target"] for cell in made["cells"]} == {"decloak:tagger.mode=off", "regex"}
    assert "Searched attacks" in (tmp_path / "out" / "attack.md").read_text()
    assert (tmp_path / "out" / "attack.svg").read_text().startswith("<?xml")


def test_cells_add_up():
    assert Cell(hidden=1, seconds=0.5) + Cell(hidden=2, lost=1) == Cell(
        hidden=3, lost=1, seconds=0.5
    )
    assert run([Scripted()], [labelled()], (1.0,), 1)[1] == {}
