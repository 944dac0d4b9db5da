"""``python -m decloak.evaluation``: print the measurements as Markdown tables.

``tagger``, ``calibration``, ``banners`` and ``cyner`` measure the tagger; ``narratives``, ``grounding`` and
``hostile`` language models; they have options of their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

from decloak.core.errors import DecloakError
from decloak.evaluation import (
    channel,
    clean,
    confidence,
    decoders,
    documents,
    heldout,
    honest_names,
    linking,
    names,
    quiet,
    robustness,
)
from decloak.evaluation.gold import DEFAULT_DATA, GoldDocument, load
from decloak.evaluation.honest_names import hosts as honest_hosts
from decloak.evaluation.llm import command as models
from decloak.evaluation.records import measure
from decloak.evaluation.report import Table
from decloak.evaluation.tagger import command
from decloak.options import Settings
from decloak.pipeline import Pipeline

__all__ = ["main"]

CONFIDENCE = Path(__file__).parents[1] / "verify" / "data" / "confidence.json"
T = TypeVar("T")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m decloak.evaluation", description=__doc__)
    known = ("documents", "records", "robustness", "heldout", "decoders", "clean", "quiet",
             "honest-names", "honest-hosts", "linking", "evidence", "names", "channel", "confidence")  # fmt: skip
    parser.add_argument("what", choices=known)
    parser.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, help="folder of labelled *.jsonl"
    )
    parser.add_argument("--seed", type=int, default=1, help="for generated text")
    parser.add_argument("--limit", type=int, help="documents or lines, at most")
    parser.add_argument("--hosts", type=int, default=1000, help="records: outputs per layout")
    parser.add_argument("--sources", help="comma-separated sources of the documents to read")
    parser.add_argument("--variants", action="store_true", help="robustness: a row per variant")
    parser.add_argument(
        "--examples",
        type=int,
        default=0,
        help="records, robustness, heldout, decoders, linking: failures to list",
    )
    parser.add_argument(
        "--output", type=Path, default=CONFIDENCE, help="confidence, channel: where to write"
    )
    parser.add_argument(
        "--tagger", choices=("auto", "always", "off"), default="auto", help="what its model reads"
    )
    parser.add_argument(
        "--fit", action="store_true", help="linking, evidence: fit the weights and write them"
    )
    parser.add_argument("--json", action="store_true", help="JSON lines instead of Markdown")
    return parser


def _of_decoders(options: argparse.Namespace) -> list[Table]:
    """Measure or fit what decodes; the tagger reads nothing."""
    if options.what == "decoders":
        clean_text = list(load(options.data)) if options.data.is_dir() else []
        return decoders.tables(options.seed, options.limit or 42, clean_text, options.examples)
    if options.what == "channel":
        output = channel.DATA if options.output is CONFIDENCE else options.output
        return channel.tables(options.seed, options.limit or 24, output)
    given = load(options.data) if options.data.is_dir() else iter(())
    pipeline = Pipeline(Settings(tagger="off"))
    rows = [(row.source, row.text) for row in given]
    return names.tables(pipeline, options.seed, options.limit or 12, rows, options.examples)


def _of_links(options: argparse.Namespace) -> list[Table]:
    if options.what == "evidence":
        return linking.evidence_tables(options.data, fit=options.fit)
    if options.fit:
        linking.fit(options.data)
        return []
    return linking.tables(options.data, options.examples)


def _tables(options: argparse.Namespace) -> list[Table]:
    if options.what in {"decoders", "channel", "names"}:
        return _of_decoders(options)
    if options.what in {"linking", "evidence"}:
        return _of_links(options)
    pipeline = Pipeline(Settings(tagger=options.tagger))
    if options.what == "records":
        return measure.tables(pipeline, options.seed, options.hosts, options.examples)
    if options.what == "robustness":
        runner = pipeline
        return robustness.tables(
            runner, options.seed, options.limit or 70, variants=options.variants,
            examples=options.examples,
        )  # fmt: skip
    if options.what == "heldout":
        gold = load(options.data) if options.data.is_dir() else iter(())
        return heldout.tables(pipeline, options.seed, options.limit or 150, gold, options.examples)
    if options.what == "honest-names":
        return honest_names.tables(pipeline, options.seed, options.limit or 6000)
    if options.what == "honest-hosts":
        return honest_hosts.tables(pipeline, options.seed, options.limit or 10_000)
    gold = _documents(options)
    if options.what == "documents":
        return documents.tables(gold, pipeline)
    if options.what == "clean":
        rows = ((row.id, row.source, row.text) for row in gold)
        return clean.tables(rows, pipeline, options.seed)
    if options.what == "quiet":
        sentences = quiet.quiet_sentences(load(options.data, sources=frozenset({"report"})))
        lines = options.limit or 5000
        return quiet.tables(pipeline, options.seed, lines, islice(sentences, lines))
    tally = confidence.measure(gold, Pipeline(Settings(review=True, tagger="off")))
    confidence.write(tally, options.output)
    return confidence.tables(tally)


def _documents(options: argparse.Namespace) -> Iterator[GoldDocument]:
    sources = frozenset(options.sources.split(",")) if options.sources else None
    return islice(load(options.data, sources=sources), options.limit)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one measurement; return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and given[0] in command.MEASUREMENTS:
        return command.main(given)
    if given and given[0] in models.MEASUREMENTS:
        return models.main(given)
    options = _parser().parse_args(given)
    try:
        made = _tables(options)
    except DecloakError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    for table in made:
        sys.stdout.write((table.json() if options.json else table.markdown()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
