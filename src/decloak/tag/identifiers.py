"""Identifiers: digests, CVE, CPE, ATT&CK, AS numbers."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.entity import Candidate, Verdict
from decloak.indicators import read
from decloak.indicators.engine import compile_pattern
from decloak.indicators.hashes import HASH_LENGTHS
from decloak.indicators.keys import key_before
from decloak.kb.fields import NUMBER, OPAQUE, role_of
from decloak.tag.base import Scene

__all__ = ["Identifiers"]

_HASH = compile_pattern(rb"[0-9A-Fa-f]{32,}", capture=False)
_SSDEEP = compile_pattern(rb"\b[0-9]{1,7}:[A-Za-z0-9/+]{3,64}:[A-Za-z0-9/+]{3,64}\b", capture=False)
_CODES = compile_pattern(
    rb"(?i)\bcve[-_ .\x83]20?[0-9]{2,3}[-_ .\x83][0-9]{4,7}(?:\b|_)|\bcve[-.]1999[-.][0-9]{4}\b"
    rb"|cpe:(?:/[aho]|2\.3:[aho*-]):[^\s\x82\"'<>,;|)\]]+",
    capture=False,
)
# Also as detection rules tag them: `attack.t1059.001` (Sigma), `mitre_attack: T1059`, `technique_T1105`.
_TECHNIQUE = compile_pattern(
    rb"\bT1[0-9]{3}(?:\.[0-9]{3})?\b|\bTA00[0-9]{2}\b"
    rb"|(?i)(?:\b|_)(?:attack|mitre|technique|tactic|ttps?)[._:-](?:id[._:-])?(t1[0-9]{3}(?:\.[0-9]{3})?|ta00[0-9]{2})\b"
)
_ASN = compile_pattern(
    rb"\bAS[0-9]{1,10}\b|\bAS [0-9]{4,10}\b|\b[0-9]{1,10} \(ASN\)"
    rb"|(?i)\b(?:asns?|as number|autonomous system(?: number)?)(?: is|)[ \t:#=]{1,3}[0-9]{1,10}\b",
    capture=False,
)
_ASN_WORDS = compile_pattern(
    rb"(?i)\b(?:asn|autonomous|origin|bgp|as-?name|aut-num|route[rsd]?|isp|peer|announce[ds]?|hosted)\b",
    capture=False,
)
# Words before hex that name something else: a revision, an identifier of a request, of an exploit.
_IDENTIFIER = compile_pattern(
    rb"(?:(?i:\b(?:commit|tree|parent|revision|changeset|blob|object|etag|nonce|token|session|request|trace|span|uuid|guid)"
    rb"(?:[ _-]?id)?[ \t]{1,4}[\"'(]?)|\[req-[0-9a-f-]{8,40}[^\]]{0,64}|[A-Z]{6,24}:)$",
    capture=False,
)
_PRINT = compile_pattern(
    rb"(?i)\b(?:fingerprint|thumbprint|ja3s?|ja4[a-z]?|jarm|hassh(?:server)?)(?: (?:hash|is|of|was))?[ \t:=(\"']{1,4}$",
    capture=False,
)
# What OpenSSH and others print of a key: sixteen, twenty or thirty-two octets, or base64.
_FINGERPRINT = compile_pattern(
    rb"\b(?:MD5:)?(?:[0-9A-Fa-f]{2}:){15}(?:(?:[0-9A-Fa-f]{2}:){4}(?:(?:[0-9A-Fa-f]{2}:){12})?)?[0-9A-Fa-f]{2}\b"
    rb"|\bSHA256:[A-Za-z0-9+/]{43}=?",
    capture=False,
)
_LOOKBACK = 120
_SHORTEST_SSDEEP = 40
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\x80")


class Identifiers:
    """Propose HASH, FINGERPRINT, CVE, CPE, TECHNIQUE and ASN."""

    name = "identifiers"
    labels = ("HASH", "FINGERPRINT", "CVE", "CPE", "TECHNIQUE", "ASN")
    origins = ("pattern.hash", "pattern.fingerprint", "pattern.ssdeep", "pattern.cve", "pattern.cpe",
               "pattern.technique", "pattern.asn", "pattern.asn.bare")  # fmt: skip

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield every identifier that its check confirms."""
        yield from _digests(scene)
        yield from _codes(scene)
        shadow, known = scene.view.shadow, scene.known
        for match in _TECHNIQUE.finditer(shadow, scene.low, scene.high):
            tagged = match.start(1) >= 0
            start, end = match.span(1 if tagged else 0)
            if tagged or not start or shadow[start - 1] not in b"-.":
                yield Candidate(start, end, "TECHNIQUE", "pattern.technique")
        for match in _ASN.finditer(shadow, scene.low, scene.high):
            if match.span() not in known:
                yield from _asn(shadow, *match.span())


def _digests(scene: Scene) -> Iterator[Candidate]:
    shadow, text, known = scene.view.shadow, scene.view.text, scene.known
    for match in _HASH.finditer(shadow, scene.low, scene.high):
        start, end = match.span()
        if end - start not in HASH_LENGTHS or (start, end) in known:
            continue
        before, after = shadow[start - 1 : start], shadow[end : end + 1]
        if not _WORD.isdisjoint(before + after) or after in {b"+", b"/"}:
            continue
        label = _kind_of_digest(shadow, start, end)
        if label and read(label, text[start:end]).verdict is Verdict.CONFIRMED:
            yield Candidate(start, end, label, f"pattern.{label.lower()}")
    if b":" in shadow:
        for match in _SSDEEP.finditer(shadow, scene.low, scene.high):
            start, end = match.span()
            short = end - start <= _SHORTEST_SSDEEP and not _is_fuzzy(shadow, start)
            if short or (start, end) in known:
                continue
            if read("HASH", text[start:end]).verdict is Verdict.CONFIRMED:
                yield Candidate(start, end, "HASH", "pattern.ssdeep")
        for match in _FINGERPRINT.finditer(shadow, scene.low, scene.high):
            if match.span() not in known:
                yield Candidate(*match.span(), "FINGERPRINT", "pattern.fingerprint")


def _kind_of_digest(shadow: bytes, start: int, end: int) -> str:
    """Return HASH or FINGERPRINT for hex as long as a digest, "" where it identifies something else."""
    role = role_of(key_before(shadow, start))
    if role in {OPAQUE, NUMBER, "HASH"}:
        return "HASH" if role == "HASH" else ""
    low = max(0, start - _LOOKBACK)
    window = shadow[max(low, shadow.rfind(b"\n", low, start) + 1) : start]
    if _IDENTIFIER.search(window) is not None:
        return ""
    if shadow[start - 1 : start] == b"-" == shadow[end : end + 1]:
        return ""  # a part of something longer: a trace, a name of many parts
    return "FINGERPRINT" if role == "FINGERPRINT" or _PRINT.search(window) else "HASH"


def _is_fuzzy(shadow: bytes, start: int) -> bool:
    return b"ssdeep" in shadow[max(0, start - 16) : start].lower()


def _codes(scene: Scene) -> Iterator[Candidate]:
    shadow, text, known = scene.view.shadow, scene.view.text, scene.known
    for match in _CODES.finditer(shadow, scene.low, scene.high):
        start, end = match.span()
        if shadow[start + 1] in b"vV":
            end -= shadow[end - 1] == 0x5F
            yield Candidate(start, end, "CVE", "pattern.cve", _plain_cve(text[start:end]))
            continue
        while text[end - 1] in ".:":
            end -= 1
        if (start, end) not in known:
            yield Candidate(start, end, "CPE", "pattern.cpe")


def _plain_cve(text: str) -> str | None:
    """Return the identifier with plain hyphens where other dashes or spaces stand."""
    plain = "".join(char if char.isalnum() else "-" for char in text).upper()
    return None if plain == text else plain


def _asn(shadow: bytes, start: int, end: int) -> Iterator[Candidate]:
    if shadow[end - 1] == 0x29:  # amass: 64500 (ASN)
        yield Candidate(start, shadow.find(b" ", start, end), "ASN", "pattern.asn")
        return
    digits = b"0123456789"
    spaced = shadow[start : start + 3] == b"AS " and shadow[start + 3] in digits
    if not spaced and shadow[start + 2] not in digits:
        while shadow[start] not in b"0123456789":
            start += 1
        yield Candidate(start, end, "ASN", "pattern.asn")
        return
    low = max(0, start - 48)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    sure = end - start >= 6 or _ASN_WORDS.search(shadow, low, min(end + 32, len(shadow)))
    yield Candidate(start, end, "ASN", "pattern.asn" if sure else "pattern.asn.bare")
