"""Nmap's version column: one cell that holds product, version, extra information and hints.

Nmap prints ``product version (info)`` with nothing that marks where the product ends. Products hold
digits (``Microsoft Windows 7 - 10 microsoft-ds``, ``3Com 4500 switch telnetd``) and versions hold
words (``8.4p1 Debian 5+deb11u1``, ``8.0.5 or 8.2.20 - 8.2.23``). So the version is the longest tail
that starts with a number and in which every word is one that versions have; a number with a role
word after it (``telnetd``) belongs to the product.
"""

from __future__ import annotations

from typing import NamedTuple

from decloak.core.remember import remembered
from decloak.indicators.engine import compile_pattern
from decloak.kb.lexicon import lookup

__all__ = ["Cell", "Range", "split_name_version", "split_version_cell"]

Range = tuple[int, int]
_EMPTY: Range = (0, 0)
_MAX_CELL = 1024  # Nmap cuts every field at 80 to 160 bytes

_NUMBER = compile_pattern(rb"[vVr>]?[0-9][^ \t/()]*(?:/[0-9][^ \t()]*)?")
_PREFIXED = compile_pattern(rb"(?:for_Windows_|Windows_|pre-?|RELEASE[_-]|REL|v\.)[0-9][^ \t/()]*")
_PLAIN = compile_pattern(rb"[vV]?[0-9]+(?:[-.,][0-9Xx]+)*")
_SLASHED = compile_pattern(rb"([A-Za-z][A-Za-z0-9_.+-]*)/(v?[0-9][^ \t/()]*)")
_INTEGER = compile_pattern(rb"[0-9]+")
_YEAR = compile_pattern(rb"(?:19|20)[0-9][0-9]")
_DOTTED = compile_pattern(rb"[0-9]+\.[0-9][^ \t]*")
_TAG = compile_pattern(
    rb"(?i)(?:\(?(?:alpha|beta|gamma|rc|pre|snapshot|final|stable|dev|devel|nightly|ga|lts|m|ctp|rtm"
    rb"|rtma|sp|cu|r|p|pl|u|jp|ms|b|service|pack|cumulative|security|update|edition"
    rb"|or|to|and|later|earlier|newer|older|above|below|build|release|rev|rev\.|revision|patch"
    rb"|level|version|ver|fw|hw|sw|engine|feature|x|date|fp|hf|rel)[0-9][0-9+_.-]*(?:[a-z][0-9]*)?\)?[,;]?"
    rb"|[0-9]{0,4}(?:alpha|beta|rc|pre|snapshot|final|stable|dev|devel|nightly|ga|lts|ctp|rtm|rtma"
    rb"|sp|service|pack|cumulative|security|update|edition|or|to|and|later|earlier|newer|older"
    rb"|above|below|build|release|rev|rev\.|revision|patch|patched|level|version|ver|engine|lite"
    rb"|feature|community|enterprise|professional|unregistered|free|pro)\+?[,;]?"
    rb"|sp[0-9]\+?|ms[0-9]{2}-[0-9]{3}[,;]?|[-|&+]|#[0-9]+)"
)
_NAMELIKE = compile_pattern(rb"[0-9]+(?:[A-Z][A-Za-z]+|[a-z]{4,})")  # 3Com, 4dftp, 1Password
_LEAD = frozenset({"before", "build", "version", "revision", "release", "rev", "prior", "beta"})
_DISTRIBUTIONS = frozenset(
    {
        "alpine", "amazon", "arch", "centos", "debian", "fedora", "freebsd", "gentoo", "kali",
        "linux", "netbsd", "openbsd", "opensuse", "raspbian", "redhat", "rhel", "suse", "ubuntu",
        "windows", "mageia", "mandriva", "slackware", "oracle", "rocky", "almalinux", "hpn",
        "mariadb", "percona", "solaris", "cygwin",
    }
)  # fmt: skip
_NOT_SYSTEMS = frozenset({"mariadb", "percona", "hpn", "oracle", "amazon"})


class Cell(NamedTuple):
    """The parts of a version cell, as ranges within the cell; empty where a part is missing.

    Attributes:
        product: what Nmap calls the product.
        version: Nmap's whole version value.
        info: what stands in the parentheses at the end.
        system: the operating system that the version or the information names.
    """

    product: Range
    version: Range
    info: Range
    system: Range


@remembered(16384)
def split_version_cell(cell: bytes) -> Cell:
    """Split the shadow of one version cell."""
    if len(cell) > _MAX_CELL:
        return Cell(_EMPTY, _EMPTY, _EMPTY, _EMPTY)
    head, info = _take_info(cell)
    inner = head  # a version may end in parentheses of its own: ``7.2 (Build 5) (info)``
    if info != _EMPTY and cell[:head].rstrip().endswith(b")"):
        inner = _take_info(cell[:head])[0]
    tokens = _words(cell, 0, inner)
    if not tokens:
        return Cell(_EMPTY, _EMPTY, info, _system(cell, _EMPTY, info))
    cut = _version_start([cell[a:b] for a, b in tokens])
    if inner != head or (cut == len(tokens) and _is_acronym(cell, tokens, info)):
        tokens.append((tokens[-1][1], len(cell[:head].rstrip())))
        if inner == head:
            tokens[-1], info, cut = (info[0] - 1, info[1] + 1), _EMPTY, len(tokens)
        elif cut == len(tokens) - 1:
            cut += 1
    start, end = tokens[0][0], tokens[-1][1]
    if len(tokens) == 1 and (slashed := _SLASHED.fullmatch(cell[start:end])):
        product = (start, start + slashed.end(1))
        version = (start + slashed.start(2), end)
    else:
        product = (start, tokens[cut - 1][1]) if cut else _EMPTY
        version = (tokens[cut][0], end) if cut < len(tokens) else _EMPTY
    return Cell(product, version, info, _system(cell, version, info))


def _words(cell: bytes, start: int, end: int) -> list[Range]:
    """Return the ranges of the words; twice as fast as a pattern here."""
    ranges = []
    for word in cell[start:end].split():
        start = cell.find(word, start)
        ranges.append((start, start + len(word)))
        start += len(word)
    return ranges


def _take_info(cell: bytes) -> tuple[int, Range]:
    """Return where the rest ends and the range inside the closing parentheses."""
    end = len(cell.rstrip())
    if not cell.endswith(b")", 0, end):
        opened = cell.rfind(b" (")
        if opened > 0 and cell.find(b")", opened) < 0:  # cut off before it closed
            return opened, (opened + 2, end)
        return end, _EMPTY
    depth = 0
    for position in range(end - 1, -1, -1):  # bounded by _MAX_CELL
        byte = cell[position]
        if byte == 0x29:
            depth += 1
        elif byte == 0x28:
            depth -= 1
            if depth == 0:
                if position and cell[position - 1] not in b" \t":
                    return end, _EMPTY
                return position, (position + 1, end - 1)
    return end, _EMPTY


def _is_acronym(cell: bytes, tokens: list[Range], info: Range) -> bool:
    """Whether the parentheses only shorten the product: ``IPS Device Manager (IDM)``."""
    letters = cell[info[0] : info[1]]
    initials = b"".join(cell[a : a + 1] for a, _ in tokens)
    return len(letters) > 1 and letters.isupper() and initials.endswith(letters)


def _version_start(words: list[bytes]) -> int:
    """Return the index of the version's first token; ``len(words)`` when there is no version."""
    count = len(words)
    if words[0] == b"OpenSSH":  # vendors append words of their own to its version
        return 1
    if _PLAIN.fullmatch(words[0]) and all(_continues(words, i) for i in range(1, count)):
        return 0
    # Walk back over everything that may stand in a version, remember the first number seen.
    best = count
    for index in range(count - 1, 0, -1):
        if not _continues(words, index):
            break
        if _starts(words, index):
            best = index
    return _skip_product_year(words, best)


def _starts(words: list[bytes], index: int) -> bool:
    word = words[index]
    kind = _kind(word)
    if kind & _CAN_START:
        return True
    following = index + 1 < len(words) and _kind(words[index + 1]) & _IS_NUMBER
    return bool(following) and _plain(word) in _LEAD


def _continues(words: list[bytes], index: int) -> bool:
    kind = _kind(words[index])
    if kind & _CAN_FOLLOW:
        return True
    if not kind & _IS_SYSTEM or not index:
        return False
    # A distribution's name stands in a version only after the number it qualifies.
    previous = words[index - 1]
    return bool(_kind(previous) & _IS_NUMBER) or previous.lower() in _TWO_WORDS


_IS_NUMBER, _CAN_START, _CAN_FOLLOW, _IS_SYSTEM = 1, 2, 4, 8


@remembered(16384)
def _kind(word: bytes) -> int:
    """Return what a word can be in a version, as flags."""
    number = _NUMBER.fullmatch(word) is not None
    prefixed = _PREFIXED.fullmatch(word) is not None
    flags = _IS_NUMBER if number else 0
    if prefixed or (number and not _NAMELIKE.fullmatch(word)):
        flags |= _CAN_START
    plain = _plain(word)
    if number or prefixed or plain in _LEAD or _TAG.fullmatch(word):
        flags |= _CAN_FOLLOW
    if plain in _DISTRIBUTIONS:
        flags |= _IS_SYSTEM
    return flags


def _plain(word: bytes) -> str:
    return word.lower().decode("latin-1").rstrip(",;")


_TWO_WORDS = frozenset({b"red", b"amazon", b"oracle", b"arch", b"alpine", b"kali"})


def _skip_product_year(words: list[bytes], start: int) -> int:
    """Give a product its model number: ``SQL Server 2019 15.00.2000`` is version 15.00.2000."""
    if start >= len(words) or not _INTEGER.fullmatch(words[start]):
        return start
    for index in range(start + 1, len(words)):
        if _DOTTED.match(words[index]) and (
            index == start + 1 or words[index - 1].lower() in {b"r2", b"sp1", b"sp2", b"r1"}
        ):
            return index
    if words[0] == b"Microsoft" and words[start - 1] == b"Server" and _YEAR.fullmatch(words[start]):
        return len(words)
    return start


def _system(cell: bytes, version: Range, info: Range) -> Range:
    """Find the operating system that a version (``8.4p1 Ubuntu 5``) or an information names."""
    for start, end in _words(cell, *version):
        if _kind(cell[start:end]) & _IS_SYSTEM and _plain(cell[start:end]) not in _NOT_SYSTEMS:
            return start, end
    marked = cell.find(b"for_Windows_", *version) if version != _EMPTY else -1
    if marked >= 0:
        return marked + 4, marked + 11
    start, end = info
    while start < end and cell[start] == 0x28 and cell[end - 1] == 0x29:
        start, end = start + 1, end - 1
    for mark in (b";", b","):
        found = cell.find(mark, start, end)
        end = found if found >= 0 else end
    if start < end and _names_system(cell[start:end].decode("latin-1")):
        return start, end
    return _EMPTY


@remembered(4096)
def _names_system(name: str) -> bool:
    first = name.partition(" ")[0].lower()
    entry = lookup(name)
    known = entry is not None and entry.label == "OS"
    return known or (first in _DISTRIBUTIONS and first not in _NOT_SYSTEMS)


def split_name_version(token: bytes) -> tuple[Range, Range] | None:
    """Split ``nginx/1.18.0`` or ``dnsmasq-2.62`` into name and version; None when it is neither."""
    if slashed := _SLASHED.fullmatch(token):
        return slashed.span(1), slashed.span(2)
    name, dash, version = token.partition(b"-")
    if dash and name[:1].isalpha() and _DOTTED.fullmatch(version):
        return (0, len(name)), (len(name) + 1, len(token))
    return None
