"""Gold and predictions: labelled rows joined by id, with everything that is wrong in either said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from decloak.core.errors import InputError
from decloak.evaluation.labelled import Problem, Row, Span, checked, our_label, read_rows
from decloak.evaluation.score import Gold
from decloak.evaluation.tagger.mentions import Text

__all__ = ["GoldSet", "Predictions", "load_gold", "load_predictions"]


@dataclass(frozen=True, slots=True)
class GoldSet:
    """What is known.

    Attributes:
        texts: one for each row, in order.
        clean: for a disguised row the place of the row it was made of, in `texts`.
        families: the disguises of each row.
        problems: what was left out, and why.
    """

    texts: tuple[Text, ...]
    clean: Mapping[int, int] = field(default_factory=dict)
    families: tuple[tuple[str, ...], ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of the gold, the most frequent first."""
        counts = Counter(gold.label for text in self.texts for gold in text.gold)
        return tuple(sorted(counts, key=lambda label: (-counts[label], label)))


@dataclass(frozen=True, slots=True)
class Predictions:
    """What one system reports, row by row like the gold.

    Attributes:
        system: its name.
        said: what it accepts in each text.
        held: what it holds back in each text, with the reason as the last evidence.
        edited: raw ranges that its decoders changed, where that is known.
        problems: what was left out, and why.
    """

    system: str
    said: tuple[tuple[Span, ...], ...]
    held: tuple[tuple[Span, ...], ...] = ()
    edited: tuple[tuple[tuple[int, int], ...], ...] = ()
    problems: tuple[Problem, ...] = ()


def load_gold(
    paths: Iterable[Path],
    form: str | None = None,
    mapped: Mapping[str, str] | None = None,
    exhaustive: frozenset[str] | None = None,
) -> GoldSet:
    """Read the gold of all files.

    Where a file does not say for which labels its gold is complete, it is for the labels that it has.

    Args:
        paths: files and folders.
        form: a name of `decloak.evaluation.labelled.FORMATS`; None to tell.
        mapped: labels that the user maps; to "" leaves one out.
        exhaustive: insist on the labels for which the gold is complete.

    Raises:
        UnreadableError: when a file is not there.
        InputError: when a file's format cannot be told, or nothing in it can be scored.
    """
    rows: list[tuple[Row, tuple[Span, ...]]] = []
    place: dict[str, int] = {}
    problems: list[Problem] = []
    used: dict[str, set[str]] = {}
    for path in paths:
        for row in read_rows(path, form):
            if isinstance(row, Problem):
                problems.append(row)
                continue
            if row.text is None:
                problems.append(Problem(row.where, "no text: gold needs `text`"))
                continue
            if row.id in place:
                problems.append(Problem(row.where, f"the id {row.id!r} is taken; it was left out"))
                continue
            labelled, wrong = checked(_mapped(row, mapped or {}), row.text)
            problems += wrong
            place[row.id] = len(rows)
            rows.append((row, labelled.spans))
            used.setdefault(str(path), set()).update(each.label for each in labelled.spans)
    if not rows:
        first = f": {problems[0]}" if problems else ""
        message = f"nothing to score in {', '.join(map(str, paths))}{first}"
        raise InputError(message)
    everything = frozenset().union(*used.values())
    texts = tuple(_text(row, spans, exhaustive, everything, mapped or {}) for row, spans in rows)
    clean = {}
    for index, (row, _) in enumerate(rows):
        if not row.clean:
            continue
        origin = place.get(row.clean)
        if origin is None or len(texts[origin].gold) != len(texts[index].gold):
            reason = f"its clean row {row.clean!r} is not there, or has other entities"
            problems.append(Problem(row.where, reason))
            continue
        clean[index] = origin
    families = tuple(row.families for row, _ in rows)
    return GoldSet(texts, clean, families, tuple(problems))


def _mapped(row: Row, mapped: Mapping[str, str]) -> Row:
    """Give every span the label under which it is scored, and leave out what maps to nothing."""
    spans = []
    for span in row.spans:
        label = our_label(span.label, mapped)
        if label or not span.label:
            alt = frozenset(our_label(each, mapped) for each in span.alt)
            spans.append(span._replace(label=label, alt=alt))
    return Row(row.where, row.id, row.text, tuple(spans), row.source, row.exhaustive,
               row.ignore, row.clean, row.families)  # fmt: skip


def _text(
    row: Row,
    spans: tuple[Span, ...],
    insisted: frozenset[str] | None,
    everything: frozenset[str],
    mapped: Mapping[str, str],
) -> Text:
    said = row.exhaustive
    if said is not None:
        said = frozenset(our_label(each, mapped) for each in said)
    complete = insisted if insisted is not None else (said if said is not None else everything)
    gold = tuple(Gold(each.start, each.end, each.label, each.value, each.alt) for each in spans)
    disguised = frozenset((each.start, each.end) for each in gold) if row.clean else frozenset()
    return Text(
        row.id, row.source or "unnamed", row.text or "", gold, complete, row.ignore, disguised
    )


def load_predictions(
    name: str,
    path: Path,
    gold: GoldSet,
    form: str | None = None,
    mapped: Mapping[str, str] | None = None,
) -> Predictions:
    """Read what a system reports and join it to the gold by id.

    Args:
        name: of the system.
        path: any labelled file; without texts its offsets count in those of the gold.
        gold: as loaded.
        form: a name of `decloak.evaluation.labelled.FORMATS`; None to tell.
        mapped: labels that the user maps.

    Raises:
        UnreadableError: when the file is not there.
        InputError: when its format cannot be told.
    """
    place = {text.id: index for index, text in enumerate(gold.texts)}
    said: list[tuple[Span, ...]] = [()] * len(place)
    held: list[tuple[Span, ...]] = [()] * len(place)
    seen: set[str] = set()
    problems: list[Problem] = []
    for row in read_rows(path, form):
        if isinstance(row, Problem):
            problems.append(row)
            continue
        if row.id not in place or row.id in seen:
            why = "is predicted twice" if row.id in seen else "is no row of the gold"
            problems.append(Problem(row.where, f"the id {row.id!r} {why}; it was left out"))
            continue
        seen.add(row.id)
        text = gold.texts[place[row.id]].text
        if row.text is not None and row.text != text:
            problems.append(Problem(row.where, f"the text of {row.id!r} is not that of the gold"))
            continue
        labelled, wrong = checked(_mapped(row, mapped or {}), text)
        problems += wrong
        spans = [
            each if each.value else each._replace(value=text[each.start : each.end])
            for each in labelled.spans
        ]
        said[place[row.id]] = tuple(each for each in spans if each.status == "accepted")
        held[place[row.id]] = tuple(each for each in spans if each.status != "accepted")
    missing = len(place) - len(seen)
    if missing:
        reason = f"{missing} of {len(place)} rows have no prediction: nothing was found in them"
        problems.append(Problem(str(path), reason))
    return Predictions(name, tuple(said), tuple(held), (), tuple(problems))
