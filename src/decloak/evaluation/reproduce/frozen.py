"""Frozen: the test texts as files, clean and disguised, in the six published classes, with checksums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from decloak.corpus.parquet import Writer, read_parquet
from decloak.corpus.sample import Label, Sample, to_line
from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.conditions import PUBLISHED, unseen, ways
from decloak.evaluation.tagger.mentions import Text

__all__ = ["SUMS", "checked", "freeze"]

SUMS = "CONTENT.sha256"
_ALL = 1 << 30


def freeze(bench: Bench, folder: Path) -> dict[str, str]:
    """Write the texts of each condition as Parquet, and the checksums of what they hold.

    A checksum is of the rows as JSON lines, as libraries may pack the same rows in other bytes.

    Args:
        bench: says which corpus and which seed; its budget cuts nothing off.
        folder: to write into.

    Returns:
        The checksum of each file.

    Raises:
        InputError: when there is no corpus.
        ToolError: when pyarrow is not installed.
    """
    whole = replace(bench, budget=replace(bench.budget, clean=_ALL, disguised=_ALL))
    folder.mkdir(parents=True, exist_ok=True)
    sums = {}
    for name, texts in _texts(whole):
        path = folder / f"{name}.parquet"
        beside = path.with_suffix(".part")
        writer = Writer(beside)
        for text in texts:
            writer.add(_sample(text, name))
        writer.close()
        beside.replace(path)
        sums[path.name] = _digest(path)
    lines = (f"{digest}  {name}\n" for name, digest in sums.items())
    (folder / SUMS).write_text("".join(lines), "utf-8")
    return sums


def checked(folder: Path) -> list[str]:
    """Return the files of a folder whose rows are not those of its checksums.

    Raises:
        InputError: when a file cannot be read.
    """
    wrong = []
    for line in (folder / SUMS).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = folder / name
        if not path.exists() or _digest(path) != digest:
            wrong.append(name)
    return wrong


def _texts(bench: Bench) -> Iterator[tuple[str, Sequence[Text]]]:
    yield "clean", bench.clean("test")
    published = next(each for each in ways(1) if each.strength == PUBLISHED)
    for name, level in (
        ("experiment_1", published),
        ("experiment_2", ways(2)[-1]),
        ("unseen", unseen()),
    ):
        yield name, bench.disguised(level.condition, share=level.share)[0]


def _sample(text: Text, name: str) -> Sample:
    labels = tuple(
        Label(
            each.start, each.end, each.label, each.value,
            "disguised" if (each.start, each.end) in text.disguised else "as it is",
        )
        for each in sorted(text.gold)
    )  # fmt: skip
    hidden = () if name == "clean" else (name,)
    return Sample(text.id, text.text, text.source, text.id, labels, split="test", perturbed=hidden)


def _digest(path: Path) -> str:
    state = sha256()
    for sample in read_parquet(path):
        state.update(to_line(sample).encode("utf-8", "surrogatepass"))
    return state.hexdigest()
