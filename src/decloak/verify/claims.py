"""Claims: what the decision table says about one value that one origin proposes.

A claim does not depend on the place, so it is made once per distinct (origin, label, value) and
shared by all decisions about it. Tool output repeats itself: most claims are made before.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

from decloak.core import native
from decloak.core.entity import Reading, Status, Verdict
from decloak.core.lines import one_line
from decloak.core.remember import Memory, remember, remembered
from decloak.indicators import CHECKS
from decloak.verify.thresholds import confidence_of, threshold_of
from decloak.verify.values import canonical, plain_tables

__all__ = ["Claim", "claim_of", "is_proposed", "native_claims"]

_TRUSTED_WITHOUT_SUFFIX = frozenset({"pattern.domain.private", "pattern.url"})
_CONFIRMED, _REFUTED = Verdict.CONFIRMED, Verdict.REFUTED
_ACCEPTED = Status.ACCEPTED
_new = tuple.__new__  # half the cost of calling the class, for what is made most often
_PROPOSERS = ("pattern.", "lexicon.")
_FAILS = "pattern fails: "


class Claim(NamedTuple):
    """What is held about a value, wherever it stands.

    Attributes:
        label: the final label (a DOMAIN without a dot has become a HOSTNAME).
        value: the canonical form; what stands there when it is refuted.
        confidence: in [0, 1].
        status: accepted, review or rejected.
        evidence: origins, then the reason when it was held back.
        resembles: the plain spelling of a look-alike, or None.
        family: the disguise without which the value is written, or "".
    """

    label: str
    value: str
    confidence: float
    status: Status
    evidence: tuple[str, ...]
    resembles: str | None
    family: str = ""

    @property
    def is_refuted(self) -> bool:
        """Whether the check of its label refutes the value; nothing accepts it then."""
        return self.status is not _ACCEPTED and any(
            reason.startswith(_FAILS) for reason in self.evidence
        )

    def held(self, status: Status, reason: str) -> Claim:
        """Return the claim with a lower status and the reason for it."""
        return self._replace(status=status, evidence=(*self.evidence, reason))

    def refuted(self, status: Status, reason: str) -> Claim:
        """Return the claim with what the check of its label says against it."""
        return self.held(status, _FAILS + reason)


def is_proposed(origin: str) -> bool:
    """Whether an origin is a proposer of shapes or names, rather than a tool's grammar."""
    return origin.startswith(_PROPOSERS)


@remembered(1 << 15)
def claim_of(origin: str, label: str, decoded: str) -> Claim:
    """Apply the decision table to one value.

    Args:
        origin: who proposes it.
        label: under which label.
        decoded: the decoded value.
    """
    decoded = one_line(decoded)
    reading = canonical(label, decoded)
    verdict, value, reason, resembles, other, family = reading
    confidence, evidence, believed = _standing(origin, label)
    if verdict is _CONFIRMED and believed and not other:  # the common case, made cheap
        return _new(Claim, (label, value, confidence, _ACCEPTED, evidence, resembles, family))
    if verdict is _REFUTED:
        claim = Claim(label, decoded, confidence, _ACCEPTED, (origin,), None)
        return claim.refuted(Status.REVIEW if value else Status.REJECTED, reason)
    final = other or label
    evidence = (origin, reason) if label == "HASH" and reason else evidence
    claim = Claim(final, value, confidence, _ACCEPTED, evidence, resembles, family)
    if _lacks_context(origin, label, reading):
        return claim.held(Status.REVIEW, reason)
    if confidence < threshold_of(final):
        held = f"confidence {confidence:.2f} is below {threshold_of(final):.2f}"
        return claim.held(Status.REVIEW, held)
    return claim


@cache
def native_claims() -> Any:
    """Return the memory of the extension, which judges plain values by itself and asks here about all others."""
    assert native.extension is not None  # noqa: S101 - whoever asks has looked
    claims = native.extension.Claims(Claim, _ACCEPTED, _standing, claim_of, plain_tables)
    remember(Memory(claims.__len__, claims.clear))
    return claims


@lru_cache(1 << 13)  # origins may carry names from the text
def _standing(origin: str, label: str) -> tuple[float, tuple[str, ...], bool]:
    """Return the confidence and evidence of an origin, and whether it is believed when confirmed."""
    confidence = confidence_of(origin, label)
    return confidence, (origin,), label != "HASH" and confidence >= threshold_of(label)


def _lacks_context(origin: str, label: str, reading: Reading) -> bool:
    """Whether only the context could tell what this is, and the proposer does not know it."""
    silent = reading.verdict is Verdict.SILENT and label in CHECKS
    return silent and is_proposed(origin) and origin not in _TRUSTED_WITHOUT_SUFFIX
