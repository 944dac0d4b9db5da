"""Names: attackers, malware, tools and techniques, tied to ATT&CK and galaxies by what they are called.

Sources disagree about who is who. All that a name may mean is told, the best first, each with its source.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from decloak.core.entity import Link
from decloak.core.remember import remembered
from decloak.kb.known import Named, Thing, named, replacements, thing
from decloak.kb.store import Store
from decloak.link.phrases import techniques_like

__all__ = ["NAMED", "name_links", "weights"]

_IDENTIFIER = re.compile(r"(?:TA?\d{4}(?:\.\d{3})?|[GSC]\d{4})")
_ATTACK = re.compile(r"[TGSC]A?\d{4}(?:\.\d{3})?")
_WORDS = re.compile(r"\S+")
_PARTS = re.compile(r"[A-Za-z][A-Za-z0-9]{3,}")
_DETECTION = re.compile(r"[./:!]")
_MOST_PARTS = 6
_EDGES = "\"'`.,;:()[]\u2018\u2019\u201c\u201d"


@cache
def weights() -> Mapping[str, Any]:
    """Return the tables of ``names.toml``."""
    return tomllib.loads((files("decloak.link") / "data" / "names.toml").read_text("utf-8"))


NAMED = ("THREAT_ACTOR", "MALWARE", "SOFTWARE", "TECHNIQUE", "ORGANIZATION")
"""Labels whose entities are tied to things by name."""


@remembered(1 << 14)
def name_links(store: Store | None, label: str, value: str) -> tuple[Link, ...]:
    """Return what a name may mean under a label, the best first; several where sources know several.

    Args:
        store: what the user added, or None.
        label: one of `NAMED`.
        value: the name, or an identifier of ATT&CK.
    """
    found = (
        thing(value.upper())
        if label == "TECHNIQUE" and _IDENTIFIER.fullmatch(value.upper())
        else None
    )
    if found is not None:
        return tuple(_identified(found))
    best: dict[tuple[str, str], Link] = {}
    for link in _candidates(store, label, value):
        kept = best.get((link.relation, link.target))
        if kept is None or link.score > kept.score:
            best[link.relation, link.target] = link
    most = weights()["limits"]["links"]
    ranked = sorted(best.values(), key=_by_score)
    return tuple(link for at, link in enumerate(ranked) if at < most)


def _by_score(link: Link) -> tuple[float, str, str]:
    return -link.score, link.relation, link.target


def _candidates(store: Store | None, label: str, value: str) -> Iterator[Link]:
    score = weights()["score"]
    whole = [*_links(label, value, named(value, store), 1.0)]
    yield from whole
    bare = stripped(value)
    if bare != value:
        yield from _links(label, bare, named(bare, store), score["stripped"])
    for word in weights()["left_out"].get(label, ()):
        longer = f"{bare} {word}"
        yield from _links(label, longer, named(longer, store), score["stripped"])
    if label == "MALWARE" and _DETECTION.search(value) and " " not in value:
        for part in _PARTS.findall(value)[:_MOST_PARTS]:
            yield from _links(label, part, named(part, store), score["part"])
    if label == "TECHNIQUE" and not whole:
        for found, share in techniques_like(value, weights()["limits"]["phrase"]):
            why = f"words of {found.name!r}"
            yield Link(
                "attack",
                found.id,
                found.source,
                round(share * score["phrase"], 3),
                found.version,
                why,
            )


def _identified(found: Thing) -> Iterator[Link]:
    """Yield a thing of ATT&CK; where it was revoked, what took its place comes first."""
    if found.state == "revoked":
        for after in replacements(found.id):
            yield Link(
                "attack",
                after.id,
                after.source,
                1.0,
                after.version,
                f"{after.name}, in place of {found.id}",
            )
    why = found.name if found.state == "current" else f"{found.name} ({found.state})"
    score = 1.0 if found.state == "current" else weights()["score"]["also"]
    yield Link("attack", found.id, found.source, score, found.version, why)


def stripped(value: str) -> str:
    """Return a name without the words at its ends that say what it is: ``the Emotet banking trojan`` keeps two.

    A name of such words alone stays as it is.
    """
    generic = frozenset(weights()["words"]["generic"])
    words = [found[0].strip(_EDGES) for found in _WORDS.finditer(value)]
    low, high = 0, len(words)
    while low < high and words[low].lower() in generic:
        low += 1
    while low < high and words[high - 1].lower() in generic:
        high -= 1
    return " ".join(words[low:high]) if low < high else value


def _links(label: str, spelt: str, rows: tuple[Named, ...], factor: float) -> Iterator[Link]:
    tables = weights()
    said, also = tables["kinds"].get(label, ()), tables["also"].get(label, ())
    strict = label in tables["strict"]["labels"]
    for row in rows:
        if row.kind not in {*said, *also, label} or (strict and row.weak):
            continue
        score = (
            factor * _likeness(spelt, row) * (tables["score"]["also"] if row.kind in also else 1.0)
        )
        known = _ATTACK.fullmatch(row.target)
        if not known:
            score *= tables["score"]["older"]
        relation = (
            "attack" if known else "galaxy" if row.target.startswith("misp-galaxy:") else "name"
        )
        preferred = "" if row.alias == row.name else f", another name of {row.name}"
        yield Link(
            relation,
            row.target,
            row.source,
            round(score, 3),
            row.version,
            f"{row.kind} {row.alias!r}{preferred}",
        )


def _likeness(spelt: str, row: Named) -> float:
    score = weights()["score"]
    same = (
        1.0 if spelt == row.alias
        else score["other_case"] if spelt.casefold() == row.alias.casefold()
        else score["other_signs"]
    )  # fmt: skip
    return float(
        same
        * (1.0 if row.alias == row.name else score["alias"])
        * (score["weak"] if row.weak else 1.0)
    )
