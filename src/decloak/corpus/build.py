"""Build: from a store of raw runs to a corpus. The same store and seed give the same bytes.

Three steps, each of which leaves finished files behind: label and spool, draw by shards (in several
processes), assemble. A build that was killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from decloak import __version__
from decloak.core.errors import InputError, StoreError
from decloak.corpus.assemble import assemble
from decloak.corpus.mixture import Quota, build_data, quota
from decloak.corpus.shards import SHARDS, draw_shard, spool
from decloak.corpus.split import Content, bundles_of, stratify

__all__ = ["Progress", "Settings", "build"]

Progress = Callable[[str, int, int], None]
"""Called with the step's name, how much is done, and of how much (0: not known)."""

FORMAT = 1
"""Raised when the same store and seed would give other bytes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a build depends on.

    Attributes:
        runs: the store of raw runs.
        out: the folder of the corpus.
        seed: any number.
        samples: how many samples to aim at; at least 1.
        processes: how many at once; the result does not depend on it.
        extra: labelled data by others, for training only.
    """

    runs: Path
    out: Path
    seed: int = 0
    samples: int = 42_000
    processes: int = 1
    extra: tuple[Path, ...] = field(default=())


def _nothing(_step: str, _done: int, _of: int) -> None:
    return


def build(settings: Settings, progress: Progress = _nothing) -> dict[str, Any]:
    """Build a corpus; return its manifest.

    Raises:
        InputError: when the store is empty, or the folder holds another corpus.
        StoreError: when the store is damaged, or the disk is full; what is finished is kept.
    """
    print_ = _fingerprint(settings)
    manifest = settings.out / "corpus.json"
    if manifest.exists():
        told: dict[str, Any] = json.loads(manifest.read_text("utf-8"))
        if told.get("fingerprint") != print_:
            message = f"{settings.out} holds another corpus; choose another folder or remove it"
            raise InputError(message)
        return told
    work = settings.out / ".work"
    try:
        _prepare(work, print_)
        groups = _spooled(settings, work, progress)
        plan, shares = _plan(settings, work, groups)
        _draw(settings, work, plan, shares, progress)
        head = {"fingerprint": print_, "seed": settings.seed, "decloak": __version__}
        made = assemble(work, settings.out, settings.extra, progress, head)
        beside = manifest.with_name("corpus.json.part")
        beside.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
        beside.replace(manifest)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        message = f"{error.filename or settings.out}: {reason}; what is finished is kept: put it "
        raise StoreError(message + "right and run the same command again") from error
    shutil.rmtree(work, ignore_errors=True)
    return made


def _fingerprint(settings: Settings) -> str:
    """Return what the bytes depend on, in short."""
    digest = hashlib.sha256(
        json.dumps([FORMAT, __version__, settings.seed, settings.samples, build_data()]).encode()
    )
    paths = sorted(settings.runs.glob("*.jsonl")) if settings.runs.is_dir() else []
    if not paths:
        message = (
            f"{settings.runs}: no store of raw runs; make one with `decloak acquire` or the lab"
        )
        raise InputError(message)
    for path in (*paths, *settings.extra):
        try:
            with path.open("rb") as stream:
                digest.update(path.name.encode() + hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            message = f"{path}: {(error.strerror or type(error).__name__).lower()}"
            raise InputError(message) from error
    return digest.hexdigest()[:32]


def _prepare(work: Path, print_: str) -> None:
    """Keep the work of an earlier try at the same corpus, and no other."""
    mark = work / "fingerprint"
    if work.exists() and (not mark.exists() or mark.read_text("utf-8") != print_):
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    mark.write_text(print_, "utf-8")


def _spooled(settings: Settings, work: Path, progress: Progress) -> dict[str, Content]:
    done = work / "groups.json"
    if not done.exists():
        for count in spool(settings.runs, work):
            if count % 50 == 0:
                progress("label", count, 0)
    table: dict[str, list[Any]] = json.loads(done.read_text("utf-8"))
    if not table:
        message = f"{settings.runs}: no run in it can be labelled (no good run has a twin)"
        raise InputError(message)
    return {
        name: Content(Counter(texts), Counter(labels), tokens, facts)
        for name, (texts, labels, tokens, facts) in table.items()
    }


_Plan = Sequence[Mapping[str, Any]]


def _plan(settings: Settings, work: Path, groups: Mapping[str, Content]) -> tuple[_Plan, Quota]:
    """Decide what is drawn and which part it goes to; written down for people to look at."""
    by_shard = bundles_of(groups, SHARDS)
    parts = stratify([bundle for shard in by_shard for bundle in shard], settings.seed)
    total = Content()
    for content in groups.values():
        total += content
    shares = quota(settings.samples, total.texts, total.facts)
    plan = [
        {bundle.name: {"groups": bundle.groups, "split": parts[bundle.name]} for bundle in shard}
        for shard in by_shard
    ]
    (work / "plan.json").write_text(
        json.dumps({"quota": shares.to_json(), "shards": plan}), "utf-8"
    )
    return plan, shares


def _draw(settings: Settings, work: Path, plan: _Plan, shares: Quota, progress: Progress) -> None:
    open_ = [n for n in range(SHARDS) if not (work / f"samples-{n:03}.jsonl.gz").exists()]
    for done, _ in enumerate(_each(settings, work, plan, shares, open_), SHARDS - len(open_) + 1):
        progress("draw", done, SHARDS)


def _each(
    settings: Settings, work: Path, plan: _Plan, shares: Quota, numbers: Sequence[int]
) -> Iterator[int]:
    if settings.processes <= 1 or len(numbers) < 2:
        for number in numbers:
            yield draw_shard(work, number, plan[number], shares, settings.seed)
        return
    try:
        with ProcessPoolExecutor(settings.processes, mp_context=get_context("spawn")) as pool:
            waiting = [
                pool.submit(draw_shard, work, number, plan[number], shares, settings.seed)
                for number in numbers
            ]
            for each in as_completed(waiting):
                yield each.result()
    except BrokenProcessPool as error:
        message = (
            "a worker process was ended from outside (out of memory?); finished shards are kept"
        )
        raise StoreError(message) from error
