"""Decoders: each strategy without and with its model, on the same disguises and the same clean text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from time import process_time

from decloak.core.document import Document
from decloak.decode import Models, decode
from decloak.decode.characters import fold
from decloak.decode.denoiser import shared_denoiser
from decloak.evaluation import robustness
from decloak.evaluation.gold import GoldDocument
from decloak.evaluation.halves import is_training_half
from decloak.evaluation.heldout.documents import places
from decloak.evaluation.heldout.generate import generate
from decloak.evaluation.heldout.measure import judge
from decloak.evaluation.heldout.names import part_of
from decloak.evaluation.honest import honest_texts
from decloak.evaluation.hosts.draw import Draw
from decloak.evaluation.hosts.marks import collect
from decloak.evaluation.report import Table, percent
from decloak.evaluation.score import Counts
from decloak.evaluation.strong import strong_families
from decloak.kb import lexicon
from decloak.options import Settings, Strategy
from decloak.perturb import PERTURBATIONS, Marked, Perturbation, disguise_document
from decloak.perturb.places import NAMES
from decloak.pipeline import Pipeline
from decloak.tag import judge_of

__all__ = ["System", "systems", "tables"]

_TIMED = 1 << 20
_MORE = 3  # times as many documents where only names are disguised, of which each holds few


@dataclass
class System:
    """One strategy, with or without its model.

    Attributes:
        name: for the head of a column.
        settings: of its pipeline; the tagger reads nothing, so that only decoding differs.
        models: what its strategy asks.
        counts: by (part of the measurement, row).
    """

    name: str
    settings: Settings
    models: Models | None
    pipeline: Pipeline
    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)

    def add(self, part: str, rows: Iterable[str], found: Counts) -> None:
        """Add counts to some rows."""
        for row in rows:
            self.counts[part, row] = self.counts.get((part, row), Counts()) + found


def systems() -> list[System]:
    """Return all three strategies, each without and then with its model; consensus with each alone, too."""
    words, judge = shared_denoiser(), judge_of(None)
    asked: list[tuple[Strategy, str, Models | None]] = [
        ("canonical", "canonical", None),
        ("canonical", "canonical + autoencoder", Models(words)),
        ("realign", "realign", None),
        ("realign", "realign + latent space", Models(words)),
        ("consensus", "consensus", None),
        ("consensus", "consensus + judge", Models(judge=judge)),
        ("consensus", "consensus + both", Models(words, judge)),
    ]
    made = []
    for strategy, name, models in asked:
        settings = Settings(strategy=strategy, tagger="off")
        made.append(System(name, settings, models, Pipeline(settings, decoding=models)))
    return made


def tables(
    seed: int,
    count: int,
    documents: Sequence[GoldDocument],
    examples: int = 0,
    honest: int = 50,
) -> list[Table]:
    """Measure everything.

    Args:
        seed: another one gives other text.
        count: documents per family.
        documents: clean text; may be empty.
        examples: how many edits of clean text to list that only a model makes.
        honest: generated texts of each kind in which nothing is disguised.
    """
    asked = systems()
    _disguised(asked, seed, count)
    _held_out(asked, seed, count, documents)
    made = [
        _table(asked, "families", "Recall / precision per family, as registered"),
        _table(asked, "strong", "Recall / precision on names, stronger and in pairs"),
        _table(
            asked,
            "names",
            "Of these, names that the autoencoder was trained on, and names never seen",
        ),
        _table(asked, "held out", "Recall / precision on the second generator"),
    ]
    texts = [
        *(("tuned on", row.text) for row in documents if is_training_half(row.id)),
        *(("not tuned on", row.text) for row in documents if not is_training_half(row.id)),
        *(("generated", text) for text in _honest(seed, honest)),
    ]
    return [*made, *_clean(asked, texts, examples), _speed(asked, [text for _, text in texts])]


def _families() -> Iterator[tuple[str, Perturbation]]:
    for family in PERTURBATIONS:
        yield "families", family
    for strong in strong_families():
        yield "strong", strong


def _disguised(asked: Sequence[System], seed: int, count: int) -> None:
    unseen = shared_denoiser().folder.kept_back
    for part, family in _families():
        rng = Random(f"{seed}/{family.name}")  # noqa: S311 - repeatable text, no secrets
        draw = Draw(rng, short_named=family.name == "abbreviation")
        prose_only = family.name in {"abbreviation", "soft_break"}
        kinds = robustness.PROSE_ONLY if prose_only else robustness.HOSTS
        drawn = count * (_MORE if part == "strong" else 1)
        for kind, text, marks in robustness.host_documents(draw, sorted(kinds), drawn):
            chosen = [mark for mark in marks if _is_known(mark, part, family)]
            made = disguise_document(text, chosen, [family], rng, share=robustness.SHARE)
            if not made.planted:
                continue
            for system in asked:
                clean = system.pipeline.run(Document(f"{kind}/clean", text)).entities
                said = system.pipeline.run(Document(kind, made.text)).entities
                outcome = robustness.judge(made, said, clean)
                system.add(part, (family.name, "all"), Counts(spurious=len(outcome.spurious)))
                for each in outcome.judgements:
                    found = Counts(hit=1) if each.found else Counts(missed=1)
                    system.add(part, (family.name, "all"), found)
                    if part == "strong":
                        words = fold_words(each.planted.plain)
                        row = "never seen" if unseen & words else "trained on"
                        system.add("names", (row,), found)


def fold_words(name: str) -> set[str]:
    """Return the words of a name as the autoencoder reads them."""
    return {fold(word) for word in name.split()}


def _is_known(mark: Marked, part: str, family: Perturbation) -> bool:
    """Whether a mark may be disguised: values of any kind, but names only that the lexicon has."""
    if mark.label in NAMES:
        return any(entry.label == mark.label for entry in lexicon.lookup_all(mark.value))
    return part == "families" and mark.label in family.labels


def _held_out(
    asked: Sequence[System], seed: int, count: int, documents: Sequence[GoldDocument]
) -> None:
    hosts = places(documents, part_of(seed))
    for item in generate(seed, count, hosts):
        for system in asked:
            run = system.pipeline.run
            tally, _ = judge(item, run(Document("hidden", item.text)).entities, ())
            found = Counts(hit=tally.found, missed=1 - tally.found, spurious=tally.wrong)
            system.add("held out", (item.family, "all"), found)


def _table(asked: Sequence[System], part: str, title: str) -> Table:
    made = Table(title, ("family", "disguised", *(system.name for system in asked)))
    rows = [row for known, row in asked[0].counts if known == part]
    for row in sorted(rows, key="all".__eq__):
        counts = [system.counts[part, row] for system in asked]
        total = counts[0].hit + counts[0].missed
        made.add(row, total, *(_cell(each, precision=part != "names") for each in counts))
    return made


def _cell(counts: Counts, *, precision: bool) -> str:
    recall = percent(counts.recall)
    return f"{recall} / {percent(counts.precision)}" if precision else recall


def _honest(seed: int, count: int) -> Iterator[str]:
    rng = Random(f"{seed}/honest")  # noqa: S311 - repeatable text, no secrets
    yield from (text for _, text in honest_texts(rng, count))
    for make in robustness.HOSTS.values():
        yield from (collect(make(Draw(rng)))[0] for _ in range(count))


def _clean(
    asked: Sequence[System], texts: Sequence[tuple[str, str]], examples: int
) -> Iterator[Table]:
    """Count the edits of text that nobody disguised; in labelled reports some are right."""
    shares = Table(
        "Edits of clean text, and per 1,000 words", ("text", "words", *(s.name for s in asked))
    )
    listed = Table(
        "Edits of clean text that only a model makes", ("system", "from", "to", "around")
    )
    words: dict[str, int] = {}
    edits: dict[tuple[str, str], int] = {}
    for kind, text in texts:
        words[kind] = words.get(kind, 0) + len(text.split())
        before: frozenset[tuple[int, int, str]] = frozenset()
        for system in asked:
            made = _decode(system)(text)
            edits[kind, system.name] = edits.get((kind, system.name), 0) + len(made)
            if system.models is not None:
                for start, end, new in sorted(made - before):
                    if len(listed.rows) < examples:
                        around = text[max(0, start - 25) : end + 25]
                        listed.add(system.name, text[start:end], new, around)
            else:
                before = made
    for kind, total in words.items():
        cells = (edits[kind, system.name] for system in asked)
        shares.add(kind, total, *(f"{made} ({1000 * made / max(total, 1):.2f})" for made in cells))
    yield shares
    if examples:
        yield listed


def _decode(system: System) -> Callable[[str], frozenset[tuple[int, int, str]]]:
    strategy, model = system.settings.decode.strategy, system.models

    def edits(text: str) -> frozenset[tuple[int, int, str]]:
        made = decode(text, strategy=strategy, model=model).edits
        return frozenset((edit.start, edit.end, edit.replacement) for edit in made)

    return edits


def _speed(asked: Sequence[System], texts: Sequence[str]) -> Table:
    """Return seconds of processor time to decode one MB of clean text, everything loaded."""
    made = Table("Seconds per MB of clean text, decoding alone", tuple(s.name for s in asked))
    whole = "\n".join(texts)[:_TIMED]
    cells = []
    for system in asked:
        run = _decode(system)
        run(whole[:4096])
        start = process_time()
        run(whole)
        cells.append(f"{(process_time() - start) * _TIMED / len(whole):.2f}")
    made.add(*cells)
    return made
