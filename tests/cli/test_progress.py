"""Progress is shown on a terminal, within one long document too."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from decloak.core.document import Document
from decloak.options import Settings
from decloak.pipeline import Pipeline


def test_a_pipeline_says_how_far_a_long_document_has_come():
    pipeline, seen = Pipeline(Settings(tagger="off")), []
    pipeline.watch = lambda done, of: seen.append((done, of))
    text = "22/tcp open ssh\n" * 300_000
    pipeline.run(Document("-", text))
    assert seen[0][0] == 0
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert {of for _, of in seen} == {len(text)}


def test_a_terminal_sees_how_many_there_are(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text("192.0.2.1\n")
    code = (
        "from decloak.cli import progress as p; p._PATIENCE = 0; import time\n"
        "with p.progress(wanted=True, total=lambda: 3, patience=0) as advance:\n"
        "    time.sleep(0.3); advance('a'); advance.within(50, 100); time.sleep(0.3)\n"
    )
    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    process = subprocess.Popen([sys.executable, "-c", code], stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    while True:
        try:
            more = os.read(leader, 4096)
        except OSError:
            break
        if not more:
            break
        shown += more
    assert process.wait(60) == 0
    assert b"1/3 documents" in shown
    assert b"50 % of 100 characters" in shown
