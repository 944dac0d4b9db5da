"""Card: the dataset card and the datasheet, generated from the counts.

The card follows the layout that the Hugging Face hub reads; the datasheet answers the questions of
Gebru et al., "Datasheets for Datasets" (2021).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from decloak.core.errors import InputError
from decloak.corpus.dedup import SHINGLE, THRESHOLD
from decloak.corpus.mixture import build_data
from decloak.corpus.stats import largest_difference

__all__ = ["markdown", "refresh_card", "stats_tables", "write_card"]

_HEAD = """\
---
license: {license}
language: [en]
task_categories: [token-classification]
tags: [security, named-entity-recognition, nmap, dns, whois, rdap, shodan]
pretty_name: decloak corpus
size_categories: [{size}]
configs:
- config_name: default
  data_files:
  - {{split: train, path: data/train.parquet}}
  - {{split: validation, path: data/validation.parquet}}
  - {{split: test, path: data/test.parquet}}
{extra}---
"""
_EXTRA = """\
- config_name: extra
  data_files:
  - {split: train, path: data/extra.parquet}
"""


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; numbers are written with thousands separators."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = (f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _share(count: int, whole: int) -> str:
    return f"{100 * count / whole:.2f} %" if whole else "-"


def _by_part(stats: Mapping[str, Any], key: str, name: str) -> str:
    parts = stats["splits"]
    totals = {part: sum(told[key].values()) for part, told in parts.items()}
    names: dict[str, int] = {}
    for told in parts.values():
        for each, count in told[key].items():
            names[each] = names.get(each, 0) + count
    whole = sum(names.values())
    rows = [
        (
            each,
            count,
            _share(count, whole),
            *(_share(told[key].get(each, 0), totals[part]) for part, told in parts.items()),
        )
        for each, count in sorted(names.items(), key=lambda item: (-item[1], item[0]))
    ]
    return markdown((name, "all", "share", *parts), rows)


def stats_tables(stats: Mapping[str, Any]) -> str:
    """Return every table of counts as Markdown.

    Args:
        stats: as `Counts.to_json` gives them.
    """
    parts = stats["splits"]
    whole = stats["samples"], stats["tokens"], stats["entities"]
    rows: list[Sequence[object]] = [
        (name, part["samples"], _share(part["samples"], whole[0]), part["tokens"],
         _share(part["tokens"], whole[1]), part["entities"], _share(part["entities"], whole[2]),
         part["perturbed"])
        for name, part in parts.items()
    ]  # fmt: skip
    rows.append(
        (
            "all",
            whole[0],
            "",
            whole[1],
            "",
            whole[2],
            "",
            sum(p["perturbed"] for p in parts.values()),
        )
    )
    differences = largest_difference(stats)
    sections = [
        f"Tokens are those of `{stats['tokenizer']}` (`decloak.core.iob`).\n",
        "### Parts\n",
        markdown(("part", "samples", "", "tokens", "", "entities", "", "with disguises"), rows),
        "### Sources, by samples\n", _by_part(stats, "by_source", "source"),
        "### Sources, by tokens\n", _by_part(stats, "tokens_by_source", "source"),
        "### Labels\n", _by_part(stats, "by_label", "label"),
        "### How far a part's proportions are from the whole's, at most\n",
        markdown(("of", "percentage points"), differences.items()),
        "### Layouts and views\n", markdown(("layout or view", "samples"), stats["layouts"].items()),
        "### Disguises\n", markdown(("family", "samples"), stats["perturbed_families"].items()),
        "### Where the labels come from\n", markdown(("twin", "labels"), stats["twins"].items()),
    ]  # fmt: skip
    return "\n".join(sections)


def write_card(out: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``README.md`` and ``DATASHEET.md`` into the folder of a corpus.

    Args:
        out: the folder; ``validation.json`` in it is told about.
        manifest: the counts.
    """
    samples = manifest["samples"]
    size = (
        "10K<n<100K" if 10_000 <= samples < 100_000 else "n<10K" if samples < 10_000 else "n>100K"
    )
    extra = manifest.get("extra")
    license_ = "cc0-1.0" if not extra else "other"
    values = {
        "shingle": SHINGLE,
        "threshold": THRESHOLD,
        "dropped": f"{manifest.get('near_duplicates_dropped', 0):,}",
        "seed": manifest.get("seed", 0),
        "samples": f"{samples:,}",
        "tokens": f"{manifest['tokens']:,}",
        "entities": f"{manifest['entities']:,}",
        "disguised": f"{100 * build_data()['disguised']:.0f} %",
        "stats": stats_tables(manifest),
        "validation": _validation(out / "validation.json"),
        "extra": _extra(extra),
    }
    folder = files("decloak.corpus").joinpath("data")
    body = folder.joinpath("card.md").read_text("utf-8").format(**values)
    head = _HEAD.format(license=license_, size=size, extra=_EXTRA if extra else "")
    (out / "README.md").write_text(head + "\n" + body, "utf-8")
    sheet = folder.joinpath("datasheet.md").read_text("utf-8").format(**values)
    (out / "DATASHEET.md").write_text(sheet, "utf-8")


def _extra(extra: Mapping[str, Any] | None) -> str:
    if not extra:
        return "This build has none.\n"
    rows = extra["by_source"].items()
    licenses = markdown(("licence", "samples"), extra["licenses"].items())
    return markdown(("source", "samples"), rows) + "\n" + licenses


def _validation(path: Path) -> str:
    if not path.exists():
        return "Not measured yet: `decloak corpus validate RUNS --corpus PATH`.\n"
    from decloak.corpus.validate import tables  # noqa: PLC0415 - it imports this module's tables

    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return tables(told)


def refresh_card(out: Path, validation: Mapping[str, Any]) -> None:
    """Write ``validation.json`` into a corpus and its card anew.

    Raises:
        InputError: when the folder is no corpus.
    """
    manifest = out / "corpus.json"
    if not manifest.exists():
        message = f"{out}: no corpus (no corpus.json); make one with `decloak corpus build`"
        raise InputError(message)
    told = json.dumps(validation, indent=1, ensure_ascii=False) + "\n"
    (out / "validation.json").write_text(told, "utf-8")
    write_card(out, json.loads(manifest.read_text("utf-8")))
