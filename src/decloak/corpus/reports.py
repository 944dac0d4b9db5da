"""Reports: prose, lists and tables over the facts of a twin, with exact labels.

Each part of the corpus has wordings of its own (``data/reports.txt``): a model cannot pass the test
by having learned the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from random import Random

from decloak.corpus.facts import Facts, Row
from decloak.corpus.label.place import canonical, name_label
from decloak.corpus.sample import Label
from decloak.corpus.views.base import Page

__all__ = ["PARTS", "report", "table", "templates"]

PARTS = ("train", "validation", "test")
_DEAL = ("train", "train", "train", "validation", "test")
_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([A-Z_]+)>")
_PLAIN = frozenset({"TYPE", "TTL", "FIELD"})
_NAMED = frozenset({"OWNER", "TARGET", "NAME", "DOMAIN", "HOSTNAME"})
_SECTIONS = {"host": ("host", "port", "ports"), "zone": ("zone", "record", "records"),
             "registration": ("registration", "contact", "contacts")}  # fmt: skip


@cache
def templates(section: str, part: str) -> tuple[str, ...]:
    """Return the templates of a section that belong to a part of the corpus."""
    text = files("decloak.corpus").joinpath("data/reports.txt").read_text("utf-8")
    found: list[str] = []
    current = ""
    for line in text.splitlines():
        if line.startswith("["):
            current = line.strip("[]")
        elif current == section and line and not line.startswith("# "):
            found.append(line)
    return tuple(t for i, t in enumerate(found) if _DEAL[i % len(_DEAL)] == part)


class _Writer:
    """Text with labels, written from left to right."""

    def __init__(self, twin: str) -> None:
        self.parts: list[str] = []
        self.labels: list[Label] = []
        self.length = 0
        self.twin = twin

    def say(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def value(self, slot: str, value: str) -> None:
        start = self.length
        self.say(value)
        label = _label(slot, value)
        if label:
            meant = canonical(label, value)
            provenance = f"{self.twin}:{slot.lower()}@written"
            self.labels.append(Label(start, self.length, label, meant, provenance))

    def page(self) -> Page:
        return Page("".join(self.parts), tuple(self.labels), ("report",))


def _label(slot: str, value: str) -> str:
    if slot in _PLAIN:
        return ""
    if slot in _NAMED:
        return name_label(value)
    return {"SERVER": "IP_ADDRESS", "SERVER_PORT": "PORT"}.get(slot, slot)


def _chosen(template: str, rng: Random) -> str:
    while (found := _CHOICE.search(template)) is not None:
        template = (
            template[: found.start()] + rng.choice(found[1].split("|")) + template[found.end() :]
        )
    return template


def _slots(row: Row) -> dict[str, str]:
    slots = dict(row)
    for key in ("DOMAIN", "HOSTNAME"):
        if key in slots:
            slots.setdefault("NAME", slots[key])
    return slots


def _fitting(section: str, part: str, slots: Row, rng: Random) -> str | None:
    """Draw a sentence whose slots are all there."""
    options = list(templates(section, part))
    rng.shuffle(options)
    for option in options:
        sentence = _chosen(option, rng)
        if all(name in slots for name in _SLOT.findall(sentence)):
            return sentence
    return None


def _write(writer: _Writer, sentence: str, slots: Row) -> None:
    for i, piece in enumerate(_SLOT.split(sentence)):
        if i % 2:
            writer.value(piece, slots[piece])
        else:
            writer.say(piece)


def _listed(writer: _Writer, section: str, part: str, rows: Sequence[Row], rng: Random) -> bool:
    """Write one sentence that lists several statements."""
    options = list(templates(section, part))
    rng.shuffle(options)
    for option in options:
        head, _, rest = _chosen(option, rng).partition("«")
        item, _, tail = rest.partition("»")
        wanted = set(_SLOT.findall(item))
        fitting = [_slots(row) for row in rows if wanted <= set(_slots(row))]
        if len(fitting) < 2:
            continue
        rng.shuffle(fitting)
        fitting = fitting[: rng.randint(2, 6)]
        writer.say(head)
        last = rng.choice((" and ", ", ", ", and "))
        for i, slots in enumerate(fitting):
            if i:
                writer.say(last if i == len(fitting) - 1 else ", ")
            _write(writer, item, slots)
        writer.say(tail)
        return True
    return False


def report(facts: Facts, part: str, rng: Random) -> Page | None:
    """Write a few paragraphs about one thing.

    Args:
        facts: what to tell.
        part: whose wordings to use; one of `PARTS`.
        rng: the only source of chance.

    Returns:
        A page with labels; None when no wording fits the facts.
    """
    intro, single, several = _SECTIONS[facts.kind]
    writer = _Writer(f"{facts.kind}.facts")
    joint = rng.choice((" ", " ", "\n", "\n\n"))
    subject = _slots(facts.subject)
    if rng.random() < 0.4:
        writer.say(
            _chosen(rng.choice(templates("title", part)), rng) + rng.choice(("\n\n", "\n", ": "))
        )
    opening = _fitting(intro, part, subject, rng)
    if opening is not None:
        _write(writer, opening, subject)
        writer.say(joint)
    rows = list(facts.rows)
    rng.shuffle(rows)
    said = 0
    for row in rows[: rng.randint(2, 7)]:
        slots = subject | _slots(row)
        sentence = _fitting(single, part, slots if facts.kind == "host" else _slots(row), rng)
        if sentence is None:
            continue
        if sentence.startswith(("- ", "* ")) and not "".join(writer.parts[-1:]).endswith("\n"):
            writer.say("\n")
        _write(writer, sentence, slots)
        writer.say("\n" if sentence.startswith(("- ", "* ")) else joint)
        said += 1
        if rng.random() < 0.15:
            writer.say(_chosen(rng.choice(templates("filler", part)), rng) + joint)
    if rng.random() < 0.5 and _listed(writer, several, part, rows, rng):
        writer.say(joint)
        said += 1
    if not said:
        return None
    if rng.random() < 0.4:
        writer.say(_chosen(rng.choice(templates("filler", part)), rng))
    writer.say("\n")
    return writer.page()


def table(facts: Facts, rng: Random) -> Page | None:
    """Write the statements as a table: Markdown, CSV, tabs, ``key=value``, or aligned columns."""
    columns = {
        "host": ("IP_ADDRESS", "PORT", "PROTOCOL", "STATE", "SERVICE", "SOFTWARE", "VERSION"),
        "zone": ("OWNER", "TYPE", "TARGET", "IP_ADDRESS", "TTL"),
    }.get(facts.kind)
    if columns is None or len(facts.rows) < 2:
        return None
    rows = list(facts.rows)
    rng.shuffle(rows)
    rows = [_slots(facts.subject) | _slots(row) for row in rows[: rng.randint(2, 10)]]
    kept = [name for name in columns if any(name in row for row in rows)]
    if facts.kind == "zone":
        # The address of the subject is not the record's.
        rows = [{**row, "IP_ADDRESS": row.get("IP_ADDRESS", "")} for row in rows]
    if rng.random() < 0.5:
        rng.shuffle(kept)
    kept = kept[: rng.randint(3, max(3, len(kept)))]
    heads = [rng.choice((name.lower(), name.title())).replace("_", " ") for name in kept]
    writer = _Writer(f"{facts.kind}.facts")
    style: Callable[[_Writer, Sequence[str], Sequence[str], Sequence[Row]], None] = rng.choice(
        (_markdown, _csv, _tabs, _pairs, _columns)
    )
    style(writer, kept, heads, rows)
    return writer.page() if writer.labels else None


def _markdown(
    writer: _Writer, kept: Sequence[str], heads: Sequence[str], rows: Sequence[Row]
) -> None:
    writer.say("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads) + "\n")
    for row in rows:
        writer.say("|")
        for name in kept:
            writer.say(" ")
            if row.get(name):
                writer.value(name, row[name])
            writer.say(" |")
        writer.say("\n")


def _separated(writer: _Writer, kept: Sequence[str], rows: Sequence[Row], mark: str) -> None:
    for row in rows:
        for i, name in enumerate(kept):
            writer.say(mark if i else "")
            quoted = mark in row.get(name, "")
            writer.say('"' if quoted else "")
            if row.get(name):
                writer.value(name, row[name])
            writer.say('"' if quoted else "")
        writer.say("\n")


def _csv(writer: _Writer, kept: Sequence[str], heads: Sequence[str], rows: Sequence[Row]) -> None:
    mark = "," if len(heads) % 2 else ";"
    writer.say(mark.join(heads) + "\n")
    _separated(writer, kept, rows, mark)


def _tabs(writer: _Writer, kept: Sequence[str], heads: Sequence[str], rows: Sequence[Row]) -> None:
    writer.say("\t".join(heads) + "\n")
    _separated(writer, kept, rows, "\t")


def _pairs(writer: _Writer, kept: Sequence[str], heads: Sequence[str], rows: Sequence[Row]) -> None:
    for row in rows:
        for i, (name, head) in enumerate(zip(kept, heads, strict=True)):
            if row.get(name):
                writer.say((" " if i else "") + head.replace(" ", "_") + "=")
                writer.value(name, row[name])
        writer.say("\n")


def _columns(
    writer: _Writer, kept: Sequence[str], heads: Sequence[str], rows: Sequence[Row]
) -> None:
    widths = [
        max(len(head), *(len(row.get(name, "")) for row in rows)) + 2
        for name, head in zip(kept, heads, strict=True)
    ]
    writer.say(
        "".join(
            head.upper().ljust(width) for head, width in zip(heads, widths, strict=True)
        ).rstrip()
        + "\n"
    )
    for row in rows:
        for name, width in zip(kept, widths, strict=True):
            value = row.get(name, "")
            if value:
                writer.value(name, value)
            writer.say(" " * (width - len(value)))
        writer.say("\n")
