"""Packages: a name and its whole version as package managers, registries and archives write them.

``django==3.2.5`` (pip), ``lodash@4.17.20`` (npm), ``pkg:npm/lodash@4.17.20`` (purl), ``org.example:thing:2.14.1`` (Maven),
``nginx:1.25-alpine`` (images), ``openssl 1:3.0.2-0ubuntu1.10`` (dpkg), ``openssl-1.1.1k-7.el8_6.x86_64`` (rpm),
``log4j-core-2.14.1.jar`` (files). The version is all that the manager takes for one: epoch, revision, suffix.
"""

from __future__ import annotations

from functools import cache

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.bounds import unbounded
from decloak.indicators.engine import Match, Pattern, compile_pattern
from decloak.indicators.quads import is_quad
from decloak.indicators.versions import ARCHIVES
from decloak.kb.lexicon import is_word, lookup

__all__ = ["note_packages"]

_NAME = rb"[A-Za-z][A-Za-z0-9_.+-]{0,63}"
_NUMBER = rb"v?[0-9]{1,10}(?:\.[0-9]{1,14}){1,5}"
_SUFFIX = rb"(?:[A-Za-z]{1,8}[0-9]{0,4})?(?:[-+.~_][0-9A-Za-z.+~]{1,32}){0,4}"
_EPOCH = rb"(?:[0-9]{1,3}:)?"
_END = rb"(?:[^A-Za-z0-9_@/:=-]|$)"
_HEAD = rb"(?m)(?:^|[ \t\"'`(\[,;=>|])"
_MACHINE = (
    rb"(?:amd64|i[3-6]86|arm64|armhf|armel|all|noarch|x86_64|aarch64|ppc64(?:el|le)?|s390x|src)"
)

_PIP = (
    _HEAD
    + rb"("
    + _NAME
    + rb")(?:\[[a-z0-9_,-]{1,40}\])?(?:==|===|~=|>=|<=)("
    + _NUMBER
    + _SUFFIX
    + rb")(?:[^A-Za-z0-9_@/:=.-]|\.?$|[.,][ \t])"
)
_NPM = (
    _HEAD
    + rb"((?:@[a-z0-9][a-z0-9._-]{0,40}/)?[a-z0-9][a-z0-9._-]{0,60})@[\^~]?("
    + _NUMBER
    + _SUFFIX
    + rb")"
    + _END
)
_PURL = rb"\bpkg:[a-z]{2,16}/(?:[A-Za-z0-9_.%~-]{1,80}/){0,4}([A-Za-z0-9_.%~+-]{1,80})@([0-9A-Za-z][0-9A-Za-z.+~_:-]{0,60})"
_MAVEN = (
    _HEAD
    + rb"([a-zA-Z][A-Za-z0-9_-]{1,40}(?:\.[A-Za-z0-9_-]{1,40}){0,8}):([A-Za-z][A-Za-z0-9_.-]{1,60})"
    rb"(?::(?:jar|war|pom|aar|test-jar|bundle|maven-plugin)(?::[a-z0-9_-]{1,24})?)?:("
    + _NUMBER
    + _SUFFIX
    + rb")"
    rb"(?::(?:compile|runtime|test|provided|system))?" + _END
)
_IMAGE = (
    rb"(?m)(?:(?:^|[ \t\"'])(?:[a-z0-9.-]{1,80}(?::[0-9]{1,5})?/)(?:[a-z0-9._-]{1,60}/){0,4}|(?:\bimage:|^[ \t]*FROM|\bdocker (?:run|pull)(?: -[^ ]{1,20}){0,4})[ \t]{1,8}[\"']?)"
    rb"([a-z][a-z0-9._-]{0,60}):(v?[0-9]{1,6}(?:\.[0-9]{1,6}){0,4}"
    + _SUFFIX
    + rb")(?:[^A-Za-z0-9_/:=-]|$)"
)
_PULLED = compile_pattern(rb"[ \t]*(?:image:|FROM|docker )", capture=False)
_KNOWN_IMAGE = (
    _HEAD
    + rb"([a-z][a-z0-9-]{1,30}):(v?[0-9]{1,4}(?:\.[0-9]{1,4}){1,3}(?:-[a-z0-9.]{1,24}){0,3})"
    + _END
)
_DPKG = (
    rb"(?m)(?:^|[ \t|(])([a-z0-9][a-z0-9+.-]{1,60})(?::[a-z0-9]{2,8})?(?:/[a-z,-]{2,40})?[ \t]{1,40}\(?(?:= )?("
    + _EPOCH
    + rb"[0-9][0-9A-Za-z+~]{0,12}\.[0-9A-Za-z.+~]{1,40}(?:-[0-9A-Za-z.+~]{1,40}){0,2})(?:[ \t]+\[?"
    + _MACHINE
    + rb"\b|\)|[ \t]*$|[ \t,;])"
)
_REVISION = compile_pattern(
    rb"(?:ubuntu[0-9]|[+~.-]deb[0-9]|dfsg|\+b[0-9]|-[0-9]{1,3}(?:\.[0-9]{1,3})?(?:build|\+)[0-9])",
    capture=False,
)
_RPM = (
    _HEAD
    + rb"([A-Za-z][A-Za-z0-9_+]{0,30}(?:-[A-Za-z][A-Za-z0-9_+]{0,30}|-[0-9]{1,3}bit){0,6})-("
    + _EPOCH
    + rb"[0-9][0-9A-Za-z.~+^]{0,40}-[0-9][0-9A-Za-z.~+_]{0,40}?)\."
    + _MACHINE
    + rb"(?:\.rpm)?\b"
)
# The same without its machine, where the release names a distribution: openssl-1.1.1k-7.el8_6.
_RELEASED = (
    _HEAD
    + rb"([A-Za-z][A-Za-z0-9_+]{0,30}(?:-[A-Za-z][A-Za-z0-9_+]{0,30}){0,6})-("
    + _EPOCH
    + rb"[0-9][0-9A-Za-z.~+^]{0,40}-[0-9][0-9A-Za-z.~+]{0,20}\.(?:el|fc|amzn|sles|mga|oe)[0-9]{1,4}[0-9A-Za-z_]{0,16}(?:\.[0-9]{1,4})?)"
    + _END
)
_FILE = (
    rb"(?:^|[^A-Za-z0-9_.@%-])([A-Za-z][A-Za-z0-9+]{0,30}(?:[-_.][A-Za-z0-9+]{1,30}){0,6}?)[-_](v?[0-9]{1,5}(?:\.[0-9]{1,6}){1,4}"
    rb"(?:[a-z]{1,2}[0-9]{0,3})?(?:[-.](?:RELEASE|Final|GA|SNAPSHOT|jre[0-9]{1,2}|alpha|beta|rc|RC|M)[-.]?[0-9]{0,4}|[-~+][0-9][0-9a-z.]{0,24}){0,2})"
    rb"(?:[-_.][A-Za-z0-9_]{2,24}){0,4}\." + ARCHIVES + rb"\b"
)


_STATE = 8
"""Code points of a line of dpkg's list before the name: the state of a package and blanks."""
_VERSION_GROUP = {"maven": 3}
"""The group of the version, where it is not the second; the name's is the one before."""


def note_packages(view: View, start: int, end: int, facts: Facts, noted: set[int]) -> None:
    """Note names and versions of packages in a range; see `note_keyed`."""
    shadow = view.shadow
    if _any_spelling().search(shadow, start, end) is None:
        return
    for needle, pattern, named in _spellings():
        if shadow.find(needle, start, end) < 0:
            continue
        place, version = start, _VERSION_GROUP.get(named, 2)
        while (match := pattern.search(shadow, place, end)) is not None:
            _note(view, match, facts, noted, named=named)
            place = match.end(version)  # what ends one may begin the next


def _note(view: View, match: Match, facts: Facts, noted: set[int], *, named: str) -> None:
    version = _VERSION_GROUP.get(named, 2)
    name = version - 1
    low, high = match.span(version)
    text = view.text
    while text[high - 1] in ".+~_-:":
        high -= 1
    if low in noted or (is_quad(view.shadow, low, high) and named in {"npm", "known"}):
        return
    word = text[match.start(name) : match.end(name)]
    if named == "dpkg" and not _is_debian(view, match, low, high):
        return
    if named == "known" and not _is_product(word):
        return
    if named == "image" and "." not in text[low:high] and _PULLED.match(match.group()) is None:
        return  # a path and a port
    noted.add(low)
    facts.note("VERSION", low, high, f"package.{named}")
    if match.start(name) not in noted and not (
        named == "dpkg" and is_word(word) and not _is_product(word)
    ):
        noted.add(match.start(name))
        facts.note("SOFTWARE", *match.span(name), f"package.{named}")


def _is_product(word: str) -> bool:
    entry = lookup(word, "SOFTWARE") or lookup(word, "OS")
    return entry is not None


def _is_debian(view: View, match: Match, low: int, high: int) -> bool:
    """Whether a version behind a word is one of dpkg: by its revision, or on a line of the list of packages."""
    if _REVISION.search(view.shadow, low, high) is not None:
        return True
    shadow, start = view.shadow, match.start(1)
    first = max(0, start - _STATE)
    line = shadow[max(first, shadow.rfind(b"\n", first, start) + 1) : start]
    return line[:3] in {b"ii ", b"rc ", b"hi ", b"un "} and b"." in shadow[low:high]


_MANIFEST = (
    rb"\"((?:@[a-z0-9._-]{1,40}/)?[a-z][a-z0-9._/-]{1,60})\"[ \t]{0,4}:[ \t]{0,4}\"[\\^~>=]{0,2}[ ]?("
    + _NUMBER
    + _SUFFIX
    + rb")\""
)
_GEM = (
    rb"\bgem[ \t(]{1,4}[\"']([a-z][a-z0-9_-]{1,60})[\"'],[ \t]{0,4}[\"'][~><= ]{0,4}("
    + _NUMBER
    + _SUFFIX
    + rb")[\"']"
)
_PATTERNS = (
    (b"pkg:", _PURL, "purl"),
    (b'ependencies"', _MANIFEST, "manifest"),
    (b"gem", _GEM, "gem"),
    (b"=", _PIP, "pip"),
    (b"@", _NPM, "npm"),
    (b":", _MAVEN, "maven"),
    (b":", _IMAGE, "image"),
    (b":", _KNOWN_IMAGE, "known"),
    (b"-", _RPM, "rpm"),
    (b"-", _RELEASED, "rpm"),
    (b" ", _DPKG, "dpkg"),
    (b".", _FILE, "file"),
)
"""Bytes without which a spelling is not there, its pattern, and its name."""


@cache
def _spellings() -> tuple[tuple[bytes, Pattern, str], ...]:
    return tuple((needle, compile_pattern(raw), name) for needle, raw, name in _PATTERNS)


@cache
def _any_spelling() -> Pattern:
    """Return all patterns at once, and a little more: most texts name no package, and one search tells."""
    union = b"|".join(b"(?:%s)" % unbounded(raw) for _, raw, _ in _PATTERNS)
    return compile_pattern(union, capture=False, memory=1 << 25)
