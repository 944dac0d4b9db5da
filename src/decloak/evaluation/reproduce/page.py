"""Page: records as Markdown with pictures; the page of verdicts first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from decloak.evaluation.report import Table
from decloak.evaluation.reproduce.claims import (
    DIRECTION,
    FEW,
    REFUTED,
    REPRODUCED,
    TIE,
    Judged,
    claims,
    judge,
)
from decloak.evaluation.reproduce.items.registry import ITEMS
from decloak.evaluation.reproduce.outcome import Chart, Measure, Outcome, Series, from_json
from decloak.evaluation.reproduce.pictures import draw
from decloak.evaluation.reproduce.record import read

__all__ = ["RECORDS", "render"]

RECORDS = "records"
_DRAWN = (REPRODUCED, DIRECTION, TIE, FEW, REFUTED)
_WORDS = 62
_MARK = {
    REPRODUCED: "**reproduced**",
    REFUTED: "**refuted**",
    DIRECTION: "direction only",
    TIE: "tie",
}


def render(out: Path) -> Path:
    """Make every page and picture of a folder anew from the records in it.

    Args:
        out: the folder; its ``records`` are read.

    Returns:
        The page of verdicts.

    Raises:
        ToolError: when matplotlib is not installed.
    """
    rows = {name: read(out / RECORDS / f"{name}.json") for name in ITEMS}
    known = {name: row for name, row in rows.items() if row is not None}
    made = {name: from_json(row) for name, row in known.items()}
    for name, outcome in made.items():
        for chart in outcome.charts:
            draw(chart, out / f"{chart.name}.png")
        (out / f"{name}.md").write_text(_item(name, known[name], outcome), "utf-8")
    judged = [judge(each, made) for each in claims()]
    differences = _chart(judged)
    if differences is not None:
        draw(differences, out / f"{differences.name}.png")
    page = out / "README.md"
    page.write_text(_verdicts(known, made, judged, differences), "utf-8")
    return page


def _item(name: str, row: Mapping[str, Any], made: Outcome) -> str:
    item = ITEMS[name]
    parts = [f"# {item.title}", item.question]
    parts += [f"![{chart.title}]({chart.name}.png)" for chart in made.charts]
    parts += made.notes
    parts += [_lost(made)] if made.missing else []
    parts += [table.markdown().rstrip() for table in made.tables]
    return "\n\n".join([*parts, "## How this was made", _provenance(name, row)]) + "\n"


def _lost(made: Outcome) -> str:
    return "\n".join(
        f"* **Not run:** {each.what}: {each.why}. `{each.command}`" for each in made.missing
    )


def _provenance(name: str, row: Mapping[str, Any]) -> str:
    about, run = row["about"], row["run"]
    model = f" --llm {about['language model']}" if about.get("language model") else ""
    lines = [
        f"    decloak reproduce {name} --budget {about['budget']} --corpus CORPUS --seed {about['seed']}{model}",
        "",
        f"{run['made']}, commit {run['commit'] or '-'}, decloak {run['version']}; {run['seconds']:.0f} s, "
        f"{run['processor seconds']:.0f} s of processor time in this process, on {run['machine']}, load "
        f"{run['load']}; Python {run['python']}, "
        + ", ".join(f"{library} {version}" for library, version in run["libraries"].items())
        + ".",
        "",
        (
            f"Corpus `{about['corpus']}`, tagger `{about['model']}`, packs `{about['packs']}`, code "
            f"`{about['code']}`. Every figure: [records/{name}.json](records/{name}.json)."
        ),
    ]
    return "\n".join(lines)


def _verdicts(
    rows: Mapping[str, Mapping[str, Any]],
    made: Mapping[str, Outcome],
    judged: Sequence[Judged],
    chart: Chart | None,
) -> str:
    counts = {
        verdict: sum(each.verdict == verdict for each in judged) for verdict in _kinds(judged)
    }
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    budgets = sorted({row["about"]["budget"] for row in rows.values()})
    parts = [
        "# The publication, claim by claim",
        (
            "Ahmad, Zhang, Sehar: *Mitigating Adversarial Obfuscation in Named Entity Recognition with Robust "
            "SecureBERT Finetuning*, 2026. Its code and data are not public, so its claims are tested as "
            "comparisons on our corpus, beside its printed figures; absolute figures of two corpora say nothing "
            "about each other."
        ),
        f"{len(judged)} claims: {said}. Budget: {', '.join(budgets)}.",
        *([f"![{chart.title}]({chart.name}.png)"] if chart else []),
        _by_verdict(judged),
        _narration(judged),
        _pictures(made),
        _table(judged, made).markdown().rstrip(),
        (
            "*Reproduced*: the whole 95 % interval is on the claimed side. *Direction only*: it is, but ends below "
            "the published size. *Tie*: it has both sides. *Refuted*: it lies on the other side. Intervals: "
            "bootstrap over documents, 2,000 draws, paired where two systems read the same documents."
        ),
        "## Pages",
        "\n".join(
            f"* [{ITEMS[name].title}]({name}.md): {ITEMS[name].question}"
            for name in ITEMS
            if name in made
        ),
        "## Make it anew",
        "    decloak reproduce all --budget small --corpus CORPUS --out docs/results/paper",
        (
            "CORPUS is a folder of `decloak corpus build` ([corpus](../../corpus.md)); without one the slice in "
            "`data/slice` is read. A run that was stopped goes on. `--render` draws the pages from the records alone."
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _by_verdict(judged: Sequence[Judged]) -> str:
    """Return the claims by verdict, in a few words each."""
    return "\n".join(
        f"* **{verdict.capitalize()}**: {'; '.join(_short(e) for e in judged if e.verdict == verdict)}."
        for verdict in _kinds(judged)
    )


def _narration(judged: Sequence[Judged]) -> str:
    """Say how the two kinds of rows about narration go together, where they differ."""
    verdicts = {each.claim.id: each.verdict for each in judged}
    weak, strong = verdicts["narration raises F1"], verdicts["narration raises F1, tagger as it is"]
    if weak not in {REPRODUCED, DIRECTION} or strong != REFUTED:
        return ""
    return (
        "Read the two kinds of rows about narration together: a weak tagger, trained for minutes, gains from a "
        "narrator that knows the tools' grammars; one that was trained well on raw text loses by it, even where "
        "nothing is left out."
    )


def _kinds(judged: Sequence[Judged]) -> list[str]:
    return list(dict.fromkeys(sorted((each.verdict for each in judged), key=_rank)))


def _rank(verdict: str) -> int:
    return _DRAWN.index(verdict) if verdict in _DRAWN else len(_DRAWN)


def _pictures(made: Mapping[str, Outcome]) -> str:
    """Return the first picture of the items that are about a claim each."""
    chosen = ("figure4", "experiment2", "decoders", "ablation")
    shown = []
    for name in chosen:
        charts = made[name].charts if name in made else []
        ours = [each for each in charts if not all(series.paper for series in each.series)]
        if ours:
            shown.append(f"[![{ours[0].title}]({ours[0].name}.png)]({name}.md)")
    return "\n".join(shown)


def _table(judged: Sequence[Judged], known: Collection[str]) -> Table:
    table = Table("Verdicts", ("claim", "published", "ours", "95 %", "verdict", "measured"))
    for each in judged:
        claim, ours = each.claim, each.ours
        if ours is None:
            link = f": [{claim.item}]({claim.item}.md)" if claim.item in known else ""
            before = f"; measured before: {claim.before}" if claim.before else ""
            table.add(claim.claim, claim.paper, "–", "–", each.verdict, each.why + link + before)
            continue
        link = f"[{claim.item}]({claim.item}.md)"
        remark = f"{claim.remark}, " if claim.remark else ""
        table.add(
            claim.claim, claim.paper, _shown(claim.expects, ours, claim.unit),
            "–" if ours.low == ours.high else f"{_number(claim.expects, ours.low)} to {_number(claim.expects, ours.high)}",
            _MARK.get(each.verdict, each.verdict), f"{remark}{ours.of}: {link}",
        )  # fmt: skip
    return table


def _shown(expects: str, ours: Measure, unit: str) -> str:
    return ours.shown or f"{_number(expects, ours.value)} {unit}"


def _number(expects: str, value: float) -> str:
    """Write a difference with its sign, a share without."""
    return f"{value:+.3f}" if expects == "more" or value < 0 else f"{value:.3f}"


def _chart(judged: Sequence[Judged]) -> Chart | None:
    """Draw the differences that claims are about, by verdict."""
    rows = [each for each in judged if each.ours is not None and _is_difference(each)]
    if not rows:
        return None
    names = tuple(_short(each) for each in rows)
    series = []
    for verdict in _DRAWN:
        own = [each.ours if each.verdict == verdict else None for each in rows]
        if any(own):
            series.append(
                Series(
                    verdict,
                    tuple(each.value if each else None for each in own),
                    tuple(each.low if each else None for each in own),
                    tuple(each.high if each else None for each in own),
                )
            )
    sizes = tuple(each.claim.size for each in rows)
    if any(size is not None for size in sizes):
        series.append(Series("published, at least", sizes, paper=True))
    title = "What the publication says is better: our difference with its 95 % interval"
    return Chart(
        "verdicts",
        title,
        "rows",
        names,
        tuple(series),
        "better by; of experiments and unseen families: F1 under attack minus undisguised",
    )


def _is_difference(each: Judged) -> bool:
    return each.claim.expects == "more" or each.claim.bound < 0


def _short(each: Judged) -> str:
    text = each.claim.id
    return text if len(text) <= _WORDS else text[: _WORDS - 1] + "…"
