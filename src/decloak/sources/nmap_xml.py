"""Nmap's XML output (``-oX``), read tag by tag, also when it breaks off."""

from __future__ import annotations

from collections.abc import Callable

from decloak.core.document import View
from decloak.core.facts import Facts
from decloak.sources.names import label_of_name
from decloak.sources.nmap_command import note_targets
from decloak.sources.xml_tags import Tag, refusal, tags, unescape

__all__ = ["NmapXml"]

_CLOSE = b"</nmaprun>"
_MAX_NAME = 300
# Keys of script elements whose text is a name, whichever script wrote them.
_NAME_ELEMENTS = frozenset(
    {
        "commonname", "fqdn", "server", "domain_dns", "forest_dns", "dns_computer_name",
        "dns_domain_name", "dns_tree_name", "netbios_computer_name",
    }
)  # fmt: skip


class NmapXml:
    """Nmap's XML output."""

    name = "nmap_xml"
    source = "nmap"
    layout = "xml"
    description = "Nmap XML output (-oX)"
    anchor = (
        rb"(?m)^[ \t]*(?:[^\n]{0,512}?<nmaprun\b|<!DOCTYPE nmaprun\b|<!-- Nmap [0-9]"
        rb"|<scaninfo type=|<host(?: [a-z]+=\"[^\n\"]*\")*>[ \t]*(?:<status state=|$)"
        rb"|<port protocol=|<address addr=|<hostname name=|</?nmaprun>|<runstats>|<osmatch name=)"
    )

    def score(self, view: View, start: int, end: int) -> float:
        """How sure it is: by the root element, or by Nmap's own elements without it."""
        shadow = view.shadow
        if shadow.find(b"<nmaprun", start, end) >= 0:
            return 0.99
        host = shadow.find(b"<port protocol=", start, end) >= 0
        return 0.8 if host or shadow.find(b"addrtype=", start, end) >= 0 else 0.0

    def parse(self, view: View, start: int, end: int, facts: Facts) -> None:
        """Add scans, hosts and ports; XML that declares entities is left as plain text."""
        first = view.shadow.find(b"<", start, end)
        position = first
        while 0 <= position < end:  # several files may have been joined
            close = view.shadow.find(_CLOSE, position, end)
            stop = close + len(_CLOSE) if close >= 0 else end
            problem = refusal(view.text, position, stop)
            if problem is not None and problem.fatal:
                facts.warn(f"Nmap XML: {problem.reason}; it is read as plain text")
                return
            if problem is not None:
                facts.warn(f"Nmap XML: {problem.reason}; what is complete was read")
            position = view.shadow.find(b"<", stop, end)
        if first >= 0:
            reader = _Reader(view, facts)
            for offset, tag in tags(view, first, end):
                reader.read(offset, tag)


class _Reader:
    """Reads tag after tag and remembers which scan, host and port they belong to."""

    def __init__(self, view: View, facts: Facts) -> None:
        self._view = view
        self._facts = facts
        self._scan = self._host = self._port = -1
        self._named = self._addressed = self._hint = False
        self._handlers: dict[bytes, Callable[[int, Tag], None]] = {
            b"nmaprun": self._run, b"host": self._open_host, b"hosthint": self._open_hint,
            b"status": self._status, b"address": self._address, b"hostname": self._hostname,
            b"port": self._open_port, b"state": self._state, b"service": self._service,
            b"cpe": self._cpe, b"osmatch": self._system, b"hop": self._hop,
            b"elem": self._element, b"finished": self._finished,
        }  # fmt: skip

    def read(self, offset: int, tag: Tag) -> None:
        """Read one tag whose ``<`` stands at `offset`."""
        if tag.closing:
            if tag.name == b"port":
                self._port = -1
            elif tag.name == b"host":
                self._host = self._port = -1
            elif tag.name == b"hosthint":
                self._hint = False
            return
        handler = self._handlers.get(tag.name)
        if handler is not None:
            handler(offset, tag)

    def _value(self, offset: int, tag: Tag, key: bytes) -> tuple[int, int, str]:
        """Return where an attribute's value stands and its text; (0, 0, "") without one."""
        a, b = tag.attributes.get(key, (0, 0))
        if not a:
            return 0, 0, ""
        start = offset + a
        raw = self._view.text[start : offset + b]
        value = raw.strip()  # somebody may have left blanks in the quotation marks
        if len(value) != len(raw):
            start += len(raw) - len(raw.lstrip())
        return start, start + len(value), value

    def _add(self, record: int, field: str, label: str, place: tuple[int, int, str]) -> None:
        start, end, raw = place
        self._facts.add(record, field, label, start, end, unescape(raw))

    def _add_name(self, record: int, field: str, place: tuple[int, int, str]) -> None:
        """Add a name, or note it where it belongs to no record."""
        start, end, raw = place
        value = unescape(raw) if end - start < _MAX_NAME else ""
        name = raw if value is None else value
        if value is None and name.endswith(".") and len(name) > 1:
            name, end = name[:-1], end - 1
        label = label_of_name(name)
        if label and record >= 0:
            self._facts.add(record, field, label, start, end, value)
        elif label:
            self._facts.note(label, start, end, field, value)

    def _current_host(self) -> int:
        if self._host < 0:
            self._host = self._facts.open("host", self._scan)
            self._named = self._addressed = False
        return self._host

    def _run(self, offset: int, tag: Tag) -> None:
        self._scan, self._host, self._port = self._facts.open("scan"), -1, -1
        for field, label, key in (
            ("scanner", "SOFTWARE", b"scanner"),
            ("version", "VERSION", b"version"),
            ("started", "", b"startstr"),
            ("arguments", "", b"args"),
        ):
            self._add(self._scan, field, label, self._value(offset, tag, key))
        start, end, _ = self._value(offset, tag, b"args")
        note_targets(self._view, start, end, self._facts)

    def _finished(self, offset: int, tag: Tag) -> None:
        if self._scan >= 0:
            self._add(self._scan, "finished", "", self._value(offset, tag, b"timestr"))

    def _open_host(self, _offset: int, _tag: Tag) -> None:
        self._host = self._port = -1
        self._hint = False
        self._current_host()

    def _open_hint(self, _offset: int, _tag: Tag) -> None:
        self._host = self._port = -1
        self._hint = True

    def _status(self, offset: int, tag: Tag) -> None:
        if not self._hint:
            self._add(self._current_host(), "status", "STATUS", self._value(offset, tag, b"state"))

    def _address(self, offset: int, tag: Tag) -> None:
        place = self._value(offset, tag, b"addr")
        if self._hint:
            if self._value(offset, tag, b"addrtype")[2] != "mac":
                self._add_name(-1, "hint.address", place)
            return
        host = self._current_host()
        if self._value(offset, tag, b"addrtype")[2] == "mac":
            self._add(host, "mac", "MAC_ADDRESS", place)
            self._add(host, "vendor", "ORGANIZATION", self._value(offset, tag, b"vendor"))
            return
        self._add_name(host, "addresses" if self._addressed else "address", place)
        self._addressed = True

    def _hostname(self, offset: int, tag: Tag) -> None:
        place = self._value(offset, tag, b"name")
        if self._hint:
            self._add_name(-1, "hint.name", place)
            return
        host = self._current_host()
        self._add_name(host, "names" if self._named else "name", place)
        self._named = True

    def _open_port(self, offset: int, tag: Tag) -> None:
        self._port = self._facts.open("port", self._current_host())
        protocol = self._value(offset, tag, b"protocol")
        # In a protocol scan the number names an IP protocol, not a port.
        label = "" if protocol[2] == "ip" else "PORT"
        self._add(self._port, "protocol", "PROTOCOL", protocol)
        self._add(self._port, "number", label, self._value(offset, tag, b"portid"))

    def _state(self, offset: int, tag: Tag) -> None:
        if self._port >= 0:
            self._add(self._port, "state", "STATE", self._value(offset, tag, b"state"))
            self._add_name(-1, "reason.address", self._value(offset, tag, b"reason_ip"))

    def _service(self, offset: int, tag: Tag) -> None:
        if self._port < 0:
            return
        for key in tag.attributes:
            if key not in _SERVICE_FIELDS:
                continue
            field, label = _SERVICE_FIELDS[key]
            place = self._value(offset, tag, key)
            if field == "hostname":
                self._add_name(self._port, field, place)
            elif place[2] != "unknown":
                self._add(self._port, field, label, place)

    def _cpe(self, offset: int, tag: Tag) -> None:
        a, b = tag.text
        start, end = offset + a, offset + b
        raw = self._view.text[start:end].rstrip()
        if raw.startswith("cpe:"):
            record = self._port if self._port >= 0 else self._current_host()
            self._facts.add(record, "cpes", "CPE", start, start + len(raw), unescape(raw))

    def _system(self, offset: int, tag: Tag) -> None:
        sure = self._value(offset, tag, b"accuracy")[2] == "100"
        place = self._value(offset, tag, b"name")
        self._add(self._current_host(), "os" if sure else "oses", "OS", place)

    def _hop(self, offset: int, tag: Tag) -> None:
        self._add_name(self._current_host(), "hops", self._value(offset, tag, b"ipaddr"))
        self._add_name(-1, "hop.name", self._value(offset, tag, b"host"))

    def _element(self, offset: int, tag: Tag) -> None:
        key = self._value(offset, tag, b"key")[2].lower()
        start, end = offset + tag.text[0], offset + tag.text[1]
        if key not in _NAME_ELEMENTS or end - start >= _MAX_NAME:
            return
        raw = self._view.text[start:end]
        name = raw.split("\\x00")[0].strip()
        start += len(raw) - len(raw.lstrip())
        start += 2 if name.startswith("*.") else 0
        name = name.removeprefix("*.")
        if label_of_name(name) in {"DOMAIN", "IP_ADDRESS"}:
            self._add_name(-1, "script.element", (start, start + len(name), name))


_SERVICE_FIELDS = {
    b"name": ("service", "SERVICE"), b"product": ("software", "SOFTWARE"),
    b"version": ("version", "VERSION"), b"extrainfo": ("info", ""), b"ostype": ("os", "OS"),
    b"hostname": ("hostname", ""), b"tunnel": ("tunnel", ""),
}  # fmt: skip
