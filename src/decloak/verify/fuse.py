"""Fuse: one rule for what the tagger's model found beside what grammars and patterns say.

The rule is in docs/decisions/0008-fuse.md. It looks at sets of spans only, so neither the order of the
proposers nor that of the spans matters.

0. What a grammar noted without a label (a count, a process) is no entity, whatever the model says.
1. A fact, or a pattern whose value a check confirmed, stands. What the model says of the same place
   is dropped; what it says of more than that place loses the part that is told, or all of it. A pattern
   that doubts such a value by what surrounds it (a file, code) is not overruled either.
2. A span that a table knows under another label, and believes, is what the table says.
3. Where the model and another proposal mean the same span and label, they are one, and both being
   wrong is as likely as either being wrong alone (noisy-or).
4. Where they overlap otherwise, what is accepted goes before what is not, then the surer one, then
   the one that begins earlier, then the longer one.
5. A value of a fixed form (an address, a domain) in plain letters that no pattern proposes is held for
   review: patterns read all such values, and leave out files and code. Where a disguise hides the
   form, the model is all there is.
6. What the model says alone needs the threshold of labels in general, even where that of its label is
   lower: those are lowered for tables, whose errors are others. Names of malware and attackers have one of
   their own: their confidence is measured where the model is alone.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from decloak.core.entity import Candidate, Reading, Status, Tagged, Verdict
from decloak.core.facts import Fact
from decloak.core.lines import one_line
from decloak.indicators.repair import disguise_of, repaired
from decloak.verify.claims import Claim, claim_of
from decloak.verify.thresholds import threshold_alone, threshold_of
from decloak.verify.values import canonical

__all__ = ["ORIGIN", "Fusion", "fuse"]

ORIGIN = "tagger"
"""Who proposes what the model found, in evidence."""

_CERTAIN = frozenset(
    ["ASN", "CIDR", "CPE", "CVE", "DOMAIN", "EMAIL", "HASH", "IP_ADDRESS", "MAC_ADDRESS",
     "TECHNIQUE", "URL", "FINGERPRINT", "REGISTRY_KEY", "TLP", "WALLET"]
)  # fmt: skip
"""Labels whose values are so formed that a confirmed one is hardly ever anything else."""
_FORMED = _CERTAIN - {"TECHNIQUE"}
"""Labels whose plain values the patterns read completely."""
_BORROWED = frozenset({"MALWARE", "THREAT_ACTOR", "SOFTWARE"})
"""Labels whose names are words of other things: `hive`, `node`. What `android` or `twitter` is, sentences tell."""
_DOTTED_VERSION, _FILE, _ORDINARY = "pattern.version.dotted", "pattern.file", "lexicon.weak.bare"
"""Origins that read the words around a place, and refuse what the model says of it alone."""
_REPAIRED = "repaired: "
"""Begins what is said of a value that only the model's label let be read."""
_EDGES = " \t\r\n,;:()[]{}<>\"'|/"
"""What does not stay at the edge of a span that lost a part."""
_CALLED_PORT = re.compile(r"(?i)ports?\b|[0-9]/(?:tcp|udp)|listen")
_NO_PRODUCT = re.compile(
    r"[A-Za-z0-9_.-]{1,40}/(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])|[A-Z]{2,12}(?:_[A-Z]{2,12})+(?![a-z])"
)
_NEAR = 32
"""Code points before a number in which a word calls it a port; sizes and times have none."""
_SIGNS = frozenset({"Cn", "Co", "Cs", "So"})
"""Categories of what stands in no name: unassigned, surrogates, pictures, U+FFFD."""
_OURS, _THEIRS = 0, 1
_END = itemgetter(1)


class Place(NamedTuple):
    """A claim about a place of the decoded text: half-open ``[start, end)``."""

    start: int
    end: int
    claim: Claim


@dataclass
class Fusion:
    """What becomes of one window's candidates.

    Attributes:
        candidates: those that the model does not touch, in their order.
        places: claims of the model, or of the model and others; any status.
        lost: claims that another place beat or a check refutes, with the reason.
    """

    candidates: list[Candidate] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    lost: list[Place] = field(default_factory=list)


def fuse(
    text: str, facts: Iterable[Fact], candidates: Sequence[Candidate], tagged: Iterable[Tagged]
) -> Fusion:
    """Fuse one window's proposals.

    Args:
        text: the decoded text.
        facts: what grammars found there.
        candidates: what patterns and tables propose there.
        tagged: what the model found there; of spans that overlap, as they hold parts of one word in
            the text as it stands, the first is heard.
    """
    fusion = Fusion()
    spans = _apart(text, tagged, fusion)
    certain: list[list[Place]] = [[] for _ in spans]
    counted: set[int] = set()
    for start, end, record, _, label, origin, value in facts:
        if not label and record >= 0:
            continue
        if not (hit := _overlapped(spans, start, end)):
            continue
        if not label:
            counted.update(hit)
        else:
            claim = claim_of(origin, label, text[start:end] if value is None else value)
            for which in hit:
                certain[which].append(Place(start, end, claim))
    rivals, refused, touched = _heard(text, candidates, spans, certain)
    refused |= dict.fromkeys(counted, "the line's own layout tells it for no entity")
    ours: list[Place] = []
    for which, (span, told) in enumerate(zip(spans, certain, strict=True)):
        if which in refused:
            place: Place | None = _rejected(text, span, refused[which])
        else:
            place = _beside(text, span, told)
        if place is not None and which not in touched and not told:
            place = _unread(text, place)
        if place is not None:
            aside = place.claim.is_refuted or place.claim.status is Status.REJECTED
            (fusion.lost if aside else ours).append(place)
    gone = _contest(ours, sorted(rivals, key=_order), fusion)
    fusion.candidates = [each for index, each in enumerate(candidates) if index not in gone]
    return fusion


def _apart(text: str, tagged: Iterable[Tagged], fusion: Fusion) -> list[Tagged]:
    """Return spans sorted that do not overlap; the others are lost."""
    spans: list[Tagged] = []
    for span in sorted(tagged):
        if spans and span.start < spans[-1].end:
            fusion.lost.append(_rejected(text, span, f"overlaps a {spans[-1].label}"))
        else:
            spans.append(span)
    return spans


def _heard(
    text: str, candidates: Iterable[Candidate], spans: list[Tagged], certain: list[list[Place]]
) -> tuple[list[_Rival], dict[int, str], set[int]]:
    """Add certain candidates to those of each span.

    Returns:
        The others, which spans they refuse and why, and which spans any candidate touches.
    """
    rivals: list[_Rival] = []
    touched: set[int] = set()
    refused: dict[int, str] = {}
    for index, (start, end, label, origin, value) in enumerate(candidates):
        if not (hit := _overlapped(spans, start, end)):
            continue
        touched.update(hit)
        claim = claim_of(origin, label, text[start:end] if value is None else value)
        place = Place(start, end, claim)
        if _is_certain(origin, claim):
            for which in hit:
                certain[which].append(place)
            continue
        if claim.status is Status.REJECTED:
            continue
        rivals.append(_Rival(place, index))
        for which in hit:
            if reason := _refusal(origin, place, spans[which]):
                refused[which] = min(reason, refused.get(which, reason))
    return rivals, refused, touched


def _unread(text: str, place: Place) -> Place:
    """Hold a value of a fixed form that patterns could have read and did not."""
    claim, surface = place.claim, text[place.start : place.end]
    plain = surface.isascii() and not any(map(str.isspace, surface))
    plain = plain and not any(reason.startswith(_REPAIRED) for reason in claim.evidence)
    if claim.status is not Status.ACCEPTED or not plain:
        return place
    if (
        claim.label == "SOFTWARE"
        and _NO_PRODUCT.match(text, place.start, place.end + 16) is not None
    ):
        return place._replace(
            claim=claim.held(Status.REVIEW, "what an address stands behind, or a constant")
        )
    if (
        claim.label == "PORT"
        and _CALLED_PORT.search(text, max(place.start - _NEAR, 0), place.end + 5) is not None
    ):
        return place
    if claim.label not in _FORMED and claim.label != "PORT":
        return place
    return place._replace(claim=claim.held(Status.REVIEW, f"patterns see no {claim.label} here"))


def _refusal(origin: str, place: Place, span: Tagged) -> str:
    """Return why a candidate that is not certain refuses a span; "" where it does not."""
    label = place.claim.label
    if label in _CERTAIN and span.label in _CERTAIN and origin.startswith("pattern."):
        return f"a pattern doubts this {span.label}"
    if origin == _DOTTED_VERSION and span.label == "IP_ADDRESS":
        return "a pattern reads a version"
    if origin == _FILE and span.label in {"DOMAIN", "HOSTNAME"}:
        return "a pattern reads the name of a file"
    same = (place.start, place.end, label) == span[:3]
    if origin == _ORDINARY and same and label in _BORROWED:
        return "an ordinary word, and nothing says that it is meant as a name"
    known = origin.startswith("lexicon.") and place.claim.status is Status.ACCEPTED
    if known and (place.start, place.end) == span[:2] and label != span.label:
        return f"known as a {label}"
    return ""


class _Rival(NamedTuple):
    """A doubtful proposal that overlaps the model's, and which candidate it is."""

    place: Place
    which: int


def _order(rival: _Rival) -> tuple[int, int, str, float, tuple[str, ...]]:
    (start, end, claim), _ = rival
    return start, end, claim.label, -claim.confidence, claim.evidence


def _overlapped(spans: Sequence[tuple[int, int, Any, Any]], start: int, end: int) -> range:
    """Return which of the disjoint sorted spans share a code point with a range."""
    first = stop = bisect_right(spans, start, key=_END)
    while stop < len(spans) and spans[stop][0] < end:
        stop += 1
    return range(first, stop)


def _is_certain(origin: str, claim: Claim) -> bool:
    return (
        claim.status is Status.ACCEPTED
        and claim.label in _CERTAIN
        and origin.startswith("pattern.")
    )


def _claim(label: str, decoded: str, confidence: float, note: str = "") -> Claim:
    """Apply the decision table to a value that the model found."""
    decoded = one_line(decoded)
    reading = canonical(label, decoded)
    if any(unicodedata.category(char) in _SIGNS for char in decoded if not char.isascii()):
        reading = Reading(Verdict.REFUTED, reason="signs that no name has")
    evidence = (ORIGIN, note) if note else (ORIGIN,)
    if reading.verdict is Verdict.REFUTED:
        return _refuted(Claim(label, decoded, confidence, Status.ACCEPTED, evidence, None), reading)
    final = reading.label or label
    claim = Claim(final, reading.value, confidence, Status.ACCEPTED, evidence, reading.resembles,
                  reading.family)  # fmt: skip
    return _weighed(claim, threshold_alone(final))


def _refuted(claim: Claim, reading: Reading) -> Claim:
    """Settle what the model says and a check refutes.

    Where the model is sure of the label, the text is read for values of it: one is accepted, several and none are for
    review with both reasons.
    """
    weighed = _weighed(claim, threshold_alone(claim.label))
    if weighed.status is not Status.ACCEPTED:
        return weighed.refuted(Status.REJECTED, reading.reason)
    sure = f"the model is sure of {claim.label}: {weighed.confidence:.4f}"
    evidence = (*claim.evidence, sure)
    values = repaired(claim.label, claim.value)
    if len(values) == 1:
        read = canonical(claim.label, values[0])
        evidence = (*claim.evidence, f"{_REPAIRED}{claim.value!r} can only be {values[0]}", sure)
        return weighed._replace(
            value=read.value, resembles=read.resembles, evidence=evidence,
            family=disguise_of(claim.value),
        )  # fmt: skip
    if values:
        evidence = (*evidence, f"may be {' or '.join(values)}")
    return weighed._replace(evidence=evidence).refuted(Status.REVIEW, reading.reason)


def _weighed(claim: Claim, needed: float) -> Claim:
    claim = claim._replace(confidence=round(claim.confidence, 4))
    if claim.confidence >= needed:
        return claim
    return claim.held(Status.REVIEW, f"confidence {claim.confidence:.2f} is below {needed:.2f}")


def _beside(text: str, span: Tagged, told: list[Place]) -> Place | None:
    """Return what is left of a span beside the places that are certain, rejected when nothing is.

    None when such a place says the same.
    """
    start, end, label, confidence = span
    note = ""
    for low, high, claim in sorted(told, key=_where):
        if claim.status is not Status.ACCEPTED or low >= end or high <= start:
            continue
        if (low, high, claim.label) == span[:3]:
            return None
        if low <= start and end <= high:
            return _rejected(text, span, f"inside a {claim.label}")
        if claim.label == label or (start < low and high < end):
            return _rejected(text, span, f"overlaps a {claim.label}")
        start, end = (high, end) if low <= start else (start, low)
        note = f"without the {claim.label} beside it"
    if note:
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip(_EDGES))
        end -= len(piece) - len(piece.rstrip(_EDGES))
        if not any(map(str.isalnum, text[start:end])):
            return _rejected(text, span, f"nothing is left {note}")
    return Place(start, end, _claim(label, text[start:end], confidence, note))


def _where(place: Place) -> tuple[int, int, str]:
    return place.start, place.end, place.claim.label


def _rejected(text: str, span: Tagged, reason: str) -> Place:
    start, end, label, confidence = span
    claim = _claim(label, text[start:end], confidence)
    return Place(start, end, claim.held(Status.REJECTED, reason))


def _contest(ours: list[Place], rivals: list[_Rival], fusion: Fusion) -> set[int]:
    """Settle the model's claims, sorted and disjoint, against doubtful proposals.

    Returns:
        Which candidates are gone, merged or beaten.
    """
    spans = [(each.start, each.end, None, None) for each in ours]
    gone: set[int] = set()
    nodes = [(place, _OURS, which) for which, place in enumerate(ours)]
    foes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for number, (place, index) in enumerate(rivals):
        hit = _overlapped(spans, place.start, place.end)
        if len(hit) == 1 and _where(ours[hit[0]]) == _where(place):
            merged = _agreed(ours[hit[0]], place)
            ours[hit[0]] = merged
            nodes[hit[0]] = merged, _OURS, hit[0]
            gone.add(index)
            continue
        nodes.append((place, _THEIRS, number))
        for which in hit:
            foes.setdefault((_OURS, which), []).append((_THEIRS, number))
            foes.setdefault((_THEIRS, number), []).append((_OURS, which))
    nodes.sort(key=_strength)
    beaten: dict[tuple[int, int], str] = {}
    for place, side, number in nodes:
        me = side, number
        if me in beaten:
            claim = place.claim.held(Status.REJECTED, f"overlaps a {beaten[me]}")
            fusion.lost.append(place._replace(claim=claim))
            if side == _THEIRS:
                gone.add(rivals[number].which)
            continue
        for foe in foes.get(me, ()):
            beaten.setdefault(foe, place.claim.label)
        if side == _OURS:
            fusion.places.append(place)
    return gone


def _strength(node: tuple[Place, int, int]) -> tuple[bool, float, int, int, int, str]:
    (start, end, claim), side, _ = node
    held = claim.status is not Status.ACCEPTED
    return held, -claim.confidence, start, -end, side, claim.label


def _agreed(place: Place, rival: Place) -> Place:
    """Return one claim of two that mean the same, the surer origin first."""
    ours, theirs = place.claim, rival.claim
    confidence = 1 - (1 - ours.confidence) * (1 - theirs.confidence)
    both = ours, theirs
    first, second = both if ours.confidence >= theirs.confidence else both[::-1]
    evidence = dict.fromkeys((*_said(first), *_said(second)))
    claim = ours._replace(confidence=confidence, status=Status.ACCEPTED, evidence=tuple(evidence))
    return place._replace(claim=_weighed(claim, threshold_of(ours.label)))


def _said(claim: Claim) -> tuple[str, ...]:
    """Return the evidence without the reason for which it was held back."""
    return claim.evidence if claim.status is Status.ACCEPTED else claim.evidence[:-1]
