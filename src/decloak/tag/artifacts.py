"""Artifacts: registry keys, named objects, wallets, file names, marks of the TLP."""

from __future__ import annotations

from collections.abc import Iterator

from decloak.core.entity import Candidate, Verdict
from decloak.indicators import read
from decloak.indicators.engine import compile_pattern
from decloak.indicators.paths import file_extensions
from decloak.indicators.registry import ROOT_KEYS
from decloak.indicators.suffixes import is_public_top
from decloak.indicators.wallets import SEGWIT_PREFIXES
from decloak.kb.lexicon import lookup
from decloak.tag.base import Scene

__all__ = ["Artifacts"]

_ROOT = rb"(?:(?i:" + b"|".join(root.encode() for root in ROOT_KEYS) + rb"):?|\\REGISTRY)"
_PART = rb"[^\\/:*?\"<>|\r\n\x00-\x1f\x82,;]"
# Blanks only inside what another part follows; a whole path in quotation marks may end with them, too.
_REGISTRY = compile_pattern(
    _ROOT + rb"\\{1,2}(?:" + _PART + rb"{1,64}\\{1,2})*(?:\{[0-9A-Fa-f-]{8,36}\}|[^\\/:?\"'<>|\s\x00-\x1f\x82,;)\]]{0,128})",
    capture=False,
)  # fmt: skip
_ROOTS = compile_pattern(_ROOT + rb"\\", capture=False)
_NEXT_ROOT = compile_pattern(rb" " + _ROOT + rb"\\", capture=False)
_QUOTED_END = compile_pattern(rb"[^\"'`\n\r]{0,128}", capture=False)
_WALLET = compile_pattern(
    rb"\b(?:0[xX][0-9A-Fa-f]{40}|(?i:" + "|".join(SEGWIT_PREFIXES).encode() + rb")1[02-9a-zA-Z]{11,87}"
    rb"|[13LMDXtT9ACnmGHk2][1-9A-HJ-NP-Za-km-z]{25,34}|[48][1-9A-HJ-NP-Za-km-z]{94})\b",
    capture=False,
)  # fmt: skip
_TLP = compile_pattern(
    rb"\bTLP(?::|[ _-]|: )(?i:red|amber(?:\+strict)?|green|clear|white)\b", capture=False
)
_FILE = compile_pattern(
    rb"(?:^|[^A-Za-z0-9_./\\:@%=&?#$*\x80-])([A-Za-z0-9_$~][A-Za-z0-9_()+~.\x80-]{0,100}\.(?i:"
    + "|".join(sorted(file_extensions(), key=lambda each: (-len(each), each))).encode()
    + rb"))(?:[^A-Za-z0-9_/\\@=(\x80-]|$)"
)  # fmt: skip
_LETTER = compile_pattern(rb"[A-Za-z\x80]", capture=False)
_OBJECT = compile_pattern(
    rb"(?:^|[^A-Za-z0-9_\\/:.])((?:Global|Local|BaseNamedObjects)\\{1,2}[A-Za-z0-9_{}.-]{3,128})"
)
_NUMBERED = compile_pattern(rb"[-_]v?[0-9]{1,5}\.[0-9]{1,6}", capture=False)
_LONGEST = 1024


class Artifacts:
    """Propose REGISTRY_KEY, MUTEX, WALLET, FILE_NAME and TLP."""

    name = "artifacts"
    labels = ("REGISTRY_KEY", "MUTEX", "WALLET", "FILE_NAME", "TLP")
    origins = ("pattern.registry", "pattern.mutex", "pattern.wallet", "pattern.file", "pattern.tlp")

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield what has a shape, a checksum or words of its own; file names in prose alone."""
        shadow, text = scene.view.shadow, scene.view.text
        if b"\\" in shadow:
            yield from _registry(scene)
            for match in _OBJECT.finditer(shadow, scene.low, scene.high):
                yield Candidate(*match.span(1), "MUTEX", "pattern.mutex")
        for match in _WALLET.finditer(shadow, scene.low, scene.high):
            start, end = match.span()
            if read("WALLET", text[start:end]).verdict is Verdict.CONFIRMED:
                yield Candidate(start, end, "WALLET", "pattern.wallet")
        if b"TLP" in shadow:
            for match in _TLP.finditer(shadow, scene.low, scene.high):
                yield Candidate(*match.span(), "TLP", "pattern.tlp")
        for segment in scene.segments:
            low, high = max(segment.start, scene.low), min(segment.end, scene.high)
            if segment.source == "prose" and low < high:
                yield from _files(scene, low, high)


def _registry(scene: Scene) -> Iterator[Candidate]:
    shadow, text = scene.view.shadow, scene.view.text
    place = scene.low
    while (root := _ROOTS.search(shadow, place, scene.high)) is not None:
        start = root.start()
        match = _REGISTRY.match(shadow, start, min(start + _LONGEST, scene.high))
        place = end = match.end() if match is not None else root.end()
        if start and (shadow[start - 1 : start].isalnum() or shadow[start - 1] in b"_\\"):
            continue
        following = _NEXT_ROOT.search(shadow, start + 1, end)
        if following is not None:  # two keys in a sentence, not one with a blank in it
            place = following.start() + 1
            last = text.rfind("\\", start, place)
            end = text.find(" ", last, place)
        mark = text[start - 1 : start]
        tail = _QUOTED_END.match(shadow, end) if mark in {'"', "'", "`"} else None
        if tail is not None and text[tail.end() : tail.end() + 1] == mark:
            end = tail.end()
        while text[end - 1] in ".)'`\\":
            end -= 1
        if "\\" in text[start:end] and end - start <= _LONGEST:
            yield Candidate(start, end, "REGISTRY_KEY", "pattern.registry")


def _files(scene: Scene, low: int, high: int) -> Iterator[Candidate]:
    shadow, text = scene.view.shadow, scene.view.text
    place = low
    while (match := _FILE.search(shadow, place, high)) is not None:
        start, end = match.span(1)
        place = end  # what ends one may begin the next
        if text.count("(", start, end) > text.count(")", start, end):
            start = text.rfind("(", start, end) + 1  # SHA256(file.bin)
        name = text[start:end]
        top = name.rpartition(".")[2].lower()
        if is_public_top(top) or not _LETTER.search(shadow, start, end - len(top) - 1):
            continue  # `setup.py`: what a domain may be is held back as one
        packed = _NUMBERED.search(shadow, start, end) is not None  # a package, with its version
        if not packed and lookup(name) is None and "cve" not in name.lower():
            yield Candidate(start, end, "FILE_NAME", "pattern.file")
