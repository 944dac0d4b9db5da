"""Wording: names that the lexicon knows, and names whose wording gives them away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from decloak.core.entity import Candidate
from decloak.core.shadow import LETTER
from decloak.indicators.engine import Pattern, compile_pattern
from decloak.indicators.mentions import is_mentioned
from decloak.indicators.quads import is_quad
from decloak.indicators.versions import less_archive
from decloak.kb.lexicon import RESPELT, entries, is_word, lookup, names_own_product, respelt
from decloak.kb.tables import pairs
from decloak.kb.words import rarity
from decloak.tag.base import Scene
from decloak.tag.detections import find_detections
from decloak.tag.surroundings import follows_version_word

__all__ = ["Wording"]

_COMPANY = compile_pattern(
    rb"\b[A-Z][A-Za-z0-9&'\x80-]{1,24}(?: (?:&|and|of|de|[A-Z][A-Za-z0-9&'\x80-]{0,24})){0,4},?"
    rb" (?:Inc\b\.?|LLC\b|L\.L\.C\.|Ltd\b\.?|Limited\b|Corp\b\.?|Corporation\b|GmbH\b|AG\b|S\.A\.S?\.?"
    rb"|B\.V\.|N\.V\.|S\.r\.l\.|S\.p\.A\.|Pty\b|PLC\b|Oy\b|AB\b|A/S\b|K\.K\.|Co\., Ltd\b\.?)",
    capture=False,
)
_NUMBERED = compile_pattern(rb"AS[0-9]{1,10} ", capture=False)
_NEXT_VERSION = compile_pattern(
    rb"[ _-](?:version |v|R|SP)?([0-9]{1,4}(?:\.[0-9A-Za-z]{1,10}){0,5}"
    rb"(?:\([0-9]{1,3}[a-z]?\)[A-Z][0-9A-Za-z]{0,8})?(?:[-+~][A-Za-z0-9.+~]{1,24})?)\b"
)
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_\x80")
_RARE = 5.0
"""A word in small letters that is met more often than this is just a word."""
_TIME = compile_pattern(rb"\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b", capture=False)
_LOG_LINE = 512
_AUTOMATON = 1 << 26
"""Bytes for the automaton of all names."""
_COLON, _SLASH = 0x3A, 0x2F
_REACH = 40  # code points of a name before a slash
_LEFT = re.compile(r"(?:^|[\s(\[\"'\u201c,;])([A-Z0-9][\w+-]{1,30})/\Z", re.ASCII)
_RIGHT = re.compile(r"/([A-Z0-9][\w+-]{1,30})(?![\w/@\\]|[.-]\w)", re.ASCII)
_PARTED = re.compile(r"[A-Za-z]{3,}(?:[ -][A-Za-z]{3,}){1,2}|[A-Za-z]{2,}[ -]?[0-9]{1,5}", re.ASCII)
_SEPARATOR = re.compile(r"[ -]|(?<=[A-Za-z])(?=[0-9])")
_GLUE = frozenset(b"@/\\.-")


@cache
def _designations() -> Pattern:
    """Compile how those who track attackers number and name them."""
    schemes = "|".join(scheme for scheme, _ in pairs("actor_scheme"))
    return compile_pattern(f"\\b(?:{schemes})\\b".encode("ascii"), capture=False)


@cache
def _names() -> Pattern:
    """Compile every name of the lexicon but the services' into one automaton."""
    names: dict[str, bool] = {}
    for label in ("SOFTWARE", "OS", "ORGANIZATION", "MALWARE", "THREAT_ACTOR"):
        for entry in entries(label):
            for name in entry.names:
                if len(name) > 1 and name.isascii():
                    names[name] = names.get(name, False) or label in RESPELT
    ordered = sorted(names, key=lambda name: (-len(name), name))
    words = [_escaped(name, loose=names[name]) for name in ordered if name[-1].isalnum()]
    signs = [_escaped(name, loose=False) for name in ordered if not name[-1].isalnum()]
    # A boundary inside the pattern lets a shorter name win where a longer one runs into a word.
    pattern = f"(?i)\\b(?:(?:{'|'.join(words)})(?:\\b|_)|(?:{'|'.join(signs)}))"
    return compile_pattern(pattern.encode("ascii"), capture=False, memory=_AUTOMATON)


def _escaped(name: str, *, loose: bool) -> str:
    """Return a pattern of a name; a loose one lets what parts its words be a blank, a hyphen or nothing."""
    if loose and _PARTED.fullmatch(name) is not None:
        return "[ \\x82-]?".join(map(re.escape, _SEPARATOR.split(name)))
    return re.escape(name).replace("\\ ", "[ \\x82]")


class Wording:
    """Propose ORGANIZATION, SOFTWARE, OS, MALWARE, THREAT_ACTOR and versions beside products."""

    name = "wording"
    labels = ("ORGANIZATION", "SOFTWARE", "OS", "MALWARE", "THREAT_ACTOR", "VERSION")
    origins = ("lexicon.name", "lexicon.word", "lexicon.weak", "lexicon.weak.bare", "lexicon.versioned", "lexicon.context", "pattern.actor",
               "pattern.detection", "pattern.company")  # fmt: skip

    def propose(self, scene: Scene) -> Iterator[Candidate]:
        """Yield names in prose; what a tool printed is left to the tool's grammar."""
        for segment in scene.segments:
            low, high = max(segment.start, scene.low), min(segment.end, scene.high)
            if segment.source == "prose" and low < high:
                yield from _in_prose(scene, low, high)


def _in_prose(scene: Scene, low: int, high: int) -> Iterator[Candidate]:
    shadow, text = scene.view.shadow, scene.view.text
    for pattern, label, origin in (
        (_designations(), "THREAT_ACTOR", "pattern.actor"),
        (_COMPANY, "ORGANIZATION", "pattern.company"),
    ):
        for match in pattern.finditer(shadow, low, high):
            start, end = match.span()
            if label == "ORGANIZATION" and _NUMBERED.match(shadow, start, end) is not None:
                start = text.index(" ", start) + 1  # AS64496 Example Ltd
            yield Candidate(start, end, label, origin)
    yield from find_detections(scene, low, high)
    for match in _names().finditer(shadow, low, high):
        start, end = match.span()
        if text[end - 1] == "_":
            end -= 1
        after = shadow[end] if end < len(shadow) else 32
        before = shadow[start - 1] if start else 32
        if LETTER in {before, after}:
            continue
        if _SLASH in {before, after} and _are_two_names(text, start, end):
            yield from _known(scene, start, end, high)
            continue
        if before in _GLUE:
            continue
        if after == _COLON and text[start:end].lower() == "mailto":
            continue  # a scheme here, ransomware elsewhere
        if after in _GLUE and end + 1 < len(shadow) and shadow[end + 1] in _WORD and after != 0x2D:
            continue
        yield from _known(scene, start, end, high)


def _are_two_names(text: str, start: int, end: int) -> bool:
    """Whether a name and what a slash parts from it are both of groups or bodies: ``ALPHV/BlackCat``."""
    left = _LEFT.search(text, max(start - _REACH, 0), start)
    right = _RIGHT.match(text, end)
    sides = ((left, text[start - 1 : start]), (right, text[end : end + 1]))
    if any((found is None) == (char == "/") for found, char in sides):
        return False
    return all(_is_bearer(found[1]) for found, _ in sides if found) and _is_bearer(text[start:end])


def _is_bearer(name: str) -> bool:
    entry = None if name.islower() else lookup(name)
    return entry is not None and entry.label in {"MALWARE", "THREAT_ACTOR", "ORGANIZATION"}


def _known(scene: Scene, start: int, end: int, high: int) -> Iterator[Candidate]:
    text = scene.view.text
    name = text[start:end]
    entry, spelt = lookup(name), name
    if entry is None:
        entry, spelt = respelt(name) or (None, name)
    if entry is None or entry.label == "SERVICE" or names_own_product(text, start, name, entry):
        return
    origin = _strength(name, entry.names, weak=entry.is_weak(spelt))
    if origin == "lexicon.word" and entry.label in RESPELT and _is_telling(name, spelt):
        origin = "lexicon.name"
    if origin == "lexicon.weak" and (
        (name.islower() and is_word(name)) or _is_logged(scene.view.shadow, start)
    ):
        origin = "lexicon.weak.bare"
    if origin != "lexicon.name" and " " in name:
        # "Zabbix server" is how a sentence goes on, where the name would be "Zabbix Server".
        head = name.rpartition(" ")[0]
        shorter = lookup(head)
        if (
            shorter is not None
            and _strength(head, shorter.names, weak=shorter.is_weak(head)) == "lexicon.name"
        ):
            yield from _known(scene, start, start + len(head), high)
            return
    if entry.label in {"SOFTWARE", "OS"}:
        version = _NEXT_VERSION.match(scene.view.shadow, end, min(high, end + 80))
        if (
            version is not None
            and not (
                b"." not in version.group()
                and (
                    entry.label == "OS"
                    or (origin.startswith("lexicon.weak") and not _begins_line(scene, start))
                )
            )
            and not _is_address(scene, *version.span(1))
        ):
            yield Candidate(start, end, entry.label, "lexicon.versioned")
            low = version.start(1)
            stop = low + less_archive(version.group(1))
            yield Candidate(low, stop, "VERSION", "lexicon.versioned")
            return
    if (
        origin.startswith("lexicon.weak")
        and _is_as_spelt(name, entry.names)
        and is_mentioned(scene.view, start, end, entry.label)
    ):
        origin = "lexicon.context"
    yield Candidate(start, end, entry.label, origin)


def _begins_line(scene: Scene, start: int) -> bool:
    return scene.view.shadow[start - 1 : start] in {b"", b"\n"}


def _is_address(scene: Scene, start: int, end: int) -> bool:
    return is_quad(scene.view.shadow, start, end) and not follows_version_word(
        scene.view, start, end
    )


def _is_logged(shadow: bytes, start: int) -> bool:
    """Whether a name stands on a line of a log, which has a time and few sentences about threats."""
    low = max(0, start - _LOG_LINE)
    low = max(low, shadow.rfind(b"\n", low, start) + 1)
    return _TIME.search(shadow, low, start) is not None


def _is_as_spelt(name: str, spellings: tuple[str, ...]) -> bool:
    """Whether a doubtful name has its capitals; one without any must be no ordinary word."""
    return name in spellings and not (name.islower() and (rarity(name) or _RARE) < _RARE)


def _is_telling(name: str, spelt: str) -> bool:
    """Whether a name is its usual spelling but for what parts its words; a number makes capitals needless."""
    bare, other = (re.sub(r"[ _-]", "", each) for each in (name, spelt))
    return (spelt != name and bare == other) or any(map(str.isdigit, name))


def _strength(name: str, spellings: tuple[str, ...], *, weak: bool) -> str:
    """Say how far a name can be believed by its spelling alone."""
    if weak:
        return "lexicon.weak"
    if name in spellings:
        return "lexicon.name"
    if name.isupper() and len(name) > 3:
        return "lexicon.name"
    return "lexicon.weak" if is_word(name) or (name.islower() and len(name) < 5) else "lexicon.word"
