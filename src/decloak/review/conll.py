"""CoNLL: reviewed text as a token and its IOB2 tag per line, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from decloak.core.errors import InputError
from decloak.core.iob import tagged
from decloak.export.sanitise import restore, sanitise
from decloak.review.store import ReviewStore

__all__ = ["conll_lines", "conll_rows"]

_TAG = re.compile(r"O|([BI])-([A-Z_]+)")


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    label: str


def conll_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of labelled rows: ``# id = NAME``, ``token<TAB>tag``, an empty line behind each.

    Tokens about which a row says nothing have the tag ``_``.
    """
    for row in rows:
        text = row["text"]
        spans = [_Span(each["start"], each["end"], each["label"]) for each in row["entities"]]
        ignored = iter(sorted(tuple(each) for each in row["ignore"]))
        unsure = next(ignored, None)
        yield f"# id = {sanitise(row['id'])}\n"
        for start, end, tag in tagged(text, spans):
            while unsure is not None and unsure[1] <= start:
                unsure = next(ignored, None)
            is_open = tag == "O" and unsure is not None and unsure[0] < end
            yield f"{sanitise(text[start:end])}\t{'_' if is_open else tag}\n"
        yield "\n"


@dataclass(slots=True)
class _Reading:
    """One document as it is read."""

    name: str
    tokens: list[tuple[str, str, int]] = field(default_factory=list)


def conll_rows(lines: Iterable[str], store: ReviewStore) -> Iterator[dict[str, Any]]:
    """Yield labelled rows; the text is that of the store's document of this name, or the tokens with blanks.

    Args:
        lines: as `conll_lines` writes them; a tag is the last column.
        store: where the documents may be.

    Raises:
        InputError: when a line is none, or the tokens are not those of the document.
    """
    reading = _Reading("-")
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        if line.startswith("# id = "):
            if reading.tokens:
                yield _row(reading, store)
            reading = _Reading(restore(line.removeprefix("# id = ")))
        elif "\t" in line or (" " in line and not line.startswith("#")):
            token, _, rest = line.partition("\t" if "\t" in line else " ")
            tag = rest.split()[-1] if rest.split() else ""
            if tag != "_" and not _TAG.fullmatch(tag):
                message = f"line {number}: {tag!r} is no tag of IOB2"
                raise InputError(message)
            reading.tokens.append((restore(token), tag, number))
    if reading.tokens:
        yield _row(reading, store)


def _row(reading: _Reading, store: ReviewStore) -> dict[str, Any]:
    known = store.document(name=reading.name)
    text = " ".join(token for token, _, _ in reading.tokens) if known is None else store.text(known)
    entities: list[dict[str, Any]] = []
    ignored: list[list[int]] = []
    place = 0
    for token, tag, number in reading.tokens:
        while not text.startswith(token, place) and text[place : place + 1].isspace():
            place += 1
        if not text.startswith(token, place):
            message = f"line {number}: {token!r} is not what follows in {reading.name!r}"
            raise InputError(message)
        end = place + len(token)
        label = tag[2:]
        if tag == "_":
            ignored.append([place, end])
        elif (
            tag.startswith("I-")
            and entities
            and entities[-1]["label"] == label
            and entities[-1]["open"]
        ):
            entities[-1]["end"] = end
        elif tag != "O":
            entities.append({"start": place, "end": end, "label": label, "open": True})
        if tag in {"O", "_"} and entities:
            entities[-1]["open"] = False
        place = end
    for each in entities:
        del each["open"]
    return {"id": reading.name, "text": text, "entities": entities, "ignore": ignored}
