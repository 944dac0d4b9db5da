"""Explained: count which words and line beginnings of tool output never hold an entity.

    python -m decloak.evaluation.explained CORPUS [--documents N] [--output FILE]

Reads undisguised documents of the corpus's training part. A word counts as the tool's own when it is left
over, by facts and patterns, in at least three groups of documents, and hardly ever lies in an entity
there; so does one that is the tool's own behind a certain other word; and a line's beginning when hardly
any line that begins so holds an entity that is left over. What the file has as written, not counted, is kept: of
banners, the words of HTTP's fields, reason phrases (RFC 9110) and media types; of WHOIS, the words of conditions of use.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict

from decloak.core.document import Document
from decloak.core.errors import DecloakError
from decloak.corpus.sample import Sample
from decloak.evaluation.tagger.texts import clean_samples, in_order
from decloak.kb.lexicon import lookup_all
from decloak.options import Settings
from decloak.pipeline import Pipeline
from decloak.tag import PROPOSERS, Scene
from decloak.tag.explained import BRACKETED, LONG_LINE, WORD, head_of, masked, pair_of, value_at

__all__ = ["count", "main", "table"]

OUTPUT = Path(__file__).parents[1] / "tag" / "data" / "explained.json"
_FEWEST_GROUPS = 3
_FEWEST_PAIRS = 20
_WORDS_WRONG, _HEADS_WRONG = 0.01, 0.002
_PRODUCTS = frozenset({"MALWARE", "ORGANIZATION", "OS", "SOFTWARE", "THREAT_ACTOR"})
_NON_ASCII = 0x80
_LONGEST = 100_000
"""Code points of a document; longer ones repeat themselves."""
_DATES = (
    "mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august "
    "september october november december utc gmt pst pdt est edt cst cdt mst mdt cet cest bst"
)
"""Words of dates, which a corpus made in a few days has hardly any of."""
_ANYBODY = frozenset(
    [b"", b"banner", b"data", b"description", b"elem", b"html", b"output", b"remarks",
     b"script output", b"title"]
)  # fmt: skip
"""Names of values that are text of their own, and no name: they explain nothing."""
_PRINTED = {
    "nmap": ("starting nmap", "nmap scan", "nmap done", "host is", "not shown", "sf", "sf-port0-tcp",
             "sf-port0-udp"),
}  # fmt: skip
"""Beginnings of lines that the corpus's options of a tool suppress, and of raw fingerprints."""


@dataclass
class Count:
    """What was seen of a word or a beginning.

    Attributes:
        groups: groups of documents.
        seen: how often.
        wrong: how often within, or before, an entity that is left over.
    """

    groups: set[str] = field(default_factory=set)
    seen: int = 0
    wrong: int = 0

    def add(self, group: str, *, wrong: bool) -> None:
        """Count one more."""
        self.groups.add(group)
        self.seen += 1
        self.wrong += wrong

    def is_own(self, share: float) -> bool:
        """Whether it may be called the tool's own."""
        return len(self.groups) >= _FEWEST_GROUPS and self.wrong <= share * self.seen


Counts = dict[tuple[str, bytes], Count]


class Own(TypedDict):
    """What is one source's own, as the data file has it, in Latin-1.

    Attributes:
        words: parted by blanks.
        pairs: words behind others.
        heads: beginnings of lines, names of values.
        written: words that are the source's own by its specification, not counted.
        conditions: words of its conditions of use, not counted either.
    """

    words: str
    pairs: list[str]
    heads: list[str]
    written: NotRequired[str]
    conditions: NotRequired[str]


def count(samples: Iterable[Sample]) -> tuple[Counts, Counts, Counts]:
    """Count words, words behind others, and beginnings, by source."""
    words: Counts = {}
    pairs: Counts = {}
    heads: Counts = {}
    pipeline = Pipeline(Settings(tagger="off"))
    for sample in samples:
        if len(sample.text) > _LONGEST:
            continue
        decoded, segments, facts, _ = pipeline.read(Document(sample.id, sample.text))
        if decoded.edits:
            continue
        length = len(sample.text)
        scene = Scene(decoded.view, 0, length, frozenset(), tuple(segments))
        candidates = (each for tag in PROPOSERS for each in tag.propose(scene))
        shadow = masked(decoded.view, 0, length, facts.span(0, len(facts)), candidates)
        gold = bytearray(length)
        for entity in sample.entities:
            gold[entity.start : entity.end] = b"\1" * (entity.end - entity.start)
        for start, end, source, layout, _ in segments:
            if source == "prose":
                continue
            for found in WORD.finditer(shadow, start, end):
                entry = words.setdefault((source, found.group().lower()), Count())
                wrong = bool(gold[found.start()])
                entry.add(sample.group, wrong=wrong)
                pair = pair_of(shadow, start, found)
                pairs.setdefault((source, pair), Count()).add(sample.group, wrong=wrong)
            if layout in BRACKETED:
                where = start, end
                _count_values(
                    heads, source, sample.group, shadow, gold, where, markup=layout == "xml"
                )
            else:
                _count_heads(heads, source, sample.group, shadow, gold, (start, end))
    return words, pairs, heads


def _count_heads(
    heads: Counts,
    source: str,
    group: str,
    shadow: bytearray,
    gold: bytearray,
    segment: tuple[int, int],
) -> None:
    for start, end in _lines(shadow, *segment):
        head = head_of(shadow, start, end) if end - start <= LONG_LINE else None
        if head is not None:
            left = any(gold[place] and shadow[place] != 32 for place in range(start, end))
            heads.setdefault((source, head), Count()).add(group, wrong=left)


def _count_values(
    heads: Counts,
    source: str,
    group: str,
    shadow: bytearray,
    gold: bytearray,
    segment: tuple[int, int],
    *,
    markup: bool,
) -> None:
    start, end = segment
    done = start
    for found in WORD.finditer(shadow, start, end):
        if found.start() < done:
            continue
        value = value_at(shadow, start, end, found.span(), markup=markup)
        if value is not None:
            head, _, _, low, done = value
            left = any(gold[place] and shadow[place] != 32 for place in range(low, done))
            heads.setdefault((source, head), Count()).add(group, wrong=left)


def _lines(shadow: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = shadow.find(b"\n", start, end) + 1 or end
        yield start, stop
        start = stop


def _share(head: bytes) -> float:
    """Return the share of wrong lines that a beginning may have; a command is no line of an answer."""
    return _WORDS_WRONG if head.startswith(b"$") else _HEADS_WRONG


def _is_product(word: bytes) -> bool:
    """Whether the lexicon knows a word as one: a name, also where the gold does not say so."""
    name = word.decode("latin-1")
    return any(each.label in _PRODUCTS and not each.is_weak(name) for each in lookup_all(name))


def _is_spelt(pair: bytes) -> bool:
    """Whether the word of a pair has ASCII letters; without any it stands for all of its length."""
    return any(each < _NON_ASCII for each in pair.partition(b" ")[2])


def table(words: Counts, pairs: Counts, heads: Counts) -> dict[str, Own]:
    """Return the data that `decloak.tag.explained` reads."""
    sources = sorted({source for source, _ in words})
    found: dict[str, Own] = {}
    for source in sources:
        own = {word for (name, word), seen in words.items()
               if name == source and seen.is_own(_WORDS_WRONG) and not _is_product(word)}  # fmt: skip
        behind = {pair for (name, pair), seen in pairs.items()
                  if name == source and seen.seen >= _FEWEST_PAIRS and seen.is_own(_WORDS_WRONG)
                  and _is_spelt(pair) and pair.partition(b" ")[2] not in own
                  and (pair.endswith(source.encode()) or not _is_product(pair.partition(b" ")[2]))}  # fmt: skip
        extra = {word.encode() for word in f"{_DATES} starting".split()}
        begin = {head for (name, head), seen in heads.items()
                 if name == source and seen.is_own(_share(head))}  # fmt: skip
        begin -= _ANYBODY
        begin |= {head.encode() for head in _PRINTED.get(source, ())}
        found[source] = {
            "words": " ".join(sorted(word.decode("latin-1") for word in own | extra)),
            "pairs": sorted(pair.decode("latin-1") for pair in behind),
            "heads": sorted(head.decode("latin-1") for head in begin),
        }
    return found


def main(arguments: list[str] | None = None) -> int:
    """Count, and write the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m decloak.evaluation.explained")
    parser.add_argument("corpus", type=Path, help="a folder made by `decloak corpus build`")
    parser.add_argument("--documents", type=int, default=12_000, help="at most")
    parser.add_argument("--seed", type=int, default=1, help="of the documents drawn")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where to write")
    options = parser.parse_args(arguments)
    try:
        samples = clean_samples(options.corpus, "train")
    except DecloakError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    tools = [sample for sample in samples if sample.source != "report"]
    found = table(*count(in_order(tools, options.seed)[: options.documents]))
    if options.output.exists():
        for source, entry in json.loads(options.output.read_text("utf-8")).items():
            for kept in ("written", "conditions"):
                if kept in entry and source in found:
                    found[source][kept] = entry[kept]
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=True)
    options.output.write_text(text + "\n", "utf-8")
    for source, entry in found.items():
        counts = len(entry["words"].split()), len(entry["pairs"]), len(entry["heads"])
        sys.stdout.write("{}: {} words, {} pairs, {} heads\n".format(source, *counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
