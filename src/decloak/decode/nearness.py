"""Nearness: known words that an unknown one is a slip of the hand away from.

A slip swaps two neighbours, drops, adds or changes one character (optimal string alignment, as
rapidfuzz computes it). One slip is found through an index of deletions, two by comparing with all
words of about that length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from decloak.core.alignment import Edit
from decloak.core.remember import remembered
from decloak.decode.vocabulary import (
    collapsed,
    is_known,
    is_plain,
    name_words,
    words_by_collapsed,
)
from decloak.kb.deletions import deletion_index, deletions
from decloak.kb.lexicon import entries
from decloak.kb.port_names import is_port_name, names_at

__all__ = [
    "TLS",
    "USUAL",
    "is_compound",
    "is_inflected",
    "is_near",
    "is_near_daily",
    "near_plain",
    "near_service",
    "near_words",
    "nearest",
    "room_for",
    "service_names",
    "slip_edit",
    "slip_family",
]

TLS = "ssl/"
"""In the place of a port: the service runs inside TLS, so its port is another."""

_LONGEST = 40
_CARELESS = 7
_LONG_SERVICE = 10  # letters of a service that may have two slips at any port
_LONG_SWAPPED = 7  # letters of a service of any port that is known when two of them change places
_ACRONYM = 5  # letters of a name that may be spelt out as its letters
_SHARE = 0.15  # of a service's characters that may be wrong where its port says which it is
_ROOM_FOR_TWO = 8  # letters of a word that may have two slips
_DAILY = (
    "http", "imap", "smtp", "pop3", "https", "ssh", "ftp", "domain", "mysql", "telnet", "snmp", "ldap",
    "rpcbind", "postgresql", "redis", "ntp", "imaps", "pop3s", "smtps", "vnc", "rtsp", "sip", "mongodb",
    "microsoft-ds", "netbios-ssn", "ms-wbt-server", "submission", "msrpc", "nfs", "rdp",
)  # fmt: skip
"""Services met daily, those that also run inside TLS first."""
USUAL = frozenset(
    [
        "apache",
        "nginx",
        "openssh",
        "mysql",
        "mariadb",
        "postgresql",
        "vsftpd",
        "proftpd",
        "postfix",
        "exim",
        "dovecot",
        "sendmail",
        "bind",
        "lighttpd",
        "dnsmasq",
        "samba",
        "smbd",
        "squid",
        "iis",
        "redis",
        "mongodb",
        "tomcat",
        "jetty",
        "httpd",
        "smtpd",
        "imapd",
        "pop3d",
        "php",
        "openssl",
        "wordpress",
        "jenkins",
        "docker",
        "kubernetes",
        "elasticsearch",
        "ubuntu",
        "debian",
        "centos",
        "fedora",
        "freebsd",
        "windows",
        "linux",
        "microsoft",
        "google",
        "amazon",
        "cloudflare",
        "cisco",
        "oracle",
    ]
)
"""What scanners report most, in lower case; of names equally near, the one of these is meant."""
_ENDINGS = (
    "s",
    "es",
    "ed",
    "er",
    "ers",
    "ing",
    "ian",
    "ish",
    "ism",
    "ist",
    "y",
    "n",
    "x",
    "d",
    "r",
)


@cache
def _deletions() -> Mapping[str, tuple[str, ...]]:
    """Return word or word less one character -> lower-case words."""
    return deletion_index(word for word in name_words() if len(word) >= 3)


@cache
def _by_edges() -> Mapping[str, tuple[str, ...]]:
    """Return the first two letters, or a dot and the last two -> lower-case words."""
    index: dict[str, list[str]] = {}
    for word in name_words():
        if len(word) >= _ROOM_FOR_TWO - 2:
            index.setdefault(word[:2], []).append(word)
            index.setdefault("." + word[-2:], []).append(word)
    return {key: tuple(words) for key, words in index.items()}


def room_for(word: str) -> int:
    """Return how many slips a word of running text may have."""
    return 2 if len(word) >= _ROOM_FOR_TWO else 1


@remembered(1 << 14)
def near_words(word: str, most: int) -> tuple[tuple[int, str], ...]:
    """Return (slips, usual spelling) of the words of names within `most` slips, nearest first.

    Empty for a word that needs no repair, and for one that is a known word with an ending. Where
    two slips are allowed, the first or the last two letters are to be whole.
    """
    low = word.lower()
    if not 3 <= len(low) <= _LONGEST or is_plain(low) or is_inflected(low):
        return ()
    return _near(word, most)


def near_plain(word: str) -> tuple[str, ...]:
    """Return the words of names that an ordinary word is one slip away from."""
    return tuple(name for _, name in _near(word.lower(), 1))


def is_near(word: str, most: int) -> bool:
    """Whether a word that is not in a name is within `most` slips of one that is."""
    low = word.lower()
    return low not in name_words() and bool(_near(low, most))


def is_near_daily(low: str) -> bool:
    """Whether a word is one met daily in port tables less a letter or with two changed about."""
    return low in _daily_slips()


@cache
def _daily_slips() -> frozenset[str]:
    swapped = (
        name[:i] + name[i + 1] + name[i] + name[i + 2 :]
        for name in _DAILY
        for i in range(len(name) - 1)
    )
    slips = {*swapped, *(less for name in _DAILY if len(name) > 3 for less in deletions(name))}
    return frozenset(slips.difference(_DAILY))


@remembered(1 << 14)
def _near(word: str, most: int) -> tuple[tuple[int, str], ...]:
    low = word.lower()
    index = _deletions()
    close = {near for key in deletions(low) for near in index.get(key, ())}
    if most > 1:
        edges = _by_edges()
        for key in (low[:2], "." + low[-2:]):
            matches = process.extract(
                low, edges.get(key, ()), scorer=OSA.distance, processor=None,
                score_cutoff=most, limit=None,
            )  # fmt: skip
            close.update(match[0] for match in matches)
    close.update(near.lower() for near in words_by_collapsed().get(collapsed(low), ()))
    close.discard(low)
    if not close:
        return ()
    usual = name_words()
    found = [(OSA.distance(low, near), usual[near]) for near in close]
    same = collapsed(low)
    # A letter held down is one slip, however often it came out.
    found = [
        (1 if collapsed(near) == same and len(near) < len(low) else slips, near)
        for slips, near in found
        if _fixed(near) == _fixed(low) and _keeps_case(word, near, most)
    ]
    return tuple(sorted((pair for pair in found if pair[0] <= most), key=_likelihood(low)))


def _likelihood(low: str) -> Callable[[tuple[int, str]], tuple[int, bool, str]]:
    """Return the order of readings: fewer slips, then the same letters in another order."""
    letters = sorted(low)

    def key(found: tuple[int, str]) -> tuple[int, bool, str]:
        return found[0], sorted(found[1].lower()) != letters, found[1]

    return key


def nearest(word: str, most: int, *, endings: bool = True) -> tuple[int, tuple[str, ...]]:
    """Return the fewest slips and the names at that distance; where one is a swap, only that.

    Without `endings` a known word with an ending may be a slip too, as where a name must stand.
    """
    found = near_words(word, most) if endings else () if is_plain(word) else _near(word, most)
    if not found:
        return 0, ()
    key = _likelihood(word.lower())
    best = key(found[0])[:2]
    names = tuple(name for slips, name in found if key((slips, name))[:2] == best)
    usual = tuple(name for name in names if name.lower() in USUAL) if len(names) > 1 else ()
    return found[0][0], usual if len(usual) == 1 else names


def _keeps_case(word: str, name: str, most: int) -> bool:
    """Whether the capitals are where the name has them; a slip moves the fingers, not the shift.

    All small, and from seven letters on all capitals or one, are ways to write any name.
    """
    if word.islower() or (len(word) >= _CARELESS and (word.isupper() or word.istitle())):
        return True
    if word.istitle() and name.isupper() and len(name) > _ACRONYM:
        return True  # a word that its owner writes in capitals
    if sorted(word.lower()) == sorted(name.lower()) and not (name[1:].islower() or name.isupper()):
        return True  # the capital moved with its letter, or stayed
    if sorted(word) == sorted(name):
        return True
    held = collapsed(word) == collapsed(name)
    return held or OSA.distance(word, name, score_cutoff=most) <= most


def _fixed(word: str) -> str:
    """Return what no slip changes: another digit or sign makes another thing."""
    return "".join(char for char in word if not char.isalpha())


def is_inflected(low: str) -> bool:
    """Whether a word is a known one with an ending."""
    if low[-1:] == low[-2:-1] and low[-1:] in "xndry":
        return False  # a key held down: `nginxx`
    return any(low.endswith(ending) and is_plain(low[: -len(ending)]) for ending in _ENDINGS)


@remembered(1 << 15)
def is_compound(word: str, *, capitals: bool) -> bool:
    """Whether a word is two plain ones put together, at a capital only or anywhere."""
    for place in range(3, len(word) - 2):
        if capitals and not (word[place].isupper() and word[place - 1].islower()):
            continue
        if is_plain(word[:place]) and is_plain(word[place:]):
            return True
    return False


@cache
def _services() -> Mapping[str, tuple[str, ...]]:
    return {
        name.lower(): entry.ports
        for entry in entries("SERVICE")
        for name in entry.names
        if "/" not in name
    }


@cache
def _services_by_collapsed() -> Mapping[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for name in _services():
        index[collapsed(name)] = (*index.get(collapsed(name), ()), name)
    return index


def service_names() -> Iterable[str]:
    """Return the names of services, in lower case."""
    return _services().keys()


@remembered(1 << 14)
def near_service(word: str, port: str) -> str | None:
    """Return the service that a misspelt one in a port table is, or None.

    `port` is where it stands (``22/tcp``), or `TLS` for the inner service of ``ssl/...``. The port
    decides where the spelling does not; elsewhere a name must be long or one that is met daily.
    """
    low = word.lower()
    if not 2 <= len(low) <= _LONGEST or is_port_name(low) or is_known(low):
        return None
    if name := _near_port_name(low, port) or _swapped_port_name(low):
        return name
    most = 1 if len(low) < 8 else 2
    close = []
    services = _services()
    matches = process.extract(
        low, tuple(services), scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    found = {name: int(slips) for name, slips, _ in matches}
    found.update((name, 1) for name in _services_by_collapsed().get(collapsed(low), ())
                 if len(name) < len(low))  # fmt: skip
    for name, slips in found.items():
        if _fixed(low) == _fixed(name):
            elsewhere = port not in services[name] and not (port == TLS and name in _DAILY[:4])
            swapped = sorted(low) == sorted(name)
            close.append((elsewhere, slips, not swapped, _rank(name), name))
    if not close:
        return None
    elsewhere, slips, _, rank, name = min(close)
    rivals = [each for each in close if each[:4] == min(close)[:4]]
    if len(rivals) > 1:
        return None
    held = collapsed(low) == collapsed(name) and len(low) > len(name) + 1  # down, on and on
    if (
        elsewhere
        and not held
        and (
            (slips > 1 and len(name) < _LONG_SERVICE)
            or (len(name) < 6 and rank == len(_DAILY))
            or len(name) < 4
        )
    ):
        return None
    return name


def _near_port_name(low: str, port: str) -> str:
    """Return the one name of a port that a word is near to, or "".

    Of so few names one is meant even where a digit was dropped, though never where it changed.
    """
    found = sorted(
        (slips, sorted(low) != sorted(name), name)
        for name in names_at(port)
        if (slips := _slips(low, name)) <= max(1, round(_SHARE * len(name)))
        and (_fixed(low) == _fixed(name) or (slips == 1 and len(low) == len(name) - 1))
    )
    if not found or (len(found) > 1 and found[0][:2] == found[1][:2]):
        return ""
    return found[0][2]


def _swapped_port_name(low: str) -> str:
    """Return the one long name of any port that a word is with two neighbours changed about, or ""."""
    if len(low) < _LONG_SWAPPED:
        return ""
    swaps = {low[:i] + low[i + 1] + low[i] + low[i + 2 :] for i in range(len(low) - 1)}
    found = [name for name in swaps if is_port_name(name)]
    return found[0] if len(found) == 1 else ""


def _slips(low: str, name: str) -> int:
    if collapsed(low) == collapsed(name) and len(low) > len(name):
        return 1  # a letter held down
    return int(OSA.distance(low, name))


def _rank(name: str) -> int:
    """Return the place of a service among those met daily; all others share the last."""
    return _DAILY.index(name) if name in _DAILY else len(_DAILY)


def slip_family(surface: str, name: str) -> str:
    """Return the family of the slip: ``swap``, ``delete``, ``substitute`` or ``symbol``."""
    low, plain = surface.lower(), name.lower()
    if len(low) < len(plain):
        return "delete"
    if len(low) > len(plain):
        return "symbol" if collapsed(low) == collapsed(plain) else "substitute"
    return "swap" if sorted(low) == sorted(plain) else "substitute"


def slip_edit(
    start: int, surface: str, name: str, confidence: float, where: str, *, closed: bool = False
) -> Edit:
    """Return the edit of the decoder `typo` that reads a misspelt word as a name; see `Edit` for `closed`."""
    family = slip_family(surface, name)
    return Edit(start, start + len(surface), name, family, "typo", confidence,
                f"{name} misspelt {where}", closed=closed)  # fmt: skip
