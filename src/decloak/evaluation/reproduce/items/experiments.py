"""Experiments 1 and 2: the same documents under more and more disguise, and under families never trained on."""

from __future__ import annotations

from collections.abc import Sequence

from decloak.core.labels import CORE_LABELS
from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.bench import Bench
from decloak.evaluation.reproduce.conditions import PUBLISHED, Strength, unseen, ways
from decloak.evaluation.reproduce.outcome import Chart, Measure, Outcome, Series
from decloak.evaluation.reproduce.trained import BASELINE, baseline, effort, has_training
from decloak.evaluation.tagger.bootstrap import difference, f1_interval
from decloak.evaluation.tagger.mentions import Text
from decloak.evaluation.tagger.systems import Decoded, PipelineSystem, System, TaggerSystem
from decloak.evaluation.tagger.tables import number
from decloak.evaluation.tagger.tally import Tally, figures, tally

__all__ = ["experiment1", "experiment2"]

BASE, ROBUST, DECODED = "clean fine-tuning", "robust tagger", "robust tagger + decode"
FULL = "full pipeline"
_PAPER = {1: (0.96, 0.66, 0.78), 2: (0.96, None, 0.78)}
_PAPER_CLEAN = 0.785


def experiment1(bench: Bench) -> Outcome:
    """Change characters: substitution and deletion."""
    return _experiment(bench, 1)


def experiment2(bench: Bench) -> Outcome:
    """Obfuscate tokens: symbols, leetspeak, abbreviations, invisible characters, markup, homoglyphs."""
    return _experiment(bench, 2)


def _systems(bench: Bench) -> list[System]:
    robust = TaggerSystem(ROBUST, bench.shipped)
    made: list[System] = []
    if has_training(bench, BASELINE):
        made.append(TaggerSystem(BASE, baseline(bench) / "model"))
    return [*made, robust, Decoded(DECODED, robust), PipelineSystem(FULL, "auto", bench.shipped)]


def _experiment(bench: Bench, which: int) -> Outcome:
    made, systems = Outcome(), _systems(bench)
    levels = ways(which)
    rows: dict[str, tuple[Strength, list[Text], list[Text]]] = {}
    for level in (*levels, unseen()):
        texts, plain = bench.disguised(level.condition, share=level.share)
        if texts:
            rows[level.condition.name] = level, texts, plain
    counted = {
        (name, system.name): (_tally(bench, system, texts), _tally(bench, system, plain))
        for name, (_, texts, plain) in rows.items()
        for system in systems
    }
    table = Table(
        "Under disguise, exact spans of the six labels",
        ("disguise", "documents", "way", "precision", "recall", "F1", "95 %", "F1 undisguised",
         "disguised entities", "of these found", "of these exact", "lost to the disguise"),
    )  # fmt: skip
    for (name, system), (hidden, plain_counts) in counted.items():
        _add(table, name, system, hidden, plain_counts, rows[name][1], rows[name][2], bench.seed)
    made.tables.append(table)
    names = [level.condition.name for level in levels if level.condition.name in rows]
    made.charts = _charts(which, names, counted, [system.name for system in systems], bench.seed)
    published = levels[[level.strength for level in levels].index(PUBLISHED)].condition.name
    asked = {
        "published": published,
        "strongest": names[-1] if names else "",
        "kept": unseen().condition.name,
    }
    for short, name in asked.items():
        for system in (each.name for each in systems):
            if (name, system) in counted:
                hidden, plain_counts = counted[name, system]
                made.measures[f"F1 under attack minus clean, {short}, {system}"] = _fall(
                    hidden, plain_counts, bench.seed
                )
    _robustness(made, asked, counted, bench.seed)
    shares = _PAPER[which]
    made.notes.append(
        f"Published: precision, recall, F1 {' / '.join(map(number, shares))} with a language model in front "
        f"(undisguised: F1 {_PAPER_CLEAN}). The gold of a disguised entity is where it stands now, disguise "
        "included; *found* asks for the label and an overlap."
    )
    made.notes.append(
        "Experiment 1: substitutions and deletions in so many of an entity's characters, in all entities that "
        "can be disguised so."
        if which == 1
        else "Experiment 2: so many of the entities are disguised, each by one of symbols, leetspeak, "
        "abbreviation, invisible characters, markup and homoglyphs."
    )
    if has_training(bench, BASELINE):
        made.notes.append(
            f"*{BASE}*: trained here on clean text ({effort(bench)}), far less than the shipped tagger."
        )
    else:
        made.missing.append(bench.untrained("clean fine-tuning", f"experiment{which}"))
    return made


def _tally(bench: Bench, system: System, texts: Sequence[Text]) -> Tally:
    said = bench.answers.of(system, [text.text for text in texts])
    return tally(texts, said, CORE_LABELS)


def _add(  # noqa: PLR0913, PLR0917 - one row of a table
    table: Table,
    name: str,
    system: str,
    hidden: Tally,
    plain: Tally,
    texts: Sequence[Text],
    twins: Sequence[Text],
    seed: int,
) -> None:
    exact = figures(hidden.exact)
    low, high = f1_interval(hidden.exact, hidden.ids, seed)
    precisely, overlapping, total = (int(each) for each in hidden.disguised.sum(axis=0))
    lost, known = _lost(hidden, plain, texts, twins)
    table.add(
        name, len(texts), system, number(exact.precision), number(exact.recall), number(exact.f1),
        f"{number(low)} to {number(high)}", number(figures(plain.exact).f1), total,
        number(overlapping / total if total else None), number(precisely / total if total else None),
        number(lost / known if known else None),
    )  # fmt: skip


def _lost(
    hidden: Tally, plain: Tally, texts: Sequence[Text], twins: Sequence[Text]
) -> tuple[int, int]:
    """Count entities in disguise that are found undisguised: (lost in disguise, all of them)."""
    lost = total = 0
    for text, twin, now, before in zip(texts, twins, hidden.found, plain.found, strict=True):
        if len(text.gold) != len(twin.gold):
            continue  # an entity that swallowed another one has no twin
        for gold, is_found, was in zip(text.gold, now, before, strict=True):
            if was and (gold.start, gold.end) in text.disguised:
                total += 1
                lost += not is_found
    return lost, total


def _fall(hidden: Tally, plain: Tally, seed: int) -> Measure:
    point, (low, high) = difference(hidden.exact, plain.exact, hidden.ids, seed)
    count = len(hidden.ids)
    return Measure(point, low, high, f"{count} documents", drawn=count)


def _robustness(
    made: Outcome,
    asked: dict[str, str],
    counted: dict[tuple[str, str], tuple[Tally, Tally]],
    seed: int,
) -> None:
    """Compare robust with clean fine-tuning, where there is one."""
    for short, name in asked.items():
        if (name, BASE) in counted and (name, ROBUST) in counted:
            first, second = counted[name, ROBUST][0], counted[name, BASE][0]
            point, (low, high) = difference(first.exact, second.exact, first.ids, seed)
            of = f"{len(first.ids)} documents"
            made.measures[f"robust minus clean fine-tuning, {short}"] = Measure(
                point, low, high, of, drawn=len(first.ids)
            )


def _charts(
    which: int,
    names: Sequence[str],
    counted: dict[tuple[str, str], tuple[Tally, Tally]],
    systems: Sequence[str],
    seed: int,
) -> list[Chart]:
    shares = tuple(name.partition(" ")[0] for name in names)
    scored, found = [], []
    for system in systems:
        tallies = [counted[name, system][0] for name in names]
        ranges = [f1_interval(each.exact, each.ids, seed) for each in tallies]
        scored.append(
            Series(
                system,
                tuple(figures(each.exact).f1 for each in tallies),
                tuple(low for low, _ in ranges),
                tuple(high for _, high in ranges),
            )
        )
        sums = [each.disguised.sum(axis=0) for each in tallies]
        found.append(
            Series(system, tuple(float(row[1] / row[2]) if row[2] else None for row in sums))
        )
    paper = tuple(_PAPER[which][2] if share == "12" else None for share in shares)
    scored.append(Series("published (12 %)", paper, paper=True))
    of = "characters changed" if which == 1 else "entities disguised"
    percents = tuple(f"{share} %" for share in shares)
    return [
        Chart(f"experiment{which}", f"Experiment {which}: F1, exact spans", "lines", percents,
              tuple(scored), "F1", of),
        Chart(f"experiment{which}-found", f"Experiment {which}: disguised entities found", "lines",
              percents, tuple(found), "recall", of),
    ]  # fmt: skip
