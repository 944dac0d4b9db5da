"""Detections: the names that scanners give to what they find, whole and in every vendor's scheme.

CARO's scheme has a type, a platform, a family, a variant and suffixes; each vendor orders and parts them in its own
way: ``Trojan:Win32/Emotet.A!ml``, ``Win32/TrojanDownloader.Agent.HRP``, ``HEUR:Trojan.Win32.Generic``,
``Gen:Variant.Razor.123456``, ``ELF:Mirai-ARL``, ``TROJ_GEN.R002C0DL523``, ``Win.Trojan.Agent-1234-0``. The words are data
(`decloak.kb.detections`); where one is an ordinary word as well (``Java/``), a variant must follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from decloak.core.entity import Candidate
from decloak.indicators.engine import Pattern, compile_pattern
from decloak.kb.detections import DOUBTFUL, parts_of
from decloak.kb.lexicon import lookup
from decloak.tag.base import Scene

__all__ = ["find_detections"]

_NAME = rb"[A-Za-z0-9][A-Za-z0-9_@%+-]{0,40}"
_TAIL = rb"(?:[.!/:~][A-Za-z0-9_@%+-]{1,32}){0,7}"
_PROPER = rb"[A-Z][A-Za-z0-9_@+-]{1,40}"
# What ends a name that is no two ordinary words: letters or a number behind a dot, a suffix behind an exclamation mark.
_VARIANT = (
    rb"(?:\.[A-Za-z][A-Za-z0-9_-]{1,32}){0,5}(?:\.[A-Z]{1,5}[0-9]{0,4}|\.[0-9]{1,9}[A-Z]{0,3}|\.gen[0-9A-Z]{0,3}|![A-Za-z0-9]{1,16}|\.[a-z])"
    rb"(?:[.!~][A-Za-z0-9_-]{1,24}){0,3}"
)
_BEFORE_NO = frozenset(
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./\\@-:=&%\x80"
)
_AFTER_NO = frozenset(b"/\\@=(")
_REST = compile_pattern(rb"[A-Za-z0-9_-]{0,40}", capture=False)  # of a word that a variant began
_ENDS = ".!:/~-_@%+"
_SHORTEST = 6


@cache
def _schemes() -> Pattern:
    """Compile one alternative for each vendor's order of the parts; the longer orders come first."""
    engine = _any("engine")
    kind = _any("type", "type?") + rb"(?:-[A-Za-z0-9]{2,14})?"
    sure_kind = _any("type") + rb"(?:-[A-Za-z0-9]{2,14})?"
    platform, sure = _any("platform", "platform?"), _any("platform")
    alternatives = (
        # HEUR:Trojan.Win32.Generic, not-a-virus:HEUR:AdWare.AndroidOS.Ewind.h, Gen:Variant.Razor.123456
        rb"(?:"
        + engine
        + rb":){1,3}[A-Z]"
        + rb"[A-Za-z0-9_+-]{1,40}"
        + rb"[.!/:][A-Za-z0-9_@%+-]{1,40}"
        + _TAIL,
        # Trojan:Win32/Emotet.A!ml
        kind + rb":" + platform + rb"[/.]" + _NAME + _TAIL,
        # Trojan.Win32.Agent.gen, Trojan-Banker.AndroidOS.Agent, Backdoor.PHP.WEBSHELL.X
        kind + rb"[./]" + platform + rb"[./]" + _NAME + _TAIL,
        # Win.Trojan.Agent-1234567-0, Windows.Trojan.CobaltStrike
        platform + rb"\." + kind + rb"\." + _NAME + _TAIL,
        # Win32/TrojanDownloader.Agent.HRP, W97M.Downloader
        sure + rb"[/.]" + _PROPER + _TAIL,
        # Win32:Malware-gen, ELF:Mirai-ARL
        platform + rb":[A-Z][A-Za-z0-9]{1,32}-(?:[A-Z]{1,5}[0-9]{0,3}|gen|inf)",
        sure + rb":[A-Z][A-Za-z0-9]{1,32}-[0-9]{1,6}",
        # JS:Trojan.Cryxos.1234, VB:Trojan.Valyria.1
        platform + rb":" + kind + rb"\." + _NAME + _TAIL,
        # JS/Kryptik.QQC, Android/Spy.Agent.QQE
        platform + rb"/" + _PROPER + _VARIANT,
        platform + rb"/" + sure_kind + rb"(?:[./-]" + _NAME + rb"){1,4}" + _TAIL,
        # Mal/Generic-S, Troj/Agent-BJKL, Andr/Banker-HAB
        rb"(?:Mal|Troj|Andr|Sus|App|Bat|Exp|Phish|Linux|OSX|JS|VBS)/[A-Z][A-Za-z0-9]{2,24}-[A-Z]{1,5}",
        # Trojan.GenericKD.46512334, Backdoor.Cobalt, Ransom/LockBit
        sure_kind + rb"[./:]" + _PROPER + _TAIL,
        kind + rb"\." + _PROPER + _VARIANT,
        # TROJ_GEN.R002C0DL523
        _any("stem") + rb"_[A-Z][A-Za-z0-9]{1,24}(?:\.[A-Za-z0-9]{1,16}){1,3}",
        # Artemis!0A1B2C3D4E5F, GenericRXAA-FA!0A1B2C3D4E5F, Generic.Malware.SFBd.8CD2C4AB
        rb"(?:Artemis|Generic[A-Za-z]{0,4}|RDN/[A-Za-z]{2,16}|Trojan-[A-Z]{4})(?:[-.][A-Za-z]{2,8})?![0-9A-Fa-f]{6,12}",
        rb"Generic\.[A-Z][A-Za-z]{2,20}(?:\.[A-Za-z0-9]{1,16}){1,4}",
    )
    return compile_pattern(
        b"|".join(b"(?:%s)" % each for each in alternatives), capture=False, memory=1 << 26
    )


def _any(*kinds: str) -> bytes:
    words = sorted(
        {word for kind in kinds for word in parts_of(kind)}, key=lambda word: (-len(word), word)
    )
    spelt = "|".join(word.replace(".", r"\.") for word in words)
    folded = "(?i:" if kinds[0] == "type" else "(?:"
    return f"{folded}{spelt})".encode()


def find_detections(scene: Scene, low: int, high: int) -> Iterator[Candidate]:
    """Yield the detection names of a stretch."""
    shadow, text = scene.view.shadow, scene.view.text
    place = low
    while (match := _schemes().search(shadow, place, high)) is not None:
        start, end = match.span()
        place = end
        if start and shadow[start - 1] in _BEFORE_NO:
            place = start + 1
            continue
        whole = _REST.match(shadow, end, high)
        end = whole.end() if whole is not None else end
        while text[end - 1] in _ENDS:
            end -= 1
        after = shadow[end] if end < len(shadow) else 32
        if end - start < _SHORTEST or after in _AFTER_NO or _is_two_words(text[start:end]):
            continue
        yield Candidate(start, end, "MALWARE", "pattern.detection")


def _is_two_words(name: str) -> bool:
    """Whether a slash parts two platforms or a known product from another: ``Win32/Win64``, ``JS/Node.js``."""
    head, slash, rest = name.partition("/")
    if not slash:
        return name.partition(":")[2].isdigit()
    if ":" in head or "." in head:
        return False
    known = lookup(rest) or lookup(rest.partition(".")[0])
    return rest in _platforms() or (
        known is not None and known.label not in {"MALWARE", "THREAT_ACTOR"}
    )


@cache
def _platforms() -> frozenset[str]:
    return frozenset((*parts_of("platform"), *parts_of("platform" + DOUBTFUL)))
