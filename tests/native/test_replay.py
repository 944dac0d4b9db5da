"""Lines that are replayed say what the grammar says of them, whatever values stand where others stood."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).parent))

from twins import EXTENSION, pure

from corpus import text_of
from decloak.core.document import View
from decloak.core.facts import Fact
from decloak.core.lines import even
from decloak.engine import replay
from decloak.sources.run import read_sources

pytestmark = pytest.mark.skipif(EXTENSION is None, reason="the native extension is not built")

_VALUE = re.compile(
    r"[0-9]+(?:\.[0-9]+){3}|[0-9a-f]*:[0-9a-f:]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[0-9]+"
)
_OTHERS = ["0", "7", "53", "022", "65535", "65536", "99999", "100000", "1234567890", "12345678901234567890", "1.2.3.4", "256.1.1.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "::1", "2001:db8::5", "fe80::1%eth0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "00:11:22:33:44:55", "10:22:33", "a.example", "dig.example", "Flags.Example", "global.example", "flags.example", "got.example", "id.example", "5.2.0.192.in-addr.arpa", "x.arpa", "a..b", "-a.example", "a-.example", "a.b1", "node.js", "asp.net", "9.18.24", "8.4p1", "7.94SVN", "0.050s", "12ms", "3.5.7-beta", "a_b.example", "xn--80ak6aa92e.com", "com", "unknown", "open", "NSEC3", "TYPE65", "1h30m", "192.0.2.0/24", "192.0.2.1-20", "999.1.1.1/99", "r0", "2012", "(x)", "a.example.", "1.2.3.4.", "timed.out"]  # fmt: skip
SHARED = Path(__file__).parents[3] / "shared" / "data"


def _facts(text: str) -> Any:
    view = View(even(text)[0])
    _, facts, _ = read_sources(view)
    facts.sort()
    return facts.span(0, len(facts)), facts.kinds, facts.parents, facts.warnings


def _changed(text: str, random: Random, share: float) -> str:
    return _VALUE.sub(
        lambda found: random.choice(_OTHERS) if random.random() < share else found[0], text
    )


def _agree(text: str) -> None:
    fast = _facts(text)
    with pure():
        assert _facts(text) == fast


@pytest.mark.parametrize("seed", range(6))
def test_other_values_in_lines_of_known_shapes(seed: int) -> None:
    random = Random(seed)
    text = text_of(12_000, seed)[0]
    _agree(text)
    for share in (0.02, 0.1, 0.4):
        _agree(_changed(text, random, share))


@pytest.mark.shared
def test_other_values_in_real_documents() -> None:
    if not SHARED.is_dir():
        pytest.skip("the labelled development data is not beside the checkout")
    random = Random(9)
    for kind in ("nmap", "dig"):
        rows = (SHARED / f"{kind}.jsonl").read_text("utf-8").splitlines()
        for row in random.sample(rows, min(len(rows), 25)):
            _agree(_changed(json.loads(row)["text"], random, random.choice((0.0, 0.05, 0.3))))


def test_most_lines_of_tool_output_are_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    read = replay._read
    monkeypatch.setattr(replay, "_read", lambda *a, **k: asked.append(a) or read(*a, **k))
    text = "\n".join(
        ";; ANSWER SECTION:\n" + f"host{i}.example.com.\t{i}\tIN\tA\t192.0.2.{i % 250}"
        for i in range(400)
    )
    replay._shapes("dig", 7, False).clear()
    facts, kinds, _, _ = _facts(text + "\n")
    assert kinds.count("answer") == 400
    assert len(facts) >= 2000
    assert len(asked) < 10


def test_a_text_of_new_shapes_is_left_to_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    read = replay._read
    monkeypatch.setattr(replay, "_read", lambda *a, **k: asked.append(a) or read(*a, **k))
    random = Random(3)
    words = ["".join(random.choices("abcdefghij", k=9)) for _ in range(900)]
    text = "".join(
        f"; <<>> DiG 9.18 <<>> example.com\n;; {word} {word.upper()} x\n" for word in words
    )
    _agree(text)
    assert len(asked) < 1800 * 0.6


@given(st.text(st.sampled_from('ab.:019 ;/()#\t"|Z_-'), max_size=60), st.booleans())
def test_lines_of_one_key_differ_in_slots_alone(line: str, ports: Any) -> None:
    shapes = EXTENSION.Shapes(Fact, 7, ports)
    key = shapes.key(line.encode())
    fixed = re.sub(rb"\x01.", b"", key[4:]).lstrip(b"\x02")
    rest = iter(re.sub(rb"[0-9]", b"0", line.encode()))
    assert all(sign in rest for sign in re.sub(rb"[0-9]", b"0", fixed))
