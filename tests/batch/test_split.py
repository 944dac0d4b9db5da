"""One large file in many shards gives what it gives as a whole: entities, records and their places."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest

from decloak.batch.cut_lines import line_pieces
from decloak.batch.cut_text import text_pieces
from decloak.batch.pieces import Piece, documents
from decloak.batch.recipe import Recipe
from decloak.core.document import Document
from decloak.readers import ReadOptions

EXAMPLES = Path(__file__).parents[2] / "examples"
SHARED = Path(__file__).parents[3] / "shared" / "data"
WHOLE = 1 << 30

REPORT = """\
The operators moved from hxxp://stage{n}[.]example[.]net to 203[.]0[.]113[.]{m} within a day. Later samples
(SHA256: {h}) talk to caf\u00e9{n}.example.org, and mail goes to abuse{n}@example.com.

"""
PRETTY = (
    '{{\n  "ip_str": "192.0.2.{m}",\n\n  "port": {m},\n  "data": "SSH-2.0-OpenSSH_8.{m}"\n}}\n\n'
)
LOG = "2024-07-22T19:23:{s:02}Z web{n} GET http://192.0.2.{m}/index.html\n"


def blocks():
    """What a text is put together from, by a number."""
    examples = [
        path.read_text("utf-8").rstrip("\n") + "\n\n" for path in sorted(EXAMPLES.glob("*.txt"))
    ]
    made = [
        lambda n: REPORT.format(n=n, m=n % 250, h=f"{n:064x}"),
        lambda n: PRETTY.format(m=1 + n % 250),
        lambda n: "".join(LOG.format(n=n, m=n % 250, s=s) for s in range(n % 40)) + "\n",
    ]
    return [*made, *(lambda _, text=text: text for text in examples)]


def composed(seed, size, kinds=None):
    dice = random.Random(seed)
    chosen = kinds or [blocks()[0], *dice.sample(blocks(), dice.randrange(1, 5))]
    text = ""
    while len(text) < size:
        text += dice.choice(chosen)(dice.randrange(10_000))
    return text


def both(kit, tmp_path, name, data):
    """The rows of a file as one, and put together from its shards."""
    path = tmp_path / name
    path.write_bytes(data)
    kit.start([path], tmp_path / "whole", recipe=kit.recipe_of(shard_bytes=WHOLE))
    kit.start([path], tmp_path / "split", recipe=kit.recipe_of(shard_bytes=len(data) // 8))
    rows = kit.rows_of(tmp_path / "split")
    return kit.rows_of(tmp_path / "whole"), rows


def same_but_for_hearsay(whole, parts):
    """A weak name may be believed because another part states it; that part is another document here."""
    assert [each for row in parts for each in row["records"]] == whole["records"]
    found = [each for row in parts for each in row["entities"]]
    lost = [each for each in whole["entities"] if each not in found]
    assert [each for each in whole["entities"] if each not in lost] == found
    assert all(each["evidence"][-1] == "refined: stated elsewhere" for each in lost)
    assert len(lost) < 0.01 * len(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_text_in_shards_gives_what_it_gives_as_one(kit, tmp_path, seed):
    text = composed(seed, 150_000)
    if seed % 2:
        text = "\ufeff" + text.replace("\n", "\r\n")
    data = text.encode()
    if seed == 2:
        data = data.replace(b"within", b"wi\xffthin", 40)
    (whole,), parts = both(kit, tmp_path, "text", data)
    assert len(parts) > 2
    assert {row["id"] for row in parts} == {whole["id"]}
    same_but_for_hearsay(whole, parts)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the development data")
@pytest.mark.parametrize("seed", [0])
def test_a_text_of_real_outputs_in_shards_gives_what_it_gives_as_one(kit, tmp_path, seed):
    texts = [
        [json.loads(line)["text"] for line in path.read_text("utf-8").strip("\n").split("\n")]
        for path in sorted(SHARED.glob("*.jsonl"))
    ]
    dice = random.Random(seed)
    kinds = [
        lambda n, kind=kind: (
            kind[n % len(kind)].rstrip("\n") + dice.choice(("\n\n", "\n\n\n", "\n"))
        )
        for kind in dice.sample(texts, 3)
    ]
    (whole,), parts = both(kit, tmp_path, "text", composed(seed, 300_000, kinds).encode())
    same_but_for_hearsay(whole, parts)


def scan(hosts):
    lines = ["# Nmap 7.93 scan initiated Mon Jul 22 19:23:06 2024 as: nmap -oN - 192.0.2.0/24"]
    for n in range(hosts):
        lines += [
            f"Nmap scan report for 192.0.2.{n % 250}",
            "Host is up.",
            "",
            "PORT   STATE SERVICE",
        ]
        lines += ["22/tcp open  ssh", ""]
    return "\n".join([*lines, "# Nmap done at Mon Jul 22 19:29:06 2024", ""])


def test_one_scan_stays_whole_and_is_parted_from_the_next(kit, tmp_path):
    one = scan(150)
    (whole,), parts = both(kit, tmp_path, "scans", (one * 9).encode())
    assert len(parts) > 2
    assert [each for row in parts for each in row["records"]] == whole["records"]
    assert len(whole["records"]) == 9


def test_json_and_xml_stay_whole(kit, tmp_path):
    inner = ",\n\n".join(f'{{"ip_str": "192.0.2.{n % 250}", "port": 22}}' for n in range(2000))
    text = (
        REPORT.format(n=1, m=1, h="0" * 64) * 300
        + f"[\n{inner}\n]\n\n"
        + "Then it ended.\n\n" * 1500
    )
    (whole,), parts = both(kit, tmp_path, "mixed", text.encode())
    assert len(parts) > 2
    assert [each for row in parts for each in row["records"]] == whole["records"]


def test_pieces_cover_every_byte_and_count_every_character():
    text = composed(7, 90_000) + "\u20ac" * 10
    data = text.encode()
    pieces = list(
        text_pieces(
            Piece("file", "t", "t", len(data)), io.BytesIO(data), 20_000, Recipe.of().cutter()
        )
    )
    assert len(pieces) > 3
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == len(data)
    for piece in pieces:
        assert piece.first == len(data[: piece.start].decode())


def test_rows_of_a_large_file_keep_their_numbers(kit, tmp_path):
    rows = [{"text": kit.text_of(n)} | ({"id": f"own{n}"} if n % 3 else {}) for n in range(300)]
    lines = [json.dumps(row) for row in rows]
    lines[100] = "{broken"
    lines[101] = ""
    whole, parts = both(kit, tmp_path, "rows.jsonl", "\n".join(lines).encode())
    assert parts == whole
    assert len(whole) == 299
    assert any(row["id"].endswith("rows.jsonl:101") and "error" in row for row in whole)


def test_a_file_that_grew_is_read_as_it_was_planned(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "192.0.2.1"}\n' * 50)
    with path.open("rb") as stream:
        pieces = list(line_pieces(Piece("lines", "r", str(path)), stream, 200))
    assert len(pieces) > 4
    with path.open("a") as stream:
        stream.write('{"text": "192.0.2.2"}\n')
    assert (
        sum(
            isinstance(each, Document)
            for piece in pieces
            for each, _ in documents(piece, ReadOptions())
        )
        == 50
    )
    path.write_text('{"text": "192.0.2.3"}\n' * 50)
    found = [each for piece in pieces for each, _ in documents(piece, ReadOptions())]
    assert [each.message[:10] for each in found] == ["it changed"] * len(pieces)
