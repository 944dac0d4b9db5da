"""Lines: the layouts of single lines that tools and daemons write, one pattern for each.

Proxy logs (Squid's native format), lists of open ports (masscan), what scanners print for a finding (httpx,
nuclei), events in the formats of ArcSight and QRadar, answers to a ping. Only what a pattern over the whole text
cannot know is noted: most addresses and URLs on these lines speak for themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.indicators.engine import Match, Pattern, compile_pattern
from decloak.kb.lexicon import lookup
from decloak.sources.dns_values import mailbox_of
from decloak.sources.names import label_of_name
from decloak.sources.products import note_products

__all__ = ["note_lines", "note_scanner_lines"]

_PEER = compile_pattern(
    rb"\b(?:[A-Z]{3,12}_)?(?:DIRECT|PARENT|PARENT_HIT|SIBLING_HIT|UP_PARENT|FIRSTUP_PARENT|TIMEOUT_[A-Z_]{3,30}T)"
    rb"/([A-Za-z][A-Za-z0-9-]{0,62}\.[A-Za-z0-9.-]{1,189})"
)
_LISTED = compile_pattern(
    rb"(?m)^[ \t]{0,8}(open|closed) (tcp|udp|sctp) ([0-9]{1,5}) ([0-9A-Fa-f.:]{3,45}) [0-9]{9,10}\b"
)
_ON_PORT = compile_pattern(
    rb"\bBanner on port ([0-9]{1,5})/(tcp|udp|sctp) on ([0-9A-Fa-f.:]{2,45}): \[([A-Za-z0-9.-]{1,32})\] ([^\n]{1,900})"
)
_SSH = compile_pattern(
    rb"[^A-Za-z0-9]SSH-[12]\.[0-9]{1,2}-([!#-&(-;=-\[\]-~][ !#-&(-;=-\[\]-~]{1,120})"
)
_TECHNOLOGY = compile_pattern(rb"\[([A-Za-z][^\[\]\n]{1,400})\]")
_ITEM = compile_pattern(
    rb"([A-Za-z][A-Za-z0-9 .+#_-]{1,40}?)(?::([0-9][0-9A-Za-z.+~_-]{0,40}))?(?:, ?|\])"
)
_DETECTED = compile_pattern(
    rb"(?m)^[ \t]{0,8}\[(?:tech|waf|favicon)-detect:([A-Za-z0-9 ._+-]{2,40})\]"
)
_EVENT = compile_pattern(
    rb"\b(?:CEF:[01]|LEEF:[12]\.[0-9])\|([^|\n]{1,80})\|([^|\n]{1,80})\|([^|\n]{0,80})\|"
)
_PING = compile_pattern(rb"\btime[=<] ?([0-9]{1,6}(?:\.[0-9]{1,6})? ms)\b")
_LOCAL = compile_pattern(
    rb"\b[Ll]ocalhost:([0-9]{1,5})(?:[^0-9A-Za-z_.:-]|[.:]?(?:[^0-9A-Za-z]|$))"
)
_AUTHORITY = compile_pattern(
    rb"\bSOA(?: record)?[ \t]{1,8}[A-Za-z0-9_.-]{1,253}[ \t]{1,8}((?:[A-Za-z0-9_-]|\\?\.){3,253}?)\.?[ \t(]{1,8}[0-9]{1,10}[ \t]{1,8}[0-9]"
)
_SAID = compile_pattern(
    rb"(?i)\b(?:((?:user[- ]?agents?(?: strings?| headers?)?|UA))|(mutex(?:es)?(?: (?:named|called|name))?|mutants?))"
    rb"[ \t]{0,4}(?:(?:is|was|of|as|named|called|named as|:|=)[ \t]{1,4}){0,2}[\"'`\x80(]{1,2}([^\"'`\x80\n]{3,400})[\"'`\x80]"
)
# A name with a dot before its address, as ping, traceroute, arp and postfix write it: no public suffix is needed there.
_BEFORE_ADDRESS = compile_pattern(
    rb"(?m)(?:^|[ \t=<>;,\"'])([A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}\.)+[A-Za-z][A-Za-z-]{1,62}) ?[\[(](?:[0-9]{1,3}\.){3}[0-9]{1,3}[)\]:]"
)
# Shells and tools that open a connection: /dev/tcp/HOST/PORT, nc HOST PORT, telnet HOST PORT.
_DEVICE = compile_pattern(rb"/dev/(tcp|udp)/([A-Za-z0-9_.-]{1,253})/([0-9]{1,5})\b")
_DIALLED = compile_pattern(
    rb"\b(?:nc|ncat|netcat|telnet)(?:\.exe|\.traditional|\.openbsd)?(?:[ \t]+-[A-Za-z0-9-]{1,12}(?:[ \t]+/[A-Za-z0-9/._-]{1,40})?){0,8}[ \t]+([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)[ \t]+([0-9]{1,5})(?:[ \t\r\n;|&\"')]|$)"
)
# Options of packet filters: -p tcp --dport 22, --sports 1024:65535.
_FILTER_PORTS = compile_pattern(
    rb"--(?:[sd]ports?|(?:source|destination)-ports?)[ =]([0-9]{1,5})(?:[:,]([0-9]{1,5}))?(?:[:,]([0-9]{1,5}))?(?:[:,]([0-9]{1,5}))?"
)
_FILTER_PROTOCOL = compile_pattern(rb" (?:-p|--protocol)[ =](tcp|udp|icmp(?:v6)?|sctp|esp|gre)\b")
# A record of a VPC's flow log in its first, usual format.
_FLOW = compile_pattern(
    rb"(?m)^[2-8] [0-9]{12} eni-[0-9a-f]{8,20} ([0-9A-Fa-f.:]{3,45}) ([0-9A-Fa-f.:]{3,45}) ([0-9]{1,5}) ([0-9]{1,5}) [0-9]{1,3} "
)
# The client of a line of a web server's log in the combined format of NCSA and Apache.
_COMBINED = compile_pattern(
    rb"\] \"(?:[^\"\\\n]|\\.)*\" [1-5][0-9]{2} (?:[0-9]{1,12}|-) \"[^\"\n]*\" \"([^\"\n-][^\"\n]{2,512})\""
)
# How the configurations of routers, firewalls and switches name the machine itself.
_OWN_NAME = compile_pattern(
    rb"(?m)^[ \t]{0,8}(?:set )?(?:system )?host-?name[ \t]{1,8}[\"']?([A-Za-z0-9][A-Za-z0-9._-]{0,62})[\"']?;?[ \t\r]*$"
)
_HOSTS = compile_pattern(
    rb"(?m)^[ \t]{0,8}[0-9A-Fa-f][0-9A-Fa-f.:]{2,44}[ \t]{1,40}([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+)((?:[ \t]{1,8}[A-Za-z0-9._-]{1,63}){0,8})[ \t\r]*(?:#[^\n]*)?$"
)
# Attributes of a distinguished name (RFC 4514), as openssl, curl and IDS logs print those of certificates.
_DISTINGUISHED = compile_pattern(
    rb"(?:^|[ ,;/\"(:=])(?:(O)|CN) ?= ?(?:\\?\"([^\"\\\n]{2,100})\\?\"|([^,;/\n\"\\=]{2,100}))(?:[,;/\"\\\n)]|$)"
)
_COUNTRY = compile_pattern(rb"(?:^|[ ,;/\"(:=])C ?= ?([A-Z]{2})\b")
_OTHER_ATTRIBUTE = compile_pattern(rb"(?:^|[ ,;/\"(:=])(?:C|ST|L|OU?|CN) ?= ?[^ \n]", capture=False)
_URL_LINE = compile_pattern(rb"(?m)^[ \t]{0,8}(?:https?://|\[)[^\n]{0,900}\[", capture=False)


class _Notes:
    """Takes notes of places that have none yet."""

    def __init__(self, view: View, facts: Facts, noted: set[int]) -> None:
        self.view, self.facts, self.noted = view, facts, noted

    def put(self, label: str, start: int, end: int) -> None:
        if start not in self.noted and start < end:
            self.noted.add(start)
            self.facts.note(label, start, end, f"line.{label.lower()}")

    def groups(self, match: Match, *labels: str) -> None:
        for group, label in enumerate(labels, 1):
            self.put(label, *match.span(group))

    def product(self, start: int, end: int) -> None:
        """Note a product or system that the lexicon knows."""
        entry = lookup(self.view.text[start:end])
        if entry is not None and entry.label in {"SOFTWARE", "OS"}:
            self.put(entry.label, start, end)


def _peer(here: _Notes, match: Match) -> None:
    """Note where a proxy went: an address, or a name with a dot."""
    text, (start, end) = here.view.text, match.span(1)
    while end > start and text[end - 1] in ".-":
        end -= 1
    label = label_of_name(text[start:end])
    if label in {"IP_ADDRESS", "DOMAIN"}:
        here.put(label, start, end)


def _listed(here: _Notes, match: Match) -> None:
    here.groups(match, "STATE", "PROTOCOL", "PORT", "IP_ADDRESS")


def _on_port(here: _Notes, match: Match) -> None:
    """Note port and address, and what a service said there; of SSH any text tells it."""
    here.groups(match, "PORT", "PROTOCOL", "IP_ADDRESS")
    if not match.group(5).startswith(b"SSH-"):
        note_products(here.view, *match.span(5), here.facts, "line.banner")


def _identification(here: _Notes, match: Match) -> None:
    note_products(here.view, *match.span(1), here.facts, "line.banner")


def _event(here: _Notes, match: Match) -> None:
    """Note who made the device that sent an event, what it is, and its version."""
    here.groups(match, "ORGANIZATION", "SOFTWARE")
    if any(0x30 <= byte <= 0x39 for byte in match.group(3)):
        here.put("VERSION", *match.span(3))


def _ping(here: _Notes, match: Match) -> None:
    here.put("LATENCY", *match.span(1))


def _authority(here: _Notes, match: Match) -> None:
    """Note the mailbox of an SOA record, which is written as a name."""
    start, end = match.span(1)
    mailbox = mailbox_of(match.group(1))
    if mailbox is not None and start not in here.noted:
        here.noted.add(start)
        here.facts.note("EMAIL", start, end, "line.email", mailbox)


def _said(here: _Notes, match: Match) -> None:
    """Note what a sentence calls a user agent or a mutex, in quotation marks."""
    here.put("USER_AGENT" if match.start(1) >= 0 else "MUTEX", *match.span(3))


def _before_address(here: _Notes, match: Match) -> None:
    here.put("DOMAIN", *match.span(1))


def _device(here: _Notes, match: Match) -> None:
    host = match.group(2).decode("ascii")
    if label_of_name(host) in {"IP_ADDRESS", "DOMAIN"}:
        here.groups(match, "PROTOCOL", label_of_name(host), "PORT")


def _dialled(here: _Notes, match: Match) -> None:
    if label := label_of_name(match.group(1).decode("ascii")):
        here.groups(match, label, "PORT")


def _filter_ports(here: _Notes, match: Match) -> None:
    here.groups(match, *["PORT"] * 4)


def _filter_protocol(here: _Notes, match: Match) -> None:
    here.groups(match, "PROTOCOL")


def _flow(here: _Notes, match: Match) -> None:
    here.groups(match, "IP_ADDRESS", "IP_ADDRESS", "PORT", "PORT")


def _combined(here: _Notes, match: Match) -> None:
    here.put("USER_AGENT", *match.span(1))


def _own_name(here: _Notes, match: Match) -> None:
    label = label_of_name(match.group(1).decode("ascii"))
    if label in {"HOSTNAME", "DOMAIN"}:
        here.put(label, *match.span(1))


def _has_attributes(shadow: bytes, match: Match) -> bool:
    """Whether another attribute of a distinguished name stands on the line of this one."""
    low, high = max(0, match.start() - _NEAR), match.end() + _NEAR
    line = max(low, shadow.rfind(b"\n", low, match.start() + 1) + 1)
    stop = shadow.find(b"\n", match.end() - 1, high)
    around = shadow[line : stop if stop >= 0 else high]
    return len(list(islice(_OTHER_ATTRIBUTE.finditer(around), 2))) > 1  # it is one of them


def _country(here: _Notes, match: Match) -> None:
    """Note that the country of a distinguished name is no entity."""
    if _has_attributes(here.view.shadow, match):
        here.facts.note("", *match.span(1), "line.country")


def _distinguished(here: _Notes, match: Match) -> None:
    """Note the organisation of a distinguished name; its common name is a host, or the name of a key."""
    view = here.view
    if not _has_attributes(view.shadow, match):
        return
    start, end = match.span(2 if match.start(2) >= 0 else 3)
    end = start + len(view.text[start:end].rstrip())
    if match.start(1) >= 0:
        if any(map(str.isalpha, view.text[start:end].partition(" ")[0])):
            here.put("ORGANIZATION", start, end)
    elif label_of_name(view.text[start:end].removeprefix("*.")) != "DOMAIN":
        here.facts.note("", start, end, "line.common_name")


def _hosts(here: _Notes, match: Match) -> None:
    """Note the short names of a host behind its full one: ``192.0.2.1 dc1.corp.example dc1``."""
    name, (start, _) = match.group(1), match.span(2)
    for found in _SHORT.finditer(match.group(2)):
        if name.startswith(found.group() + b"."):
            here.put("HOSTNAME", start + found.start(), start + found.end())


def _local(here: _Notes, match: Match) -> None:
    here.put("PORT", *match.span(1))


def _detected(here: _Notes, match: Match) -> None:
    here.product(*match.span(1))


def _technologies(here: _Notes, match: Match) -> None:
    """Note the products in brackets behind a URL: ``[nginx:1.18.0,PHP:7.4.3]``."""
    shadow = here.view.shadow
    start = match.end() - 1
    stop = shadow.find(b"\n", start, start + _LONGEST_LINE)
    stop = stop if stop >= 0 else min(len(shadow), start + _LONGEST_LINE)
    for found in _TECHNOLOGY.finditer(shadow, start, stop):
        for item in _ITEM.finditer(shadow, found.start(1), found.end()):
            if item.start(2) >= 0:
                here.groups(item, "SOFTWARE", "VERSION")
            else:
                here.product(*item.span(1))


_SHORT = compile_pattern(rb"[A-Za-z0-9_-]+", capture=False)
_LONGEST_LINE = 2048
_NEAR = 256
"""Code points on each side in which another attribute of a distinguished name stands."""
_SCANNERS: tuple[tuple[bytes, Pattern, Callable[[_Notes, Match], None]], ...] = (
    (b"p ", _LISTED, _listed),
    (b"Banner on port", _ON_PORT, _on_port),
    (b"SSH-", _SSH, _identification),
)
_LAYOUTS: tuple[tuple[bytes, Pattern, Callable[[_Notes, Match], None]], ...] = (
    *_SCANNERS,
    (b"T/", _PEER, _peer),
    (b"EF:", _EVENT, _event),
    (b" ms", _PING, _ping),
    (b"ocalhost:", _LOCAL, _local),
    (b"SOA", _AUTHORITY, _authority),
    (b"(", _BEFORE_ADDRESS, _before_address),
    (b"[", _BEFORE_ADDRESS, _before_address),
    (b"/dev/", _DEVICE, _device),
    (b"port", _FILTER_PORTS, _filter_ports),
    (b" -p", _FILTER_PROTOCOL, _filter_protocol),
    (b" eni-", _FLOW, _flow),
    (b"nc", _DIALLED, _dialled),
    (b"tel", _DIALLED, _dialled),
    (b"netcat", _DIALLED, _dialled),
    (b'" "', _COMBINED, _combined),
    (b"CN", _DISTINGUISHED, _distinguished),
    (b"CN", _COUNTRY, _country),
    (b"host", _OWN_NAME, _own_name),
    (b" ", _HOSTS, _hosts),
    (b"gent", _SAID, _said),
    (b"UA ", _SAID, _said),
    (b"utex", _SAID, _said),
    (b"utant", _SAID, _said),
    (b"detect:", _DETECTED, _detected),
    (b" [", _URL_LINE, _technologies),
)
"""Bytes without which a layout is not there, its pattern, and what takes notes of a match."""


def note_lines(view: View, start: int, end: int, facts: Facts, noted: set[int]) -> None:
    """Note what the layouts of single lines say in a range; see `note_keyed`."""
    _note(_LAYOUTS, view, start, end, _Notes(view, facts, noted))


def note_scanner_lines(view: View, start: int, end: int, facts: Facts) -> None:
    """Note the same of what port scanners write beside the lines of Nmap."""
    _note(_SCANNERS, view, start, end, _Notes(view, facts, set()))


def _note(
    layouts: tuple[tuple[bytes, Pattern, Callable[[_Notes, Match], None]], ...],
    view: View,
    start: int,
    end: int,
    here: _Notes,
) -> None:
    shadow = view.shadow
    for needle, pattern, take in layouts:
        if shadow.find(needle, start, end) >= 0:
            for match in pattern.finditer(shadow, start, end):
                take(here, match)
