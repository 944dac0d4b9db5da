"""What people and programs see of a run: JSON lines, metrics, a bar, a table, status and verify."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess

import pytest

from decloak.batch.progress import Clock, table


@pytest.fixture
def options(some_files, tmp_path):
    return (some_files, "--out", tmp_path / "out", "--tagger", "off", "--shard-size", 0.02, "-j", 1)


def test_progress_as_json_lines_metrics_and_a_table(kit, options, some_files, tmp_path):
    metrics = tmp_path / "decloak.prom"
    done = kit.cli(*options, "--log-format", "json", "--metrics", metrics)
    assert done.returncode == 3
    said = [json.loads(line) for line in done.stderr.splitlines()]
    lines = [each for each in said if "shards" in each]
    assert len(lines) > 2
    assert lines[0]["documents"] == 0
    assert lines[0]["seconds_left"] is None
    last = lines[-1]
    assert (last["documents"], last["failures"]) == (120, 1)
    assert last["bytes"] == last["of_bytes"]
    assert last["seconds_left"] == 0
    (failed,) = (each for each in said if "shards" not in each)
    assert failed["document"] == f"{some_files}/3/program"
    gauges = dict(re.findall(r"^decloak_batch_(\w+) (\d+)$", metrics.read_text(), re.MULTILINE))
    assert gauges["documents"] == "120"
    assert gauges["shards"] == gauges["planned_shards"]
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[-1][:4] == ["120", "documents,", "1", "failures,"]
    counted = sum(int(row[2].replace(",", "")) for row in rows[:-1])
    assert counted == last["entities"] == int(gauges["entities"])

    told = json.loads(kit.cli("status", tmp_path / "out", "--json").stdout)
    assert (told["running"], told["documents"], told["entities"]) == (False, 120, counted)
    assert told["slowest"][0]["seconds"] >= told["slowest"][-1]["seconds"]
    assert told["failed"][0][0].endswith("program")
    shown = kit.cli("status", tmp_path / "out").stdout
    assert "not running" in shown
    assert kit.cli("verify", tmp_path / "out").returncode == 0
    (tmp_path / "out" / "done" / "00000001.json").unlink()
    wrong = kit.cli("verify", tmp_path / "out")
    assert wrong.returncode == 3
    assert "shard 1: not done" in wrong.stderr


def test_a_bar_on_a_terminal(kit, options):
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": "200", "TERM": "xterm"}
    process = subprocess.Popen(
        kit.command(*options), stderr=theirs, stdout=subprocess.DEVNULL, env=environment
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 4096):
            shown += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 3
    assert b"120 documents" in shown
    assert b"1 failures" in shown


def test_a_run_that_was_gone_on_with_counts_what_was_there(kit, some_files, tmp_path):
    seen = []
    clock = Clock()
    kit.start([some_files], tmp_path / "out")
    for marker in sorted((tmp_path / "out" / "done").iterdir())[:2]:
        marker.unlink()
    event = kit.start([], tmp_path / "out", resume=True, told=lambda e: seen.append(clock.told(e)))
    assert seen[0]["documents"] > 0
    assert seen[-1]["documents"] == 120
    assert seen[-1]["shards"] == seen[-1]["of_shards"]
    assert {source for source, _, _ in table(event.before)} >= {"nmap", "prose"}
